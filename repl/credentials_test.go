package repl

import "testing"

func TestCredentials(t *testing.T) {
	for line, kept := range map[string]bool{
		"hello":                                        true,
		"/connect ws://example.com/":                   true,
		"/connect ws://example.com:80/a@b":             true,
		"/connect ws://bob:geheim@host/":               false,
		"/connect -k bob:geheim@host":                  false,
		"/connect --auth bob ws://x":                   false,
		"/connect --passphrase=x ws://y":               false,
		"/connect --bearer abc ws://y":                 false,
		"/connect --cookie a=b ws://y":                 false,
		"/connect -H 'Authorization: x' y":             false,
		"/connect -H 'proxy-authorization: Basic x' y": false,
		"/connect -H 'Cookie: a=b' y":                  false,
		"/connect ws://x/?token=abc":                   false,
		"/connect ws://x/?a=b&api_key=c":               false,
		"/connect ws://x/?authToken=abc":               false,
		"/connect -H 'X-Api-Key: abc' y":               false,
		"/connect -H x-auth-token:abc y":               false,
		"/connect -H 'X-Trace: abc' y":                 true,
		`{"client_secret":"x"}`:                        false,
		`{"refresh_token": "x"}`:                       false,
		`{"user":"bob","password":"geheim"}`:           false,
		`{"text":"what is a password"}`:                true,
		"password=foo":                                 false,
		"MY_PASSWORD = foo":                            false,
		"my password is hunter2":                       false,
		"the Token is abc":                             false,
		"Secret: abc":                                  false,
		"passwd foo":                                   true,
		"a token issue, a secretary's":                 true,
		"see http://example.com:80/":                   true,
	} {
		if got := hasCredentials(line); got == kept {
			t.Errorf("%.60q: has credentials: %v", line, got)
		}
	}
}
