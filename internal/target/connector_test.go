package target

import (
	"strings"
	"testing"

	"wsline/internal/env"
)

// resolver is one at which there is nobody to ask.
func resolver() *Resolver {
	return &Resolver{
		Getenv: func(string) string { return "" },
		Ask:    func(string) (string, error) { return "", env.ErrNobody },
	}
}

// typedTarget is what is meant by connecting flags and a URL.
func typedTarget(t *testing.T, args ...string) (*Options, *Target) {
	t.Helper()
	o, err := ReadWords(args)
	if err != nil {
		t.Fatal(err)
	}
	address, _, err := o.Address()
	if err != nil {
		t.Fatal(err)
	}
	first, err := resolver().Target(o, address)
	if err != nil {
		t.Fatal(err)
	}
	return o, first
}

// A /connect says everything anew: what is not in its words is not taken from the command line.
func TestConnectWords(t *testing.T) {
	_, first := typedTarget(t, "--bearer", "secret", "-k", "--compress", "ws://first.example/a")
	conn := &Connector{Resolver: resolver(), Target: first}
	defer conn.Close()
	for _, c := range []struct{ words, url, header string }{
		{"ws://second.example/b", "ws://second.example/b", ""},
		{"-H X-One:1", "ws://second.example/b", "X-One"},
		{"/c?d=e", "ws://second.example/c?d=e", ""},
		{"?f", "ws://second.example/c?f", ""},
		{"-H X-Two:2 /", "ws://second.example/", "X-Two"},
		{"--connect wss://third.example", "wss://third.example", ""},
		{"/a", "wss://third.example/a", ""},
		{"ws://u:p@fourth.example:99/b", "ws://u:p@fourth.example:99/b", ""},
		{"/c", "ws://u:p@fourth.example:99/c", ""},
		{"--bearer t /d", "ws://fourth.example:99/d", "Authorization"},
	} {
		if err := conn.Check(strings.Fields(c.words)); err != nil {
			t.Fatal(err)
		}
		if err := conn.retarget(t.Context(), strings.Fields(c.words)); err != nil {
			t.Fatal(err)
		}
		d := conn.Target.Session.Dial
		if d.URL.String() != c.url || d.TLS.Insecure || d.Compress {
			t.Errorf("%s: got %+v", c.words, d)
		}
		for _, f := range d.Header {
			if f.Name != "User-Agent" && f.Name != c.header {
				t.Errorf("%s: sends %s", c.words, f.Name)
			}
		}
	}
	before := conn.Target
	for words, want := range map[string]string{
		"ws://a ws://u:p@b": `/connect takes one URL, but there is "ws://u:xxxxx@b" too`,
		"--expect x":        "unknown flag --expect",
		"-4 -6":             "-4 and -6 leave no address to connect to",
		"-H nocolon":        `the header field "nocolon" has no colon`,
		"--ca missing.pm":   `--ca: cannot read "missing.pm": no such file or directory`,
	} {
		if err := conn.Check(strings.Fields(words)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", words, err, want)
		}
	}
	if err := conn.Check([]string{"--auth", "me"}); err != nil {
		t.Errorf("a password that is to be asked for: %v", err)
	}
	if conn.Target != before {
		t.Error("a check changed the target")
	}
}

// What is beside a connection has but its address, and its secrets have variables of their own.
func TestBeside(t *testing.T) {
	r := &Resolver{Getenv: func(string) string { return "" }}
	o, err := ReadConnect(t.Context(), nil, true, []string{"ws://a.example/chat", "--bearer", "first-token"})
	if err != nil {
		t.Fatal(err)
	}
	first := &Connector{Resolver: r, Target: &Target{Address: "ws://a.example/chat"}}
	if got := r.Opening(o, "ws://a.example/chat").Words; got != "ws://a.example/chat --bearer '${token}'" {
		t.Errorf("the first is %s", got)
	}
	for words, want := range map[string]string{
		"":                                    "ws://a.example/chat",
		"/b --bearer second-token":            "ws://a.example/b --bearer '${token2}'",
		"ws://c.example --bearer first-token": "ws://c.example --bearer '${token}'",
	} {
		got := ""
		c := first.Beside()
		c.Retargeted = func(o Opening) { got = o.Words }
		if err := c.retarget(t.Context(), strings.Fields(words)); err != nil || got != want {
			t.Errorf("%q: %v, %s, want %s", words, err, got, want)
		}
		for _, f := range c.Target.Session.Dial.Header {
			if f.Name == "Authorization" && words == "" {
				t.Error("a credential was carried over")
			}
		}
	}
	c := first.Beside()
	if _, err := c.Command(t.Context(), nil, nil); err == nil ||
		err.Error() != "it was never said where to connect to" {
		t.Errorf("got %v", err)
	}
}
