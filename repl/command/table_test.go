package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"wsline/internal/wire"
	"wsline/session"
)

// recorder is an Env that notes what it is asked to do.
type recorder struct {
	Env
	log    []string
	fail   error // of pieces
	filter string
}

func newRecorder() *recorder {
	r := &recorder{}
	note := func(format string, args ...any) { r.log = append(r.log, fmt.Sprintf(format, args...)) }
	r.Env = Env{
		Send: func(_ context.Context, op wire.Opcode, p []byte) error {
			note("send %d %q", op, p)
			return nil
		},
		Begin: func(_ context.Context, op wire.Opcode, first []byte) (PieceWriter, error) {
			note("begin %d %d", op, len(first))
			return r, nil
		},
		Ping: func(p []byte) error { note("ping %q", p); return nil },
		Pong: func(p []byte) error { note("pong %q", p); return nil },
		Close: func(code wire.StatusCode, reason string) error {
			note("close %d %q", code, reason)
			return nil
		},
		Connect: func(_ context.Context, name string, args []string) error {
			note("connect %s%q", name, args)
			return nil
		},
		Status: func() string { return "all is well" },
		Edit: func(_ context.Context, text, _ string) (string, error) {
			note("edit %q", text)
			return "", nil
		},
		Quit:  func() { note("quit") },
		Frame: func(f *session.RawFrame) error { note("%s", frameString(f)); return nil },
		Raw:   func(p []byte) error { note("raw %x", p); return nil },
		Drop:  func() error { note("drop"); return nil },
		Stall: func(d time.Duration) error { note("stall %v", d); return nil },
		ShowFrames: func(mode string) error {
			note("frames %s", mode)
			return nil
		},
		Headers:   func() string { return "the heads" },
		Stats:     func() string { return "the numbers" },
		Filter:    func(expr string) error { r.filter = expr; note("filter %q", expr); return nil },
		Filtering: func() string { return r.filter },
		Say:       func(text string) { note("say %s", text) },
		Unquote: func(quoted string) ([]byte, error) {
			s, err := strconv.Unquote(quoted)
			return []byte(s), err
		},
	}
	return r
}

// Write takes a piece of a message that was begun.
func (r *recorder) Write(p []byte) (int, error) {
	if r.fail != nil {
		return 0, r.fail
	}
	r.log = append(r.log, fmt.Sprintf("piece %d", len(p)))
	return len(p), nil
}

// Last takes the last.
func (r *recorder) Last(p []byte) error {
	if r.fail != nil {
		return r.fail
	}
	r.log = append(r.log, fmt.Sprintf("last %d", len(p)))
	return nil
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestCommands(t *testing.T) {
	long := strings.Repeat("x", 126)
	for _, tt := range []struct{ line, want string }{
		{"hello", `send 1 "hello"`},
		{" /text", `send 1 " /text"`},
		{"//text", `send 1 "/text"`},
		{"//", `send 1 "/"`},
		{"///x", `send 1 "//x"`},
		{"/text  two  blanks ", `send 1 " two  blanks "`},
		{"/text", `send 1 ""`},
		{"/text one\ntwo", `send 1 "one\ntwo"`},
		{`/text "a\x1bb"`, `send 1 "a\x1bb"`},
		{`/text "\"quoted\"" `, `send 1 "\"quoted\""`},
		{`/text ""`, `send 1 ""`},
		{`/text "one" and "two"`, `send 1 "\"one\" and \"two\""`},
		{`/text "one\"`, `send 1 "\"one\\\""`},
		{`/text "`, `send 1 "\""`},
		{`/text x"y"`, `send 1 "x\"y\""`},
		{`"line"`, `send 1 "\"line\""`},
		{`/ping "are\tyou"`, `ping "are\tyou"`},
		{`/pong "\xff"`, `pong "\xff"`},
		{`/close 4000 "see you "`, `close 4000 "see you "`},
		{`/close 4000 ""`, `close 4000 ""`},
		{"/text\none", `send 1 "one"`},
		{"/binary 0badf00d", `send 2 "\v\xad\xf0\r"`},
		{"/binary 0b AD  f0 0d ", `send 2 "\v\xad\xf0\r"`},
		{"/binary 0x0bad", `send 2 "\v\xad"`},
		{"/binary base64:C63wDQ==", `send 2 "\v\xad\xf0\r"`},
		{"/binary base64:C63wDQ", `send 2 "\v\xad\xf0\r"`},
		{"/binary base64:-_8", `send 2 "\xfb\xff"`},
		{"/binary base64:+/8=", `send 2 "\xfb\xff"`},
		{"/binary base64:", `send 2 ""`},
		{"/ping", `ping ""`},
		{"/ping are you there", `ping "are you there"`},
		{"/ping " + long[:125], fmt.Sprintf("ping %q", long[:125])},
		{"/pong x", `pong "x"`},
		{"/close", `close 1000 ""`},
		{"/close 4000 see you", `close 4000 "see you"`},
		{"/close 0", `close 0 ""`},
		{"/close 65535 ", `close 65535 ""`},
		{"/close 1005", `close 1005 ""`},
		{"/connect", `connect []`},
		{`/connect -H 'Origin: x' "ws://a b"`, `connect ["-H" "Origin: x" "ws://a b"]`},
		{"/edit dear", `edit "dear"`},
		{"/status ", `say all is well`},
		{"/help ping",
			"say /ping [data]\nsend a ping; the pong shows the round trip\nAt most 125 bytes.\n" +
				`In quotation marks it may have escapes, as on the screen: "a\x1bb\n".`},
		{"/help /quit", "say /quit\nclose the connection and leave\n/exit and /q do the same."},
		{"/quit", `quit`}, {"/exit", `quit`}, {"/q", `quit`},
	} {
		r := newRecorder()
		if err := r.Do(t.Context(), tt.line); err != nil {
			t.Errorf("%q: %v", tt.line, err)
		}
		if got := strings.Join(r.log, "; "); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.line, got, tt.want)
		}
	}
}

func TestCommandErrors(t *testing.T) {
	long := strings.Repeat("x", 126)
	dir := t.TempDir()
	for _, tt := range []struct{ line, want string }{
		{"/pin", `there is no command "/pin": did you mean /ping?`},
		{"/conect ws://x", `there is no command "/conect": did you mean /connect?`},
		{"/hepl", `there is no command "/hepl": did you mean /help?`},
		{"/etc/passwd", `there is no command "/etc/passwd": /help lists them, //etc/passwd sends it`},
		{"/", `there is no command "/": /help lists them, // sends it`},
		{"/help nothing", `there is no command "/nothing": /help lists them, //nothing sends it`},
		{"/ping " + long, "the data of /ping has 126 bytes, at most 125 fit"},
		{"/pong " + long, "the data of /pong has 126 bytes, at most 125 fit"},
		{`/text "\q"`, `invalid syntax`},
		{`/ping "\q"`, `invalid syntax`},
		{`/close 4000 "\q"`, `invalid syntax`},
		{`/close 0 "x"`, "code 0 sends no code, and there is no reason without a code"},
		{"/close abc", `the close code "abc" is not a number from 0 to 65535`},
		{"/close 65536", `the close code "65536" is not a number from 0 to 65535`},
		{"/close -1", `the close code "-1" is not a number from 0 to 65535`},
		{"/close 1000 " + long[:124], "the close reason has 124 bytes, at most 123 fit"},
		{"/close 0 why", "code 0 sends no code, and there is no reason without a code"},
		{"/binary", "/binary needs HEX, base64:… or @FILE; base64: alone is an empty message"},
		{"/binary abc", `"abc" has an odd number of hexadecimal digits`},
		{"/binary hello!", `"hello!" is not HEX, base64:… or @FILE`},
		{"/binary base64:!", `"!" is not base64`},
		{"/binary @" + dir + "/none", `there is no file "` + dir + `/none"`},
		{"/file", "/file needs the path of a file"},
		{"/file " + dir, `"` + dir + `" is a directory`},
		{"/file " + os.DevNull, `"` + os.DevNull + `" is not a regular file`},
		{"/status now", `/status takes no argument, but "now" was given`},
		{"/quit now", `/quit takes no argument, but "now" was given`},
		{"/connect 'x", "the quote ' is not closed"},
		{`/connect x\`, "the backslash at the end stands before nothing"},
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

func TestCommandsThatDoNotFit(t *testing.T) {
	r := newRecorder()
	r.Connect, r.Edit, r.Quit = nil, nil, nil
	for _, name := range []string{"connect", "edit", "quit"} {
		want := "/" + name + " needs a terminal"
		if err := r.Do(t.Context(), "/"+name); err == nil || err.Error() != want {
			t.Errorf("/%s: got %v, want %s", name, err, want)
		}
	}
}

func TestNoSlash(t *testing.T) {
	r := newRecorder()
	r.NoSlash = true
	for _, line := range []string{"/ping", "//x"} {
		if err := r.Do(t.Context(), line); err != nil {
			t.Error(err)
		}
	}
	if got := strings.Join(r.log, "; "); got != `send 1 "/ping"; send 1 "//x"` {
		t.Errorf("got %s", got)
	}
}

func TestFiles(t *testing.T) {
	home := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(home, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a text", "grüße\n")
	write("binary", "a\x00b")
	write("latin", "\xe4")
	large := strings.Repeat("€", pieceSize) // pieces end within characters
	write("large", large)
	write("late", large+"\x00")
	write("cut off", large+"\xe2")
	write("one piece", large[:pieceSize])
	for _, tt := range []struct {
		line string
		want []string
	}{
		{"/file ~/a text ", []string{`send 1 "grüße\n"`}},
		{"/file ~/binary", []string{`send 2 "a\x00b"`}},
		{"/file ~/latin", []string{`send 2 "\xe4"`}},
		{"/binary @~/a text", []string{`send 2 "grüße\n"`}},
		{"/file ~/large", []string{"begin 1 65536", "piece 65536", "last 65536"}},
		{"/file ~/late", []string{"begin 2 65536", "piece 65536", "piece 65536", "last 1"}},
		{"/file ~/cut off", []string{"begin 2 65536", "piece 65536", "piece 65536", "last 1"}},
		{"/binary @~/large", []string{"begin 2 65536", "piece 65536", "last 65536"}},
		{"/file ~/one piece", []string{fmt.Sprintf("send 2 %q", large[:pieceSize])}},
	} {
		r := newRecorder()
		r.Home = home
		if err := r.Do(t.Context(), tt.line); err != nil {
			t.Errorf("%q: %v", tt.line, err)
		}
		if !reflect.DeepEqual(r.log, tt.want) {
			t.Errorf("%q: got %.200q", tt.line, r.log)
		}
	}
}

func TestFileIsGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := newRecorder()
	if err := r.Do(ctx, "/file table_test.go"); !errors.Is(err, context.Canceled) || r.log != nil {
		t.Errorf("got %v, did %v", err, r.log)
	}
}

func TestFileIsCutOff(t *testing.T) {
	name := filepath.Join(t.TempDir(), "large")
	if err := os.WriteFile(name, make([]byte, 2*pieceSize), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		fail error
		want string
		log  []string
	}{
		{session.ErrClosed, "the connection is closed", []string{"begin 2 65536"}},
		{session.ErrNotUTF8, "it changed meanwhile, and is no text any more",
			[]string{"begin 2 65536", `close 1001 "message cut off"`}},
		{context.Canceled, "interrupted, and the connection has to end",
			[]string{"begin 2 65536", `close 1001 "message cut off"`}},
	} {
		r := newRecorder()
		r.fail = tt.fail
		err := r.Do(t.Context(), "/file "+name)
		if want := fmt.Sprintf("only a part of %q was sent: %s", name, tt.want); errorText(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if tt.fail == session.ErrClosed && !errors.Is(err, session.ErrClosed) {
			t.Error("it is not told that the connection is closed")
		}
		if !reflect.DeepEqual(r.log, tt.log) {
			t.Errorf("%v: did %q", tt.fail, r.log)
		}
	}
}

// The help has no line that is longer than the terminal is wide, unless a single word is.
func TestHelpFitsATerminal(t *testing.T) {
	for _, columns := range []int{20, 40, 58, 78} {
		texts := []string{helpText(Table(), columns)}
		for _, c := range Table() {
			texts = append(texts, commandText(&c, columns))
			if c.run == nil || strings.HasSuffix(c.Summary, ".") {
				t.Errorf("/%s: %q", c.Name, c.Summary)
			}
			if !strings.Contains(texts[0], c.Usage()) {
				t.Errorf("the help does not tell of /%s", c.Name)
			}
		}
		for line := range strings.SplitSeq(strings.Join(texts, "\n"), "\n") {
			isUsage := strings.HasPrefix(line, "/")
			bare := strings.TrimLeft(line, " ")
			if n := utf8.RuneCountInString(line); n > columns && !isUsage && strings.Contains(bare, " ") ||
				columns >= 58 && n > columns {
				t.Errorf("%d columns of %d: %q", n, columns, line)
			}
		}
	}
}

func TestHelpLayout(t *testing.T) {
	commands := []Command{
		{Name: "a", Args: "[data]", Summary: "send what there is, and wait for an answer"},
		{Name: "b", Summary: "leave", Detail: "One sentence that is longer than a line.\n--flag  what it is for, and more\nend"},
	}
	for columns, want := range map[int]string{
		40: "a line is sent as a text message, //text\nsends /text\n" +
			"/a [data]  send what there is, and wait\n           for an answer\n/b         leave",
		30: "a line is sent as a text\nmessage, //text sends /text\n" +
			"/a [data]\n    send what there is, and\n    wait for an answer\n/b\n    leave",
	} {
		if got := helpText(commands, columns); got != want {
			t.Errorf("%d columns:\n%s\nwant\n%s", columns, got, want)
		}
	}
	want := "/b\nleave\nOne sentence that is\nlonger than a line.\n" +
		"--flag  what it is for,\n        and more\nend"
	if got := commandText(&commands[1], 24); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// FuzzDo checks that a line does one thing or is refused, and that a line without a slash is
// itself.
func FuzzDo(f *testing.F) {
	for _, c := range Table() {
		f.Add("/" + c.Name + " 1000 x")
	}
	for _, s := range []string{"hello", "//x", "/", "/close 99999", "/binary base64:x",
		"/binary \xff", "/ping\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.HasPrefix(line, "/file") || strings.Contains(line, "@") {
			return // no files
		}
		r := newRecorder()
		err := r.Do(t.Context(), line)
		if err != nil && (r.log != nil || strings.ContainsAny(err.Error(), "\n\x1b")) {
			t.Errorf("%q: did %q, error %q", line, r.log, err)
		}
		// The fragments of one message are several frames.
		isFragment := strings.HasPrefix(line, "/fragment") && len(r.log) > 1
		if err == nil && len(r.log) != 1 && !isFragment {
			t.Errorf("%q: did %q", line, r.log)
		}
		if !strings.HasPrefix(line, "/") && (err != nil || r.log[0] != fmt.Sprintf("send 1 %q", line)) {
			t.Errorf("%q: did %q, error %v", line, r.log, err)
		}
	})
}

func TestCompletion(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"one.txt", "once.json", ".hidden"} {
		if err := os.WriteFile(filepath.Join(home, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(home, "dir"), 0o700); err != nil {
		t.Fatal(err)
	}
	flags := func(string) []string { return []string{"--header", "--host", "ws://"} }
	c := &Completion{Home: home, Connect: flags}
	for _, tt := range []struct {
		head  string
		want  []string
		start int
	}{
		{"", nil, 0},
		{"hello", nil, 0},
		{"//p", nil, 0},
		{"/p", []string{"/ping", "/pong", "/pretty", "/pause"}, 0},
		{"/cl", []string{"/close", "/clear"}, 0},
		{"/zz", nil, 0},
		{"/help p", []string{"ping", "pong", "pretty", "pause"}, 6},
		{"/close 101", []string{"1010", "1011"}, 7},
		{"/ping x", nil, 0},
		{"/nothing x", nil, 0},
		{"/file ~/on", []string{"~/once.json", "~/one.txt"}, 6},
		{"/file ~/", []string{"~/dir/", "~/once.json", "~/one.txt"}, 6},
		{"/file ~/.h", []string{"~/.hidden"}, 6},
		{"/file ~/none/", nil, 6},
		{"/binary ", []string{"base64:", "@"}, 8},
		{"/binary @~/d", []string{"@~/dir/"}, 8},
		{"/connect -k --h", []string{"--header", "--host"}, 12},
	} {
		words, start := c.Candidates(tt.head)
		if !reflect.DeepEqual(words, tt.want) || start != tt.start {
			t.Errorf("%q: got %q from %d, want %q from %d", tt.head, words, start, tt.want, tt.start)
		}
	}
}

func TestQuotesThatNobodyReads(t *testing.T) {
	r := newRecorder()
	r.Unquote = nil
	if err := r.Do(t.Context(), `/ping "x"`); err != nil || r.log[0] != `ping "\"x\""` {
		t.Errorf("%q, %v", r.log, err)
	}
}
