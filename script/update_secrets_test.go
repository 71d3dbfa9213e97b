package script

import (
	"testing"

	"wsline/script/report"
	"wsline/script/wst"
)

// TestSecretsAreNotUpdated: a file that is updated goes into a repository, so that a secret that
// cannot stand there by its name makes the run fail.
func TestSecretsAreNotUpdated(t *testing.T) {
	tests := []struct{ name, secret, text string }{
		{"bytes", "s3cr3t", "> /binary 73 33 63 72 33 74\n<binary 00\n"},
		{"what looks like a variable", "s3${cr}3t", "> ${token}\n< x\n"},
		{"and is quoted", "s3${cr}3t", "> /text \"\\n${token}\"\n< x\n"},
		{"what looks like a wildcard", "s3...3t", "> ${token}\n< x\n"},
		{"in JSON", "s3...3t", "> {\"a\":\"${token}\"}\n< {\"a\":\"x\"}\n"},
		{"in a pong", "s3...3t", "> /ping ${token}\n<pong x\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := testRunner(endpoint(t, "echo:"))
			r.Update = true
			r.Vars = func() *wst.Vars {
				v := &wst.Vars{}
				if err := v.SetSecret("token", tt.secret); err != nil {
					t.Error(err)
				}
				return v
			}
			if res := runText(t, r, tt.text); res.Status != report.Failed || res.Updated != "" {
				t.Errorf("%s, updated %q", outcome(res), res.Updated)
			}
		})
	}
}
