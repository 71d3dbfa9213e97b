package target

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsline/internal/flags"
	"wsline/internal/words"
	"wsline/script/wst"
)

// A template asks once, reads files once, and keeps what was made of its first target.
func TestTemplate(t *testing.T) {
	dir := t.TempDir()
	fields, token := filepath.Join(dir, "fields"), filepath.Join(dir, "token")
	for path, text := range map[string]string{fields: "X-File: as ${v} is\nX-Two: 2\n", token: "t${v}\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		args  []string
		field string // of the request
		asked int
	}{
		{[]string{"--bearer", "@" + token}, "Authorization: Bearer t${v}", 0},
		{[]string{"--bearer", "${v}"}, "Authorization: Bearer VALUE", 0},
		{[]string{"--auth", "ann"}, "Authorization: Basic YW5uOnBhc3Mke3Z9", 1}, // ann:pass${v}
		{[]string{"--header", "@" + fields}, "X-File: as ${v} is", 0},
		{[]string{"--header", "X-V: <${v}>"}, "X-V: <VALUE>", 0},
		{[]string{"--raw-header", "X-V:${v}"}, "X-V: VALUE", 0},
		{[]string{"--cookie", "a=${v}"}, "Cookie: a=VALUE", 0},
		{[]string{"--subprotocol", "v1,${v}"}, "Sec-WebSocket-Protocol: v1, VALUE", 0},
		{[]string{"--origin", "https://${v}"}, "Origin: https://VALUE", 0},
		{[]string{"--user-agent", "u/${v}"}, "User-Agent: u/VALUE", 0},
	} {
		o := New()
		line, err := flags.Parse(append(tt.args, "ws://h/${v}"), o.Groups())
		if err != nil {
			t.Fatal(err)
		}
		o.Take(line)
		asked := 0
		r := resolver()
		r.Ask = func(string) (string, error) { asked++; return "pass${v}", nil }
		template := r.Template(o, "ws://h/${v}")
		vars := &wst.Vars{}
		expand := func(_, text string) (words.Text, error) { return vars.Expand(text, wst.Pos{Line: 1}) }
		for i, value := range []string{"one", "two"} {
			_ = vars.Set("v", value)
			got, filled, err := template.Target(expand)
			if err != nil {
				t.Fatalf("%q: %v", tt.args, err)
			}
			if i == 0 {
				got.Session.Echo = true // of all of them
				os.Rename(token, token+".gone")
				os.Rename(fields, fields+".gone")
			}
			head, err := got.Request(true)
			field := strings.ReplaceAll(tt.field, "VALUE", value) + "\r\n"
			if err != nil || !strings.HasPrefix(head, "GET /"+value+" ") || !strings.Contains(head, field) {
				t.Errorf("%q: %v\n%s", tt.args, err, head)
			}
			if !got.Session.Echo || got.Address != "ws://h/"+value || asked != tt.asked {
				t.Errorf("%q: %+v, asked %d times", tt.args, got, asked)
			}
			if words := filled.CommandLine(got.Address, Change{}, false); !strings.HasSuffix(words, " ws://h/"+value) {
				t.Errorf("%q: %s", tt.args, words)
			}
		}
		os.Rename(token+".gone", token)
		os.Rename(fields+".gone", fields)
	}
}
