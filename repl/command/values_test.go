package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsline/internal/words"
)

// TestValues: what a command does is decided on what was written, not on what a value holds.
func TestValues(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(file, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, text, value, want string }{
		{"", `{"a":"${x}"}`, `"`, `send 1 "{\"a\":\"\\\"\"}"`},
		{"", "${x}", "/quit", `send 1 "/quit"`},
		{"text", "${x}", `"hi"`, `send 1 "\"hi\""`},
		{"text", `"${x}\n"`, `"hi"`, `send 1 "\"hi\"\n"`},
		{"ping", "${x}", `"hi"`, `ping "\"hi\""`},
		{"close", "1000 ${x}", `"hi"`, `close 1000 "\"hi\""`},
		{"close", "${x} bye", "4000", `close 4000 "bye"`},
		{"binary", "${x}", "@" + file, "error"},
		{"raw", "${x}", "@" + file, "error"},
		{"raw", "${x}", "base64:aGk=", "error"},
		{"binary", "@${x}", file, `send 2 "secret"`},
		{"binary", "base64:${x}", "aGk=", `send 2 "hi"`},
		{"binary", "${x}", "68 69", `send 2 "hi"`},
		{"file", "${x}", "~/a", "error"},
		{"fragment", "9 ${x}", "hex:6869", `frame 1 "hex:6869"`},
		{"fragment", "9 hex:${x}", "6869", `frame 2 "hi"`},
		{"frame", "text ${x}", "--no-fin", `frame 1 "--no-fin"`},
		{"frame", "text ${x}", "--", `frame 1 "--"`},
		{"frame", "text ${x}", "hex:00", `frame 1 "hex:00"`},
		{"frame", "text --${x}", "no-fin", "error"},
		{"frame", "--payload ${x} text", "--no-fin", `frame 1 "--no-fin"`},
		{"frame", "--opcode 1 ${x}", "ping", `frame 1 "ping"`},
		{"frame", "${x} a", "ping", `frame 9 "a"`},
		{"frame", `text "a\t${x}"`, `"`, `frame 1 "a\t\""`},
		{"frame", `text '{"a":"${x}"}'`, `"`, `frame 1 "{\"a\":\"\\\"\"}"`},
		{"frame", "binary ${x}", "68 69", `frame 2 "hi"`},
		{"connect", "${x} -H '${x}' url", "-k", `connect ["\x00-k" "-H" "\x00-k" "url"]`},
		{"edit", "${x}", "a", `edit "a"`},
	}
	for _, tt := range tests {
		var b words.Builder
		for i, written := range strings.Split(tt.text, "${x}") {
			if i > 0 {
				b.Put(words.Value{Text: tt.value, Source: "${x}"})
			}
			b.Write(written)
		}
		r := newRecorder()
		r.Home = filepath.Dir(file)
		err := r.Run(t.Context(), tt.name, b.Text())
		got := strings.Join(r.log, "|")
		if err != nil && len(r.log) == 0 {
			got = "error"
		}
		if got != tt.want {
			t.Errorf("/%s %s with %q: %s, %v, want %s", tt.name, tt.text, tt.value, got, err, tt.want)
		}
	}
}
