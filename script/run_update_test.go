package script

import (
	"strings"
	"testing"
	"time"

	"wsline/script/report"
	"wsline/script/wst"
)

// TestUpdatedTexts: what --update writes passes the next time, or else the run has failed.
func TestUpdatedTexts(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"several times the same",
			"> /repeat 2\n> {\"id\":\"${uuid}\",\"k\":1}\n< {\"id\":\"...\",\"k\":2}\n> /end",
			"> /repeat 2\n> {\"id\":\"${uuid}\",\"k\":1}\n< {\"id\":\"...\",\"k\":1}\n> /end"},
		{"several times another", "> /repeat 2\n> ${random 12}\n< x\n> /end", "failed"},
		{"the second time another", "> a\n> b\n> /repeat 2\n< a\n> /end", "failed"},
		{"what looks like a variable", `> {"a":"$${x}","$${b}":"..."}` + "\n" + `< {"a":1}`,
			`> {"a":"$${x}","$${b}":"..."}` + "\n" + `< {"a":"$${x}","$${b}":"\\..."}`},
		{"another kind", "> /binary 00\n< x", "> /binary 00\n<binary 00"},
		{"line ends", "> a\n  b\n< x\r\n# c", "> a\n  b\n< a\r\n  b\r\n# c"},
		{"a bare variable", "> /set n 5\n> {\"n\":5,\"m\":1}\n< {\"n\": ${n}, \"m\": 2}",
			"> /set n 5\n> {\"n\":5,\"m\":1}\n< {\"n\": ${n}, \"m\": 1}"},
		{"the layout", "> {\"a\":[1,2],\"b\":1}\n< {\n    \"a\": [1, 2],\n    \"b\" : 2\n  }",
			"> {\"a\":[1,2],\"b\":1}\n< {\n    \"a\": [1, 2],\n    \"b\" : 1\n  }"},
		{"a secret", "> hi ${token}\n< hi", "> hi ${token}\n< hi ${token}"},
		{"a secret in JSON", "> [\"${token}\", 1]\n< [1]", "> [\"${token}\", 1]\n< [\"${token}\",1]"},
		{"a time", "15:04:05.123 bob> x\n15:04:05.123 bob< y",
			"15:04:05.123 bob> x\n15:04:05.123 bob< x"},
	}
	base := testRunner(endpoint(t, "echo:"))
	base.Timeout = 100 * time.Millisecond
	base.Vars = func() *wst.Vars {
		v := &wst.Vars{}
		if err := v.SetSecret("token", "s3cr3t"); err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := *base
			r.Update = true
			res := runText(t, &r, tt.text)
			if res.Status == report.Failed {
				if tt.want != "failed" || !strings.Contains(res.Failures[0].Hint, "more than once") {
					t.Error(outcome(res))
				}
				return
			}
			if res.Updated != tt.want {
				t.Errorf("got\n%s\nwant\n%s", res.Updated, tt.want)
			}
			r.Update = false
			if again := runText(t, &r, res.Updated); again.Status != report.Passed {
				t.Errorf("again: %s", outcome(again))
			}
		})
	}
}
