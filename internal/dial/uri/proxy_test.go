package uri

import (
	"errors"
	"testing"

	"wsline/internal/exit"
)

func TestParseProxy(t *testing.T) {
	tests := []struct{ in, want, err string }{
		{in: "proxy:3128", want: "http://proxy:3128"},
		{in: "HTTP://Proxy/", want: "http://proxy"},
		{in: "https://u:p@proxy:1", want: "https://u:p@proxy:1"},
		{in: "u:p%40@proxy", want: "http://u:p%40@proxy"},
		{in: "socks5://127.0.0.1", want: "socks5://127.0.0.1"},
		{in: "socks5h://[::1]:9050", want: "socks5h://[::1]:9050"},
		{in: "socks4://proxy", err: `unknown scheme "socks4" for a proxy`},
		{in: "", err: `no host in ""`},
		{in: "socks5h://u:se/cret@proxy",
			err: `a bad port, or a / in the password, in "socks5h://u:xxxxx@proxy"`},
		{in: "u:se/cret@proxy", err: `a bad port, or a / in the password, in "u:xxxxx@proxy"`},
		{in: "http://u:secret@proxy:x", err: `bad port "x" in "http://u:xxxxx@proxy:x"`},
	}
	for _, tt := range tests {
		u, err := ParseProxy(tt.in)
		var usage *exit.UsageError
		switch {
		case tt.err != "":
			if !errors.As(err, &usage) || err.Error() != tt.err {
				t.Errorf("%q: error %v, want %q", tt.in, err, tt.err)
			}
		case err != nil || u.String() != tt.want:
			t.Errorf("%q: %v, %v; want %q", tt.in, u, err, tt.want)
		}
	}
}
