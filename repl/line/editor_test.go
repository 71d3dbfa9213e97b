package line

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// pressed feeds keys to an editor and returns the line with a | at the cursor.
func pressed(e *Editor, keys string) (line string, last Action) {
	var d Decoder
	for _, k := range d.Timeout(d.Feed(nil, []byte(keys))) {
		last = e.Press(k)
	}
	text := e.buf.Runes()
	return string(text[:e.buf.Pos()]) + "|" + string(text[e.buf.Pos():]), last
}

func testEditor(lines ...string) *Editor {
	h := &History{}
	for _, line := range lines {
		h.append(line, "")
	}
	return NewEditor(h, Options{Complete: completeSome, Escape: escapeSlash})
}

// completeSome knows some commands and their arguments.
func completeSome(head string) (words []string, start int) {
	if !strings.HasPrefix(head, "/") {
		return nil, 0
	}
	name, _, behind := strings.Cut(head, " ")
	list := "/close /connect /ping /pong /help /stall /stats /status"
	if behind {
		start = strings.LastIndexByte(head, ' ') + 1
		list = map[string]string{"/close": "1000 1010 1011", "/help": "close ping pong"}[name]
	}
	for _, w := range strings.Fields(list) {
		if strings.HasPrefix(w, head[start:]) {
			words = append(words, w)
		}
	}
	return words, start
}

func TestEditing(t *testing.T) {
	for _, tt := range []struct{ name, keys, want string }{
		{"typing", "héllo 日本", "héllo 日本|"},
		{"left, right", "abc\x1b[D\x1b[D\x1b[C", "ab|c"},
		{"ctrl-b, ctrl-f", "abc\x02\x02\x06", "ab|c"},
		{"home, end", "abc\x1b[Hx\x1b[Fy", "xabcy|"},
		{"insert", "abc\x1b[Dx", "abx|c"},
		{"backspace", "abc\x7f\x08", "a|"},
		{"backspace at the start", "\x7fa", "a|"},
		{"delete", "abc\x01\x1b[3~", "|bc"},
		{"ctrl-d", "abc\x01\x04", "|bc"},
		{"kill and yank", "abc def\x02\x02\x02\x0b\x01\x19", "def|abc "},
		{"kill to the start", "abc def\x1b[D\x15", "|f"},
		{"ctrl-w", "abc d-f \x17x", "abc x|"},
		{"ctrl-w and yank", "abc\x17\x19\x19", "abcabc|"},
		{"ctrl-w twice and yank", "one two three\x17\x17\x19\x19", "one two threetwo three|"},
		{"ctrl-w, a key, ctrl-w and yank", "one two\x17\x7f\x17\x19", "one|"},
		{"alt-d twice and yank", "one two three\x01\x1bd\x1bd\x05 \x19", " three one two|"},
		{"ctrl-w, ctrl-k and yank", "one two three\x1bb\x17\x0b\x19", "one two three|"},
		{"ctrl-k, ctrl-u and yank", "one two\x1bb\x0b\x15\x19\x19", "one twoone two|"},
		{"ctrl-k at the end cuts nothing", "one two\x17\x0b\x19", "one two|"},
		{"yank nothing", "a\x19", "a|"},
		{"alt-backspace", "abc d-é\x1b\x7f", "abc d-|"},
		{"alt-b, alt-f, alt-d", "één två tre\x1bb\x1bb\x1bd", "één | tre"},
		{"ctrl-left, ctrl-right", "one two\x1b[1;5D\x1b[1;5D\x1b[1;5C", "one| two"},
		{"transpose", "abc\x14", "acb|"},
		{"transpose within", "abc\x1b[D\x14", "acb|"},
		{"transpose at the start", "abc\x01\x14", "|abc"},
		{"transpose a character of several runes", "ae\u0301\x14", "e\u0301a|"},
		{"transpose two of several runes", "🇩🇪👍🏽x\x02\x02\x14", "👍🏽🇩🇪|x"},
		{"transpose families", "👨\u200d👩\u200d👧🇫🇷\x14", "🇫🇷👨\u200d👩\u200d👧|"},
		{"transpose one", "a\x14", "a|"},
		{"a character of several runes", "ae\u0301b\x1b[D\x1b[D|", "a||e\u0301b"},
		{"removed as one", "x👨\u200d👩\u200d👧\x7f", "x|"},
		{"flags", "🇩🇪🇫🇷\x7f", "🇩🇪|"},
		{"skin tone", "👍🏽\x1b[D\x1b[3~", "|"},
		{"alt-enter", "a\x1b\rb", "a\nb|"},
		{"paste", "a\x1b[200~x\ny\tz\x1b[201~b", "ax\ny\tzb|"},
		{"paste in the middle", "ab\x1b[D\x1b[200~\xff\x1b[201~", "a�|b"},
		{"a paste of lines is a message", "\x1b[200~/ping\n/status\x1b[201~", "//ping\n/status|"},
		{"also with two slashes", "\x1b[200~//x\ny\x1b[201~", "///x\ny|"},
		{"also before something", "abc\x01\x1b[200~/x\ny\x1b[201~", "//x\ny|abc"},
		{"but not behind", "/text \x1b[200~/x\ny\x1b[201~", "/text /x\ny|"},
		{"a paste of one line", "\x1b[200~/ping\n\x1b[201~", "/ping|"},
		{"two pastes of one line", "\x1b[200~/ping\x1b[201~\x1b[200~\n\n\x1b[201~", "/ping\n|"},
		{"keys that mean nothing", "a\x00\x1c\x1b[15~\x07b", "ab|"},
		{"history", "new\x10", "second|"},
		{"history up twice", "\x1b[A\x1b[A", "first\nline|"},
		{"history at its start", "\x10\x10\x10\x10", "first\nline|"},
		{"history and back", "new\x10\x10\x0e\x0e", "new|"},
		{"search", "\x12fir", "|first\nline"},
		{"search any case", "\x12FIR", "|"},
		{"search twice", "\x12s\x12", "fir|st\nline"},
		{"search forward", "\x12s\x12\x13", "|second"},
		{"search backspace", "\x12fix\x7f", "|first\nline"},
		{"search given up", "new\x12sec\x07", "new|"},
		{"search given up by ctrl-c", "new\x12sec\x03", "new|"},
		{"search ended by a key", "\x12sec\x05x", "secondx|"},
		{"search ended, then the history", "\x12sec\x1b[A", "first\nline|"},
		{"search nothing", "new\x12\x12\x12zzz", "new|"},
		{"search and paste", "\x12\x1b[200~irs\x1b[201~", "f|irst\nline"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := pressed(testEditor("first\nline", "second"), tt.keys); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func escapeSlash(line string) string {
	if strings.HasPrefix(line, "/") {
		return "/"
	}
	return ""
}

func TestPasteInPieces(t *testing.T) {
	const paste = "\x1b[200~/ping\n/status\n\x1b[201~"
	for i := range len(paste) {
		var d Decoder
		e := testEditor()
		for _, k := range d.Feed(d.Feed(nil, []byte(paste[:i])), []byte(paste[i:])) {
			e.Press(k)
		}
		if got := e.Text(); got != "//ping\n/status" {
			t.Errorf("cut at %d: got %q", i, got)
		}
	}
}

func TestPasteWithoutCommands(t *testing.T) {
	e := NewEditor(&History{}, Options{})
	if got, _ := pressed(e, "\x1b[200~/ping\n/status\x1b[201~"); got != "/ping\n/status|" {
		t.Errorf("got %q", got)
	}
}

func TestEditorAsks(t *testing.T) {
	for _, tt := range []struct {
		keys string
		want Action
	}{
		{"a\r", DoSubmit}, {"a\n", DoSubmit}, {"\x03", DoInterrupt}, {"\x04", DoEnd}, {"a\x04", DoBell},
		{"\x1a", DoSuspend}, {"\x0c", DoClear}, {"\t", DoBell}, {"\x10", DoBell}, {"\x12\r", DoSubmit},
		{"a", DoNothing}, {"\x12x", DoBell},
	} {
		if _, got := pressed(testEditor(), tt.keys); got != tt.want {
			t.Errorf("%q: got %d, want %d", tt.keys, got, tt.want)
		}
	}
}

func TestSearchPrompt(t *testing.T) {
	e := testEditor("first")
	pressed(e, "\x12ir")
	if v := e.View("> "); v.prompt != "(search)`ir': " || string(v.line) != "first" || v.pos != 1 {
		t.Errorf("got %q, %q at %d", v.prompt, string(v.line), v.pos)
	}
	pressed(e, "x")
	if v := e.View("> "); v.prompt != "(not found)`irx': " || string(v.line) != "first" {
		t.Errorf("got %q, %q", v.prompt, string(v.line))
	}
}

func TestTab(t *testing.T) {
	for _, tt := range []struct{ keys, want, list string }{
		{"/cl\t", "/close |", ""},
		{"/p\t", "/p|", ""},
		{"/p\t\t", "/p|", "/ping /pong"},
		{"/p\tx\t", "/px|", ""},
		{"/pi\t", "/ping |", ""},
		{"/st\t", "/sta|", ""},
		{"/st\t\t", "/sta|", "/stall /stats /status"},
		{"/st\tl\t", "/stall |", ""},
		{"/st\tt\t\t", "/stat|", "/stats /status"},
		{"/close 101\t\t", "/close 101|", "1010 1011"},
		{"/hel\tpi\t", "/help ping |", ""},
		{"text\t", "text|", ""},
	} {
		e := testEditor()
		got, _ := pressed(e, tt.keys)
		if list := strings.Join(e.list, " "); got != tt.want || list != tt.list {
			t.Errorf("%q: got %q, list %q", tt.keys, got, list)
		}
	}
}

func TestColumns(t *testing.T) {
	words := strings.Fields("one two three four five six 日本")
	want := "one    four   日本\ntwo    five\nthree  six\n"
	if got := columns(words, 24); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := columns(words[:2], 3); got != "one\ntwo\n" {
		t.Errorf("narrow: %q", got)
	}
}

func TestHistoryKeeps(t *testing.T) {
	for line, want := range map[string]bool{
		"hello":                             true,
		"":                                  false,
		"  ":                                false,
		" secret":                           false,
		"\ttab":                             false,
		strings.Repeat("x", historyEntry):   true,
		strings.Repeat("x", historyEntry+1): false,
		"secret: a":                         false,
	} {
		h := &History{refuse: func(line string) bool { return strings.HasPrefix(line, "secret") }}
		if err := h.add(line, ""); err != nil {
			t.Fatal(err)
		}
		if got := len(h.lines) == 1; got != want {
			t.Errorf("%.60q: kept %v, want %v", line, got, want)
		}
	}
}

func TestHistoryFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "wsline", "history")
	lines := []string{"one", "two\nlines \\n", "x\r\\", "日本"}
	h, err := OpenHistory(path, nil)
	if err != nil || h.lines != nil {
		t.Fatalf("got %q, %v", h.lines, err)
	}
	for _, line := range lines {
		for range 2 { // the same again is kept once
			if err := h.add(line, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	again, err := OpenHistory(path, nil)
	if err != nil || strings.Join(again.lines, "|") != strings.Join(lines, "|") {
		t.Errorf("got %q, %v", again.lines, err)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
	}
	data, err := os.ReadFile(path)
	if want := "one\ntwo\\nlines \\\\n\nx\\r\\\\\n日本\n"; err != nil || string(data) != want {
		t.Errorf("the file is %q, want %q", data, want)
	}
}

// A file that others could read is closed to them before a line is added.
func TestHistoryIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(path, []byte("one\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	h, err := OpenHistory(path, nil)
	if err := errors.Join(err, h.add("two", "")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	var all strings.Builder
	for i := range 2*historyEntries + 1 {
		fmt.Fprintf(&all, "line %d\n", i)
	}
	if err := os.WriteFile(path, []byte(all.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := OpenHistory(path, nil)
	if err != nil || len(h.lines) != historyEntries || h.lines[historyEntries-1] != "line 2000" {
		t.Errorf("%d lines, %v", len(h.lines), err)
	}
	data, err := os.ReadFile(path)
	if n := strings.Count(string(data), "\n"); err != nil || n != historyEntries {
		t.Errorf("the file has %d lines, %v", n, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("files left: %v, %v", entries, err)
	}
}

// TestHistoryOfSeveral has programs append while others make the file shorter.
func TestHistoryOfSeveral(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	old := strings.Repeat("old\n", 2*historyEntries+1)
	if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			h := &History{path: path}
			for i := range 50 {
				if err := h.add(fmt.Sprintf("%d-%d", w, i), ""); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			if _, err := OpenHistory(path, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	h, err := OpenHistory(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, line := range h.lines {
		seen[line] = true
	}
	if len(seen) != 4*50+1 {
		t.Errorf("%d different lines, want %d", len(seen), 4*50+1)
	}
}

// A history that is a link, as among dotfiles that are kept elsewhere, stays one when it is bounded.
func TestHistoryOfALink(t *testing.T) {
	elsewhere := filepath.Join(t.TempDir(), "kept")
	link := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(elsewhere, []byte(strings.Repeat("old\n", 2*historyEntries+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, link); err != nil {
		if runtime.GOOS != "windows" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	h, err := OpenHistory(link, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.add("new", ""); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v now, %v", info.Mode(), err)
	}
	data, err := os.ReadFile(elsewhere)
	if want := strings.Repeat("old\n", historyEntries) + "new\n"; err != nil || string(data) != want {
		t.Errorf("the file has %d bytes, %v, want %d", len(data), err, len(want))
	}
	if left, err := filepath.Glob(link + ".*"); err != nil || left != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A history that is no file would keep whoever opens it waiting.
func TestHistoryThatIsNoFile(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "history")
	l, err := net.Listen("unix", socket)
	if err != nil {
		if runtime.GOOS != "windows" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	defer l.Close()
	h, err := OpenHistory(socket, nil)
	if err != errNoFile {
		t.Errorf("got %v", err)
	}
	if err := h.add("kept here", ""); err != nil || len(h.lines) != 1 {
		t.Errorf("%q, %v", h.lines, err)
	}
}

// Lines that were typed to a place are recalled first where it is typed to again, and found first.
func TestHistoryOfPlaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(path, []byte("before there were places\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := OpenHistory(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range []string{"a one", "b one", "a\n\\@two", "b two", "b two", "nowhere"} {
		if err := h.add(line, []string{"a", "b", "a", "b", "b", ""}[i]); err != nil {
			t.Fatal(err)
		}
	}
	want := "before there were places\n\\@a a one\n\\@b b one\n\\@a a\\n\\\\@two\n\\@b b two\nnowhere\n"
	if data, err := os.ReadFile(path); err != nil || string(data) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, data, want)
	}
	if h, err = OpenHistory(path, nil); err != nil {
		t.Fatal(err)
	}
	e := NewEditor(h, Options{})
	const all = "before there were places|b one|b two|nowhere|a one|a\n\\@two"
	e.At("a")
	if got := strings.Join(e.History(), "|"); got != all {
		t.Errorf("got %s, want %s", got, all)
	}
	pressed(e, "\x10\x10\x10") // what is recalled stays that when the others are arranged anew
	if e.At("b"); e.Text() != "nowhere" {
		t.Errorf("shown is %q", e.Text())
	}
	if got, _ := pressed(e, "\x0e"); got != "a one|" {
		t.Errorf("then %q", got)
	}
	e.Set("")
	if got, _ := pressed(e, "\x12one"); got != "b |one" {
		t.Errorf("found %q", got)
	}
}
