package command

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsline/internal/words"
	"wsline/session"
)

// frameString is a frame in the words of tests.
func frameString(f *session.RawFrame) string {
	var b strings.Builder
	fmt.Fprintf(&b, "frame %d", f.Opcode)
	if !f.Fin {
		b.WriteString(" no-fin")
	}
	if f.RSV != 0 {
		fmt.Fprintf(&b, " rsv %d", f.RSV)
	}
	if !f.Masked {
		b.WriteString(" no-mask")
	}
	if f.Key != nil {
		fmt.Fprintf(&b, " mask %x", *f.Key)
	}
	if f.Length >= 0 {
		fmt.Fprintf(&b, " length %d", f.Length)
	}
	fmt.Fprintf(&b, " %q", f.Payload)
	return b.String()
}

func TestWireCommands(t *testing.T) {
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "frame"), []byte("\x89\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ line, want string }{
		{`/frame text hello`, `frame 1 "hello"`},
		{`/frame text "hel" --no-fin`, `frame 1 no-fin "hel"`},
		{`/frame --no-fin text "hel"`, `frame 1 no-fin "hel"`},
		{`/frame text`, `frame 1 ""`},
		{`/frame text ""`, `frame 1 ""`},
		{`/frame text two  words`, `frame 1 "two words"`},
		{`/frame text "a\x1bb\xff"`, `frame 1 "a\x1bb\xff"`},
		{`/frame text '--no-fin' -- --rsv x`, `frame 1 "--no-fin --rsv x"`},
		{`/frame text "--no-fin"`, `frame 1 "--no-fin"`},
		{`/frame text text`, `frame 1 "text"`},
		{`/frame text "hex:00"`, `frame 1 "hex:00"`},
		{`/frame text hex:00ff`, `frame 1 "\x00\xff"`},
		{`/frame text base64:AP8=`, `frame 1 "\x00\xff"`},
		{"/frame text \xff", `frame 1 "\xff"`},
		{`/frame continuation lo`, `frame 0 "lo"`},
		{`/frame binary 0bad f00d`, `frame 2 "\v\xad\xf0\r"`},
		{`/frame binary "0bad"`, `frame 2 "0bad"`},
		{`/frame binary`, `frame 2 ""`},
		{`/frame ping are you there`, `frame 9 "are you there"`},
		{`/frame pong x --no-mask`, `frame 10 no-mask "x"`},
		{`/frame close`, `frame 8 ""`},
		{`/frame close 1000 bye`, `frame 8 "\x03\xe8bye"`},
		{`/frame close 65535 "a  b"`, `frame 8 "\xff\xffa  b"`},
		{`/frame close --payload hex:03`, `frame 8 "\x03"`},
		{`/frame close --payload=hex:03e8ff`, `frame 8 "\x03\xe8\xff"`},
		{`/frame --opcode 0xb`, `frame 11 ""`},
		{`/frame --opcode=0xb x`, `frame 11 "x"`},
		{`/frame text "hel" --opcode 0xb`, `frame 11 "hel"`},
		{`/frame text x --rsv 4 --mask 00000000 --length 200`,
			`frame 1 rsv 4 mask 00000000 length 200 "x"`},
		{`/frame text x --length 9223372036854775807`, `frame 1 length 9223372036854775807 "x"`},
		{`/frame text --payload "a b"`, `frame 1 "a b"`},
		{`/frame text --payload=""`, `frame 1 ""`},
		{`/frame text --payload=a\ b`, `frame 1 "a b"`},
		{`/fragment 2 hello`, `frame 1 no-fin "he"; frame 0 no-fin "ll"; frame 0 "o"`},
		{`/fragment 9 hello`, `frame 1 "hello"`},
		{`/fragment 1 ü`, `frame 1 no-fin "\xc3"; frame 0 "\xbc"`},
		{`/fragment 1`, `frame 1 ""`},
		{`/fragment 4 " ab "`, `frame 1 " ab "`},
		{`/fragment 1 hex:0bad`, `frame 2 no-fin "\v"; frame 0 "\xad"`},
		{`/fragment 2 base64:AAEC`, `frame 2 no-fin "\x00\x01"; frame 0 "\x02"`},
		{`/raw 8180 00000000`, `raw 818000000000`},
		{`/raw base64:AP8=`, `raw 00ff`},
		{`/raw @~/frame`, `raw 8900`},
		{`/drop`, `drop`},
		{`/stall`, `stall -1ns`},
		{`/stall off`, `stall 0s`},
		{`/stall 1.5s`, `stall 1.5s`},
		{`/stall 2`, `stall 2s`},
		{`/frames hex `, `frames hex`},
		{`/headers`, `say the heads`},
		{`/stats`, `say the numbers`},
		{`/filter`, `say no filter is set`},
		{`/filter off`, `filter ""`},
		{`/filter select(.a == "b")`, `filter "select(.a == \"b\")"`},
	} {
		r := newRecorder()
		r.Home = home
		if err := r.Do(t.Context(), tt.line); err != nil {
			t.Errorf("%q: %v", tt.line, err)
		}
		if got := strings.Join(r.log, "; "); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.line, got, tt.want)
		}
	}
}

func TestWireCommandErrors(t *testing.T) {
	const types = "text, binary, continuation, ping, pong, close"
	for _, tt := range []struct{ line, want string }{
		{"/frame", "/frame needs a type, " + types + ", or a number with --opcode"},
		{"/frame --rsv 4", "/frame needs a type, " + types + ", or a number with --opcode"},
		{"/frame tex x", `"tex" is no type of frame: ` + types + `, or a number with --opcode`},
		{`/frame "text" x`, `"text" is no type of frame: ` + types + `, or a number with --opcode`},
		{"/frame text x --nofin", `/frame has no flag "--nofin": did you mean --no-fin?`},
		{"/frame text x --zzzzzzzzzzzz", `/frame has no flag "--zzzzzzzzzzzz": it has ` +
			`--no-fin, --opcode, --rsv, --no-mask, --mask, --length, --payload`},
		{"/frame text --no-fin=1", `--no-fin takes no value, but "1" was given`},
		{"/frame text --rsv", "--rsv needs a value"},
		{"/frame --opcode 16", `the opcode "16" is not a number from 0 to 15 (0xf)`},
		{"/frame --opcode=", `the opcode "" is not a number from 0 to 15 (0xf)`},
		{"/frame text --rsv 8", `the RSV bits "8" are not a number from 0 to 7 (RSV1 is 4)`},
		{"/frame text --mask 00", `the masking key "00" is not 8 hexadecimal digits`},
		{"/frame text --length -1",
			`the length "-1" is not a number from 0 to 9223372036854775807`},
		{"/frame text --mask 00000000 --no-mask", "--mask and --no-mask do not go together"},
		{"/frame text a --payload b", `the payload is given twice: "a" and --payload`},
		{"/frame text 'a", "the quote ' is not closed"},
		{`/frame text "\q"`, "invalid syntax"},
		{"/frame binary xyz", `"xyz" is not HEX or base64:…`},
		{"/frame binary abc", `"abc" has an odd number of hexadecimal digits`},
		{"/frame text hex:zz", `"zz" is not HEX`},
		{"/frame close bye", `the close code "bye" is not a number from 0 to 65535`},
		{"/fragment", "/fragment needs a number of bytes and a message"},
		{"/fragment x y", `the size "x" of a fragment is not a number of bytes from 1`},
		{"/fragment 0 y", `the size "0" of a fragment is not a number of bytes from 1`},
		{`/fragment 1 "\xff"`, "text is not valid UTF-8"},
		{"/raw", "/raw needs HEX, base64:… or @FILE"},
		{"/raw zz", `"zz" is not HEX, base64:… or @FILE`},
		{"/raw @/nowhere", `there is no file "/nowhere"`},
		{"/drop it", `/drop takes no argument, but "it" was given`},
		{"/stall soon", `"soon" is not off, nor a time like 1.5s, of at most 24h`},
		{"/stall 0s", `"0s" is not off, nor a time like 1.5s, of at most 24h`},
		{"/stall 25h", `"25h" is not off, nor a time like 1.5s, of at most 24h`},
		{"/frames", "/frames needs on, off or hex"},
		{"/frames all", `/frames takes on, off or hex, but "all" was given`},
		{"/headers x", `/headers takes no argument, but "x" was given`},
	} {
		r := newRecorder()
		err := r.Do(t.Context(), tt.line)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%q: got error %v, want %s", tt.line, err, tt.want)
		}
		if r.log != nil {
			t.Errorf("%q: did %s", tt.line, r.log)
		}
	}
}

// An Env that has nothing but Send and Say says so.
func TestWireCommandsThatDoNotFit(t *testing.T) {
	r := newRecorder()
	r.Env = Env{Send: r.Env.Send, Say: r.Env.Say}
	for _, line := range []string{
		"/frame text", "/fragment 1 a", "/raw 00", "/drop", "/stall", "/frames on", "/headers",
		"/status", "/stats", "/filter .a",
	} {
		name, _, _ := Parse(line)
		want := "/" + name + " cannot be used here"
		if err := r.Do(t.Context(), line); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", line, err, want)
		}
	}
}

func FuzzFrame(f *testing.F) {
	for _, line := range []string{
		`text "hel" --no-fin`, `--opcode 0xb --rsv 4 --mask 00000000 --length 200 x`,
		`close 1000 bye`, `binary 0bad f00d`, `ping --payload=base64:AP8=`, `text -- --x`, `text '`,
		`--payload="`, `text \`,
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r := newRecorder()
		frame, err := r.parseFrame(words.Plain(line))
		if err != nil {
			if s := err.Error(); s == "" || strings.ContainsRune(s, '\n') {
				t.Errorf("error %q", s)
			}
			return
		}
		if frame.Opcode > 15 || frame.RSV > 7 || frame.Key != nil && !frame.Masked {
			t.Errorf("%s", frameString(frame))
		}
	})
}

func TestFrameCompletion(t *testing.T) {
	c := &Completion{}
	for _, tt := range []struct {
		head, want string
		start      int
	}{
		{"/frame t", "text", 7},
		{"/frame text x --no", "--no-fin --no-mask", 14},
		{"/frames h", "hex", 8},
		{"/stall ", "off", 7},
		{"/st", "/stall /status /stats", 0},
	} {
		words, start := c.Candidates(tt.head)
		if got := strings.Join(words, " "); got != tt.want || start != tt.start {
			t.Errorf("%q: %s at %d", tt.head, got, start)
		}
	}
}
