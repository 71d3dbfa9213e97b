package field

import (
	"fmt"
	"strings"
	"testing"
)

func TestChallenges(t *testing.T) {
	tests := []struct{ values, want string }{
		{"", ""},
		{"NTLM", "NTLM"},
		{"Negotiate, NTLM", "Negotiate NTLM"},
		{"Negotiate\nNTLM\nBasic realm=\"a, b\"", "Negotiate NTLM Basic[realm:a, b]"},
		{"Negotiate YII+/abc==, Basic realm=x", "Negotiate Basic[realm:x]"},
		{`Basic realm="simple", Digest realm="a\"b", Nonce = n ,qop="auth,auth-int", Bearer`,
			`Basic[realm:simple] Digest[nonce:n qop:auth,auth-int realm:a"b] Bearer`},
		{", ,Basic realm=x,, charset=UTF-8,", "Basic[charset:UTF-8 realm:x]"},
		{`Basic realm="never ends`, "Basic"},
		{`realm=x`, ""},
		{"Digest realm=", "Digest"},
		{"\x00", ""},
	}
	for _, tt := range tests {
		var got []string
		for _, c := range Challenges(strings.Split(tt.values, "\n")) {
			text := c.Scheme
			if len(c.Params) > 0 {
				text += strings.TrimPrefix(fmt.Sprint(c.Params), "map")
			}
			got = append(got, text)
		}
		if got := strings.Join(got, " "); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.values, got, tt.want)
		}
	}
}

// What is read was there, and nothing takes for ever.
func FuzzChallenges(f *testing.F) {
	f.Add(`Basic realm="simple", Digest realm="a\"b", nonce = n, Negotiate abc==`)
	f.Fuzz(func(t *testing.T, value string) {
		for _, c := range Challenges([]string{value}) {
			if !IsToken(c.Scheme) || !strings.Contains(value, c.Scheme) {
				t.Errorf("%q has no scheme %q", value, c.Scheme)
			}
			for name := range c.Params {
				if !IsToken(name) {
					t.Errorf("%q has no parameter %q", value, name)
				}
			}
		}
	})
}
