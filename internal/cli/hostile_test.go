package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"wsline/internal/clitest"
	"wsline/internal/wstest"
)

// hostile is what another person, or a peer, may put into a file to steer a terminal: CSI, C1, OSC,
// bidi overrides, and what is not seen.
const hostile = "a\x1b[2J\u009b1m\x1b]0;x\a\u202eb\u200bc\ufeffd\x7f"

var steering = regexp.MustCompile(
	"[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u200b-\u200f\u202a-\u202e\ufeff]")

// TestNothingSteersTheTerminal: files that others made are shown without what could steer a
// terminal, and what is written for people to look at has none.
func TestNothingSteersTheTerminal(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	quoted, _ := json.Marshal(hostile)
	recording := file("rec.jsonl", `{"type":"schema","version":1}`+"\n"+fmt.Sprintf(
		`{"type":"message","time":"2026-01-31T12:00:00Z","dir":"in","opcode":"text",`+
			`"text":%s,"length":30}`+"\n"+
			`{"type":"message","time":"2026-01-31T12:00:00Z","dir":"in","opcode":"binary",`+
			`"base64":"YRtbMkoKKg==","length":7}`+"\n", quoted))
	script := file("evil.wst", "# "+hostile+"\n> /connect echo: -H 'X: \u202e'\n"+
		"> x"+hostile+"\n<ping x"+hostile+"\n")
	server := file("up.wst", "> hi\n< {\"a\":\"x\"}\n")
	url := wstest.Serve(t, func(p *wstest.Peer) {
		if p.Accept() == nil {
			_ = p.Text(`{"a":"` + "\u202e\u009b" + `"}`)
			_ = p.Echo()
		}
	}).URL()
	for _, args := range [][]string{
		{"show", "--messages", recording},
		{"show", "--messages", "--pretty=always", recording},
		{"show", "--json", recording},
		{"show", recording},
		{"fmt", script},
		{"test", "--report-json", "-", "--timeout", "200ms", script},
		{"test", script, "--timeout", "200ms"},
		{"test", "--update", "--url", url, server},
	} {
		_, stdout, stderr := clitest.Run(t, "o", "", append(args, "--no-color")...)
		for _, text := range []string{stdout, stderr} {
			if m := steering.FindString(text); m != "" {
				t.Errorf("%.40q lets %q through: %q", args, m, text)
			}
		}
	}
	text, _ := os.ReadFile(server)
	if steering.Match(text) || !strings.Contains(string(text), "u202e") {
		t.Errorf("updated to %q", text)
	}
	clitest.Run(t, "", "", "fmt", "-w", script)
	want := "# a\\x1b[2J\\u009b1m\\x1b]0;x\\x07\\u202eb\\u200bc\\ufeffd\\x7f\n" +
		"> /connect echo: -H 'X: \u202e'\n" + // a word has no escapes
		"> /text \"xa\\x1b[2J\\u009b1m\\x1b]0;x\\x07\\u202eb\\u200bc\\ufeffd\\x7f\"\n" +
		"<ping \"xa\\x1b[2J\\u009b1m\\x1b]0;x\\x07\\u202eb\\u200bc\\ufeffd\\x7f\"\n"
	if text, _ := os.ReadFile(script); string(text) != want {
		t.Errorf("fmt writes\n%q, want\n%q", text, want)
	}
	// Into a pipe the bytes are the message's.
	if _, stdout, _ := clitest.Run(t, "", "", "show", "--messages", recording); stdout !=
		hostile+"\na\x1b[2J\n*\n" {
		t.Errorf("a pipe gets %q", stdout)
	}
}
