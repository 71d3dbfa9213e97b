package uri

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"wsline/internal/exit"
)

func TestParse(t *testing.T) {
	tests := []struct{ in, want, socket string }{
		{in: "ws://example.com", want: "ws://example.com"},
		{in: "  wss://example.com/ ", want: "wss://example.com/"},
		{in: "WSS://Example.COM:443/Path", want: "wss://example.com:443/Path"},
		{in: "http://example.com/a", want: "ws://example.com/a"},
		{in: "https://example.com/a", want: "wss://example.com/a"},
		{in: "localhost:8080/x", want: "ws://localhost:8080/x"},
		{in: "example.com", want: "ws://example.com"},
		{in: "example.com:80?a=b", want: "ws://example.com:80?a=b"},
		{in: ":8080", want: "ws://localhost:8080"},
		{in: "ws://:8080/a", want: "ws://localhost:8080/a"},
		{in: "ws://example.com:/a", want: "ws://example.com/a"},
		{in: "ws://example.com:0080/", want: "ws://example.com:80/"},
		{in: "127.0.0.1:9", want: "ws://127.0.0.1:9"},
		{in: "[::1]:80", want: "ws://[::1]:80"},
		{in: "ws://[2001:DB8:0::1]/", want: "ws://[2001:db8::1]/"},
		{in: "ws://[fe80::1%eth0]:1/", want: "ws://[fe80::1%25eth0]:1/"},
		{in: "ws://[fe80::1%25eth0]:1/", want: "ws://[fe80::1%25eth0]:1/"},
		{in: "ws://h/a b|c\"<>?q=x y|z", want: "ws://h/a%20b%7Cc%22%3C%3E?q=x%20y%7Cz"},
		{in: "ws://h/é?r=\"é\"", want: "ws://h/%C3%A9?r=%22%C3%A9%22"},
		{in: "ws://h/%41%zz%2f%", want: "ws://h/%41%25zz%2f%25"},
		{in: "ws://h/a/../b//c?", want: "ws://h/a/../b//c?"},
		{in: "ws://h?a[]=1", want: "ws://h?a[]=1"},
		{in: "ws://h//a", want: "ws://h//a"},
		{in: `ws://h/a\b`, want: "ws://h/a%5Cb"},
		{in: "ws://user:pass@h/", want: "ws://user:pass@h/"},
		{in: "user:pass@h:1/", want: "ws://user:pass@h:1/"},
		{in: "ws://us%40er:p@ss%2f@h/", want: "ws://us%40er:p%40ss%2F@h/"},
		{in: "ws://user@h/", want: "ws://user@h/"},
		{in: "ws://bücher.example/", want: "ws://xn--bcher-kva.example/"},
		{in: "ws://例え.テスト:8/", want: "ws://xn--r8jz45g.xn--zckzah:8/"},
		{in: "ws://a_b.example./", want: "ws://a_b.example./"},
		{in: "ws://ex%61mple.com/", want: "ws://example.com/"},
		{in: "ws+unix:/run/a.sock:/c?x y", want: "ws://localhost/c?x%20y", socket: "/run/a.sock"},
		{in: "ws+unix:/run/a.sock", want: "ws://localhost", socket: "/run/a.sock"},
		{in: "ws+unix:/run/a.sock:?q", want: "ws://localhost?q", socket: "/run/a.sock"},
		{in: "ws+unix:C:/Users/x/s.sock:/chat", want: "ws://localhost/chat", socket: "C:/Users/x/s.sock"},
		{in: `ws+unix:c:\x\s.sock:/chat`, want: "ws://localhost/chat", socket: `c:\x\s.sock`},
		{in: "wss+unix:///C:/x/s.sock:/chat?y", want: "wss://localhost/chat?y", socket: "C:/x/s.sock"},
		{in: "ws+unix:C:/s.sock", want: "ws://localhost", socket: "C:/s.sock"},
		{in: "ws+unix:./C:/chat", want: "ws://localhost/chat", socket: "./C"},
		{in: "ws+unix:CD:/chat", want: "ws://localhost/chat", socket: "CD"},
		{in: "ws+unix:./a.sock:/", want: "ws://localhost/", socket: "./a.sock"},
		{in: "WSS+Unix:///run/a b.sock:/", want: "wss://localhost/", socket: "/run/a b.sock"},
	}
	for _, tt := range tests {
		u, socket, err := Parse(tt.in)
		if err != nil || u.String() != tt.want || socket != tt.socket {
			t.Errorf("%q: %v, %q, %v; want %q, %q", tt.in, u, socket, err, tt.want, tt.socket)
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", "the URL is empty"},
		{"  ", "the URL is empty"},
		{"ftp://example.com/", `unknown scheme "ftp" in "ftp://example.com/"`},
		{"mailto:me", `unknown scheme "mailto" in "mailto:me"`},
		{"echo:", `unknown scheme "echo" in "echo:"`},
		{"wss:/example.com", `"//" is missing after "wss:" in "wss:/example.com"`},
		{"ws://", `no host in "ws://"`},
		{"ws:///path", `no host in "ws:///path"`},
		{"ws://user@/", `no host in "ws://user@/"`},
		{"/path", `no host in "/path"`},
		{"ws://h:x/", `bad port "x" in "ws://h:x/"`},
		{"ws://h:0/", `bad port "0" in "ws://h:0/"`},
		{"ws://h:65536/", `bad port "65536" in "ws://h:65536/"`},
		{"ws://h:+80/", `bad port "+80" in "ws://h:+80/"`},
		{"ws://h:-1/", `bad port "-1" in "ws://h:-1/"`},
		{"localhost:80a", `bad port "80a" in "localhost:80a"`},
		{"ws://::1/", `an IPv6 address stands in brackets: "::1" in "ws://::1/"`},
		{"fe80::1", `an IPv6 address stands in brackets: "fe80::1"`},
		{"::", `an IPv6 address stands in brackets: "::"`},
		{"a..b", `"a..b" is not a host name`},
		{"[x]", `"[x]" is not an IPv6 address`},
		{"ws://user:pa/ss@h/", `a bad port, or a / in the password, in "ws://user:xxxxx@h/"`},
		{"ws://user:p?a#ss@h", `a bad port, or a / in the password, in "ws://user:xxxxx@h"`},
		{"user:pa/ss@h/", `a bad port, or a / in the password, in "user:xxxxx@h/"`},
		{"foo://user:pa/ss@h/", `a bad port, or a / in the password, in "foo://user:xxxxx@h/"`},
		{"ws://[::1]:x/@", `bad port "x" in "ws://[::1]:x/@"`},
		{"ws://h:99/@ \n", `the URL "ws://h:99/@ \n" holds a control character`},
		{"ws://[::1/", `"[::1" is not an IPv6 address, in "ws://[::1/"`},
		{"ws://[1.2.3.4]/", `"[1.2.3.4]" is not an IPv6 address, in "ws://[1.2.3.4]/"`},
		{"ws://[::1%e]h]/", `"[::1%e]h]" is not an IPv6 address, in "ws://[::1%e]h]/"`},
		{"ws://user:se:cr@et@h:x/", `bad port "x" in "ws://user:xxxxx@h:x/"`},
		{"user:secret@h:x", `bad port "x" in "user:xxxxx@h:x"`},
		{"user:secret@h:1\n", `the URL "user:xxxxx@h:1\n" holds a control character`},
		{"ws://exa mple/", `"exa mple" is not a host name, in "ws://exa mple/"`},
		{"ws://a..b/", `"a..b" is not a host name, in "ws://a..b/"`},
		{"ws://a%0d%0ab/", `"a%0d%0ab" is not a host name, in "ws://a%0d%0ab/"`},
		{"ws://\u202e.example/", `"\u202e.example" is not a host name, in "ws://\u202e.example/"`},
		{"ws://h/a#b", `a WebSocket URL has no fragment: "#b" in "ws://h/a#b"`},
		{"ws://h#", `a WebSocket URL has no fragment: "#" in "ws://h#"`},
		{"ws://h/a\nb", `the URL "ws://h/a\nb" holds a control character`},
		{"ws+unix:", `no path of a Unix socket in "ws+unix:"`},
		{"ws+unix::/x", `no path of a Unix socket in "ws+unix::/x"`},
		{"ws+unix:/a.sock:x", `no slash before the URL path "x" in "ws+unix:/a.sock:x"`},
	}
	for _, tt := range tests {
		u, _, err := Parse(tt.in)
		var usage *exit.UsageError
		if !errors.As(err, &usage) || err.Error() != tt.want {
			t.Errorf("%q: %v, error %v, want %q", tt.in, u, err, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"ws://user:p@ss@example.com:80/a b?c|d", "localhost:8080/x", ":8080", "[fe80::1%25eth0]:80",
		"ws+unix:/a.sock:/b", "https://bücher.example/%zz", "ws://h#f", "mailto:x", "ws://h/[]?",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, _, err := Parse(s)
		if err != nil {
			return
		}
		again, socket, err := Parse(u.String())
		if err != nil || socket != "" {
			t.Fatalf("%q became %q, which gives %v, %q", s, u, err, socket)
		}
		if !reflect.DeepEqual(again, u) {
			t.Fatalf("%q became %#v and then %#v", s, u, again)
		}
		target := u.RequestURI()
		if !isVisible(target) || !isVisible(u.Host) || strings.Contains(target, "#") {
			t.Fatalf("%q became %q with the request target %q", s, u, target)
		}
		if (u.Scheme != "ws" && u.Scheme != "wss") || u.Hostname() == "" {
			t.Fatalf("%q became %q", s, u)
		}
	})
}

func TestASCIIHost(t *testing.T) {
	for _, tt := range []struct{ s, want string }{
		{"", ""},
		{"example.com:80", "example.com:80"},
		{"Foo_bar", "Foo_bar"},
		{"münchen.example", "xn--mnchen-3ya.example"},
		{"MÜNCHEN.example:8080", "xn--mnchen-3ya.example:8080"},
		{"bücher:80", "xn--bcher-kva:80"},
		{"https://www.münchen.example:8443", "https://www.xn--mnchen-3ya.example:8443"},
		{"*.münchen.example:*", "*.xn--mnchen-3ya.example:*"},
		{"例。テスト", "xn--fsq.xn--zckzah"},
		{"münchen.", "xn--mnchen-3ya."},
		{"[::1]:80", "[::1]:80"},
	} {
		if got, err := ASCIIHost(tt.s); got != tt.want || err != nil {
			t.Errorf("%q: %q, %v, want %q", tt.s, got, err, tt.want)
		}
	}
	_, err := ASCIIHost("a.m\u00fc*.example")
	if want := `"mü*" is not a host name, in "a.mü*.example"`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// isVisible reports whether s has no byte that could end a word or a line of a request.
func isVisible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}
