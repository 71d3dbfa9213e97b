package target

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wsline/internal/flags"
	"wsline/internal/profile"
	"wsline/internal/words"
)

// profileText is a file of profiles, and a shell that writes its command backwards.
type profileText string

func (p profileText) Exists(string) bool { return true }

func (p profileText) Read(string) ([]byte, string, error) { return []byte(p), "", nil }

func (p profileText) Run(_ context.Context, command string) (string, error) {
	var b strings.Builder
	for i := len(command) - 1; i >= 0; i-- {
		b.WriteByte(command[i])
	}
	return b.String(), nil
}

// talkGroups are the flags about connecting and some that are not.
func talkGroups() []flags.Group {
	var list []string
	var on bool
	var wait *time.Duration
	return append(New().Groups(), flags.Group{Rows: []flags.Row{
		{Name: "execute", Short: "x", Arg: "MESSAGE", Value: flags.List(&list)},
		{Name: "slash", Value: flags.Switch(&on)},
		{Name: "no-slash", Value: flags.Switch(&on)},
		{Name: "wait", Arg: "TIME", Value: flags.Duration(&wait, true)},
	}})
}

func newBook(text string) *profile.Book {
	w := profileText(text)
	return &profile.Book{World: profile.World{Own: "/c", Files: w, Shell: w}, Groups: talkGroups}
}

// What is typed wins over the profile, and that over the default.
func TestUnder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fields")
	if err := os.WriteFile(file, []byte("X-A: file\nX-F: file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const head = "[a]\nws://h/\n"
	for _, tt := range []struct{ name, text, typed, want string }{
		{"nothing", head, "-k", ""},
		{"a flag", head + "-k", "", "--insecure=true"},
		{"the same, typed otherwise", head + "-k", "--insecure=false", ""},
		{"a value", head + "--connect-timeout 3s", "--connect-timeout 1s", ""},
		{"over the default", "[default]\n--connect-timeout 3s\n-4\n" + head + "--connect-timeout 2s", "",
			"--ipv4=true --connect-timeout=2s"},
		{"the other family", "[default]\n-4\n" + head + "-6", "", "--ipv6=true"},
		{"and that one typed over", "[default]\n-4\n" + head + "-6", "-4", ""},
		{"fields", head + "-H 'X-A: 1' -H 'X-B: 2'", "-H 'x-a: 3' -H 'X-C: 4'", "--header=X-B: 2"},
		{"fields of a file", head + "-H @" + file, "-H 'X-A: 1'", "--header=X-F: file"},
		{"fields under a file", head + "-H 'X-A: 1' -H 'X-B: 2'", "-H @" + file, "--header=X-B: 2"},
		{"a field and its flag", head + "-H 'Origin: a' -H 'User-Agent: b'", "-o c --user-agent d", ""},
		{"a flag and its field", head + "-o a --bearer b", "-H 'Origin: c' -H 'Authorization: d'", ""},
		{"two logins", head + "--bearer x", "--auth a:b", ""},
		{"cookies add", head + "--cookie a=1", "--cookie b=2", "--cookie=a=1"},
		{"subprotocols add, once", head + "-s a,b", "-s b,c", "--subprotocol=a"},
		{"the way there", "[default]\n--proxy http://p:1\n" + head, "--unix-socket /s", ""},
		{"no way to an endpoint", "[default]\n--proxy http://p:1\n[a]\necho:", "", ""},
		{"a login in the URL", head[:9] + "u:p@h/\n", "--compress", ""},
		{"compression without a value", head + "--compress", "", "--compress"},
		{"compression taken back", head + "--compress", "--compress=false", ""},
		{"of the talk", head + "-x a --wait 3 --slash", "-x b", "--execute=a --wait=3 --slash=true"},
		{"of the talk, typed", head + "-x a --wait 3 --slash", "-w 1 --no-slash", "--execute=a"},
		{"of the talk, in both", "[default]\n--wait 1\n-x a\n--slash\n" + head + "--wait 2\n-x b\n--no-slash", "",
			"--execute=a --wait=2 --execute=b --no-slash=true"},
	} {
		typed := strings.ReplaceAll(tt.typed, "-w 1", "--wait 1")
		list, _, err := flags.Scan(split(t, typed), talkGroups())
		if err != nil {
			t.Fatal(err)
		}
		b := newBook(tt.text)
		all, err := b.Default(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		named, err := b.Named(t.Context(), "@a")
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		u, err := Layering{
			Typed: list, Address: "@a", Layers: []*profile.Profile{all, named}, All: true,
		}.Under()
		if got := strings.Join(u.Words, " "); err != nil || got != tt.want {
			t.Errorf("%s: got %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}

func TestUnderErrors(t *testing.T) {
	for text, want := range map[string]string{
		"[a]\nws://h/\n--bearer x\n--auth a:b":         "/c:1: [a]: --auth and --bearer are two ways to log in",
		"[a]\nws://h/\n-o x\n-H 'Origin: y'":           "/c:1: [a]: Origin is given by --origin and by -H",
		"[a]\nws://h y/":                               "/c:2: something stands behind the URL",
		"[a]\n'ws://h y/'":                             `/c:2: "h y" is not a host name, in "ws://h y/"`,
		"[a]\nws://h/\n\n-H nocolon":                   `/c:1: [a]: the header field "nocolon" has no colon`,
		"[default]\n\n--bearer x\n[a]\nws://h/":        loggedIn(3, "bearer"),
		"[default]\n-H 'X-Api-Key: x'\n[a]\nws://h/":   loggedIn(2, "header"),
		"[default]\n--cookie a=b\n[a]\nws://h/":        loggedIn(2, "cookie"),
		"[default]\n-s bearer,x\n[a]\nws://h/":         loggedIn(2, "subprotocol"),
		"allow-exec\n[default]\n-H X:$(abcd)\n[a]\nh/": loggedIn(3, "header"),
	} {
		_, err := ReadConnect(t.Context(), newBook(text), true, []string{"@a"})
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	for _, text := range []string{
		"[default]\n-H 'X-Team: x'\n-s chat\n--proxy http://u:p@h:1\n--user-agent x\n[a]\nws://h/",
	} {
		if _, err := ReadConnect(t.Context(), newBook(text), true, []string{"@a"}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func loggedIn(line int, flag string) string {
	return "/c:" + string(rune('0'+line)) + ": [default] is for all connections: " +
		"every server would get this --" + flag
}

// The name of a profile must have been written: one in a value is a host.
func TestNameInValue(t *testing.T) {
	b := newBook("[a]\nws://h/\n-k")
	for word, want := range map[string]bool{"@a": true, "@\x00a": true, "\x00@a": false} {
		o, err := ReadConnect(t.Context(), b, true, []string{word})
		if err != nil {
			t.Fatal(err)
		}
		if o.insecure != want {
			t.Errorf("%q: %v", word, o.insecure)
		}
	}
}

// What a command wrote stands in nothing that is shown, whatever its name.
func TestProfileSecrets(t *testing.T) {
	b := newBook("allow-exec\n[a]\nws://h/$(drowssap)/x\n-H \"X-Odd: a $(neddih)\"\n--origin $(elpmaxe)\n" +
		"--bearer $(nekotterces)\n--ca=$(elif-)\n")
	o, err := ReadConnect(t.Context(), b, false, []string{"@a", "-s", "chat"})
	if err != nil {
		t.Fatal(err)
	}
	url, _ := o.OneAddress()
	if url != "ws://h/password/x" || o.origin != "example" || o.bearer != "secrettoken" {
		t.Errorf("got %s, %s, %s", url, o.origin, o.bearer)
	}
	opening := o.Opening(url).Words
	const want = "'${url}' --header 'X-Odd: ${x-odd}' --origin '${origin}' --bearer '${token}' --ca '${ca}' " +
		"--subprotocol chat"
	if opening != want {
		t.Errorf("got %s", opening)
	}
	line := o.CommandLine(url, Change{}, false)
	const shown = "wsline --header 'X-Odd: ...' --origin ... --bearer TOKEN --ca ... --subprotocol chat " +
		"ws://h/<8 bytes hidden>/x"
	if line != shown {
		t.Errorf("got %s", line)
	}
	if _, err := (&Resolver{Getenv: os.Getenv}).Target(o, url); err == nil {
		t.Error("the file is there")
	} else if got := o.Discreet(err).Error(); !strings.HasPrefix(got, `--ca: cannot read "<5 bytes hidden>": `) {
		t.Errorf("got %s", got)
	}
}

func split(t *testing.T, line string) []string {
	t.Helper()
	list, err := words.Strings(line)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
