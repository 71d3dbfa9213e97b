package format

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"wsline/internal/wire"
	"wsline/session"
)

// read reads one event of a conversation, as the language's description says and no more.
func read(t *testing.T, lines string) *session.Event {
	t.Helper()
	first, more, _ := strings.Cut(strings.TrimSuffix(lines, "\n"), "\n")
	ev := &session.Event{Kind: session.KindMessage, Opcode: wire.OpText}
	if rest, ok := strings.CutPrefix(first, "> "); ok {
		ev.Dir = session.Out
		if !strings.HasPrefix(rest, "/") {
			return withText(t, ev, rest, more)
		}
		if rest = rest[1:]; strings.HasPrefix(rest, "/") {
			return withText(t, ev, rest, more)
		}
		first = "<" + rest
	}
	if rest, ok := strings.CutPrefix(first, "< "); ok {
		return withText(t, ev, rest, more)
	}
	if more != "" {
		t.Fatalf("more than a line: %q", lines)
	}
	word, arg, _ := strings.Cut(strings.TrimPrefix(first, "<"), " ")
	switch word {
	case "text":
		ev.Payload = []byte(unquoted(t, arg))
	case "binary":
		ev.Opcode, ev.Payload = wire.OpBinary, bytesOf(t, arg)
	case "ping":
		ev.Kind, ev.Opcode, ev.Payload = session.KindPing, 0, []byte(unquoted(t, arg))
	case "pong":
		ev.Kind, ev.Opcode, ev.Payload = session.KindPong, 0, []byte(unquoted(t, arg))
	case "close":
		code, reason, _ := strings.Cut(arg, " ")
		n, _ := strconv.Atoi(code)
		ev.Kind, ev.Opcode = session.KindClose, 0
		ev.Code, ev.Reason = wire.StatusCode(n), unquoted(t, reason)
	default:
		t.Fatalf("a line of no kind: %q", first)
	}
	return ev
}

func withText(t *testing.T, ev *session.Event, first, more string) *session.Event {
	t.Helper()
	text := first
	for line := range strings.Lines(more) {
		line, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "  ")
		if !ok {
			t.Fatalf("a line that is not indented: %q", more)
		}
		text += "\n" + line
	}
	ev.Payload = []byte(text)
	return ev
}

func unquoted(t *testing.T, arg string) string {
	t.Helper()
	if !strings.HasPrefix(arg, `"`) {
		return arg
	}
	p, err := Unquote(arg)
	if err != nil {
		t.Fatal(err)
	}
	return string(p)
}

func bytesOf(t *testing.T, arg string) []byte {
	t.Helper()
	decode := hex.DecodeString
	if text, ok := strings.CutPrefix(arg, "base64:"); ok {
		arg, decode = text, base64.StdEncoding.DecodeString
	}
	p, err := decode(arg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// checkRoundTrip: what is saved reads back to the same event.
func checkRoundTrip(t *testing.T, ev *session.Event) {
	t.Helper()
	saved := string(Conversation(nil, ev))
	got := read(t, saved)
	if got.Kind != ev.Kind || got.Dir != ev.Dir || got.Opcode != ev.Opcode || got.Code != ev.Code ||
		got.Reason != ev.Reason || !bytes.Equal(got.Payload, ev.Payload) {
		t.Errorf("%q reads back as %+v, not %+v", saved, got, ev)
	}
}

func TestConversationReadsBack(t *testing.T) {
	more := []string{"plain", "/slash", "//", "two\n\nlines", "<text", "# no comment", "..."}
	for _, p := range append(more, hostile...) {
		for _, ev := range events([]byte(p))[:10] {
			checkRoundTrip(t, ev)
		}
	}
}

func TestConversationHasNoStatusLines(t *testing.T) {
	for _, ev := range []*session.Event{
		{Kind: session.KindOpen},
		{Kind: session.KindNotice, Text: "x"},
		{Kind: session.KindEnd, End: &session.End{Cause: session.CauseDropped}},
	} {
		if got := Conversation(nil, ev); len(got) > 0 {
			t.Errorf("%q", got)
		}
	}
	pong := &session.Event{Kind: session.KindPong, Payload: []byte("x"), RTT: 1}
	if got := string(Conversation(nil, pong)); got != "<pong x\n" {
		t.Errorf("%q", got)
	}
}

// TestScreenReadsBack: what the screen shows of a small binary message are its bytes.
func TestScreenReadsBack(t *testing.T) {
	p := make([]byte, 256)
	for i := range p {
		p[i] = byte(i)
	}
	for _, width := range []int{40, 80} {
		screen := string(NewTalk(Style{Width: width}).Event(nil, binary(p)))
		head, dump, _ := strings.Cut(screen, "\n")
		var got []byte
		for line := range strings.Lines(dump) {
			columns, _, _ := strings.Cut(line, "|")
			fields := strings.Fields(columns)
			if fields[0] != fmt.Sprintf("%08x", len(got)) {
				t.Errorf("the offset of %q is not %d", line, len(got))
			}
			got = append(got, bytesOf(t, strings.Join(fields[1:], ""))...)
		}
		if head != "<binary 256 bytes" || !bytes.Equal(got, p) {
			t.Errorf("in %d columns: %s, %x", width, head, got)
		}
	}
}

func FuzzConversation(f *testing.F) {
	for _, s := range hostile {
		f.Add([]byte(s))
	}
	f.Add([]byte("two\nlines"))
	f.Fuzz(func(t *testing.T, p []byte) {
		for _, ev := range events(p)[:10] {
			checkRoundTrip(t, ev)
		}
		if !utf8.Valid(p) || len(p) == 0 {
			return
		}
		screen := NewTalk(Style{Pretty: PrettyNever}).Event(nil, text(string(p)))
		if got := read(t, string(screen)); !bytes.Equal(got.Payload, p) {
			t.Errorf("%q reads back as %q", p, got.Payload)
		}
	})
}
