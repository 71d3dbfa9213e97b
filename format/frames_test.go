package format

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"wsline/internal/wire"
	"wsline/session"
)

// A frameCase is a frame to be shown.
type frameCase struct {
	out     bool
	h       wire.Header
	payload string
	cut     int64 // how many bytes of the payload never came
	number  int
	packed  int64
	size    int64
	err     *wire.Error
	head    []byte // nil: the header's
}

func (c *frameCase) event(i int) *session.Event {
	at := time.Date(2026, 1, 2, 15, 4, 5, 123456789, time.UTC)
	at = at.Add(time.Duration(i) * 1111 * time.Microsecond)
	h := c.h
	if h.Length == 0 {
		h.Length = int64(len(c.payload)) + c.cut
	}
	f := &session.Frame{
		Header: h, Head: c.head, Payload: []byte(c.payload), Have: h.Length - c.cut,
		Number: c.number, Packed: c.packed, Size: c.size, Err: c.err,
	}
	if f.Head == nil {
		f.Head = h.Append(nil)
	}
	f.Payload = f.Payload[:min(len(f.Payload), session.FramePayload)]
	ev := &session.Event{Kind: session.KindFrame, Time: at, Frame: f}
	if c.out {
		ev.Dir = session.Out
	}
	return ev
}

func frameCases() []frameCase {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	fin := func(op wire.Opcode) wire.Header { return wire.Header{Fin: true, Opcode: op} }
	part := func(op wire.Opcode) wire.Header { return wire.Header{Opcode: op} }
	masked := func(op wire.Opcode) wire.Header {
		return wire.Header{Fin: true, Opcode: op, Masked: true, Key: key}
	}
	rule := func(section, text string) *wire.Error { return &wire.Error{Section: section, Text: text} }
	return []frameCase{
		{out: true, h: masked(wire.OpText), payload: "Hello"},
		{h: fin(wire.OpText), payload: "Hello"},
		{h: fin(wire.OpText)},
		{h: fin(wire.OpText), payload: "x"},
		{h: part(wire.OpText), payload: "caf\xc3", number: 1},
		{h: fin(wire.OpPing), payload: "are you there"},
		{out: true, h: masked(wire.OpPong), payload: "are you there"},
		{h: part(wire.OpContinuation), payload: "\xa9 \xf0\x9f", number: 2},
		{h: fin(wire.OpContinuation), payload: "\x98\x80!", number: 3},
		{h: fin(wire.OpBinary), payload: "\x0b\xad\xf0\x0d"},
		{h: wire.Header{Fin: true, RSV1: true, Opcode: wire.OpText},
			payload: "\xf2\x48\xcd\xc9\xc9\x07\x00", packed: 7, size: 5},
		{h: wire.Header{RSV1: true, Opcode: wire.OpText}, payload: "\xf2\x48\xcd", number: 1},
		{h: fin(wire.OpContinuation), payload: "\xc9\xc9\x07\x00", number: 2, packed: 7, size: 20},
		{h: fin(wire.OpText), payload: strings.Repeat("a long message ", 500)},
		{out: true, h: masked(wire.OpBinary), payload: strings.Repeat("\x00\xff", 40000)},
		{h: fin(wire.OpText), payload: "\x1b[2J\u202e \"quoted\"\n"},
		{h: fin(wire.OpText), payload: "cut off h", cut: 191,
			err: nil},
		{h: fin(wire.OpPing), payload: strings.Repeat("p", 126),
			err: rule("RFC 6455 §5.5", "control frame longer than 125 bytes")},
		{h: fin(0xb), payload: "?", err: rule("RFC 6455 §5.2", "reserved opcode 0xb")},
		{h: wire.Header{Fin: true, RSV2: true, RSV3: true, Opcode: wire.OpBinary}, payload: "\x00",
			err: rule("RFC 6455 §5.2", "RSV bits that no extension gives a meaning to")},
		{h: masked(wire.OpText), payload: "masked",
			err: rule("RFC 6455 §5.1", "masked frame from a server")},
		{h: wire.Header{Fin: true, Opcode: wire.OpText}, head: []byte{0x81, 127, 0x80},
			err: rule("RFC 6455 §5.2", "payload length of 2^63 bytes or more")},
		{h: wire.Header{Fin: true, Opcode: wire.OpText},
			head: []byte("\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xffabc"),
			err:  rule("RFC 6455 §5.2", "payload length of 2^63 bytes or more")},
		{out: true, h: masked(wire.OpClose), payload: "\x03\xe8done"},
		{h: fin(wire.OpClose), payload: "\x03\xe8"},
		{h: fin(wire.OpClose)},
		{h: fin(wire.OpClose), payload: "\x03",
			err: rule("RFC 6455 §5.5.1", "close frame with 1 byte of payload")},
		{h: fin(wire.OpClose), payload: "\x03\xedbad\xff\x1b",
			err: rule("RFC 6455 §7.4", "close frame with the code 1005")},
	}
}

func TestFramesGolden(t *testing.T) {
	for name, style := range map[string]Style{
		"plain":  {Frames: FramesLine},
		"color":  {Frames: FramesLine, Color: true, Timestamps: true},
		"narrow": {Frames: FramesHex, Width: 60, Name: "alice"},
		"hex":    {Frames: FramesHex, Width: 80},
		"hexed":  {Frames: FramesHex, Color: true},
	} {
		t.Run(name, func(t *testing.T) {
			talk := NewTalk(style)
			var got []byte
			for i, c := range frameCases() {
				if strings.HasPrefix(name, "hex") || name == "narrow" {
					c.payload = c.payload[:min(len(c.payload), 40)]
				}
				got = talk.Event(got, c.event(i))
			}
			if name == "hexed" {
				name = "hex.color"
			}
			golden(t, "testdata/frames."+name+".golden", got)
		})
	}
}

func TestFramesAreStatusLines(t *testing.T) {
	talk := NewTalk(Style{Frames: FramesHex, Name: "bob", Width: 80})
	for i, c := range frameCases() {
		for line := range strings.Lines(string(talk.Event(nil, c.event(i)))) {
			if !strings.HasPrefix(line, "bob* ") || strings.HasSuffix(line, " \n") {
				t.Errorf("%q", line)
			}
			if n := columns(line); n > 83 && !strings.Contains(line, "15:04:05") {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	}
}

func TestFramesFitTheTerminal(t *testing.T) {
	payloads := []string{
		strings.Repeat("a", 200), strings.Repeat("é", 200), strings.Repeat("日本", 200),
		strings.Repeat("\x00", 200), strings.Repeat("👩‍👩‍👧", 50),
		strings.Repeat("e\u0301", 2000),
	}
	for _, width := range []int{0, 80, 81, 100, 120} {
		talk := NewTalk(Style{Frames: FramesLine, Width: width})
		limit := width
		if width == 0 {
			limit = frameWidth
		}
		for _, op := range []wire.Opcode{
			wire.OpText, wire.OpBinary, wire.OpContinuation, wire.OpPing, wire.OpClose,
		} {
			for _, p := range payloads {
				c := frameCase{h: wire.Header{Fin: true, Opcode: op}, payload: "\x03\xe8" + p}
				line := string(talk.Event(nil, c.event(0)))
				least := limit - 9
				if strings.ContainsAny(p, "\u0301\u200d") { // what takes no column is cut early
					least = limit / 2
				}
				if n := columns(line); n > limit || n < least {
					t.Errorf("%d of %d columns: %s", n, limit, line)
				}
			}
		}
	}
}

func TestFramesLeaveOutBytesBeforeTheyWrap(t *testing.T) {
	talk := NewTalk(Style{Frames: FramesLine, Width: 80})
	c := frameCase{
		out: true, h: wire.Header{Fin: true, RSV1: true, Opcode: wire.OpText, Masked: true},
		payload: "\x00\x0b\x00", packed: 3, size: 11,
	}
	want := "* 15:04:05.123456 > text         FIN         3 bytes  RSV1  mask 00000000  " +
		"3 -> 11 bytes (27 %)\n"
	if got := string(talk.Event(nil, c.event(0))); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	c = frameCase{h: wire.Header{Fin: true, Opcode: wire.OpBinary, Masked: true}, payload: "\x00"}
	for width, want := range map[int]string{71: "000000  00\n", 70: "000000\n"} {
		talk := NewTalk(Style{Frames: FramesLine, Width: width})
		if got := string(talk.Event(nil, c.event(0))); !strings.HasSuffix(got, want) {
			t.Errorf("%d columns: %q, want %q", width, got, want)
		}
	}
}

func columns(line string) int { return runewidth.StringWidth(strings.TrimSuffix(line, "\n")) }

func TestFramesOff(t *testing.T) {
	c := frameCase{h: wire.Header{Fin: true, Opcode: wire.OpText}, payload: "x"}
	talk := NewTalk(Style{})
	if got := talk.Event(nil, c.event(0)); len(got) > 0 {
		t.Errorf("off: %s", got)
	}
	talk.SetFrames(FramesLine)
	if got := talk.Event(nil, c.event(0)); bytes.Count(got, []byte("\n")) != 1 {
		t.Errorf("on: %s", got)
	}
	talk.SetFrames(FramesHex)
	if got := talk.Event(nil, c.event(0)); bytes.Count(got, []byte("\n")) < 4 {
		t.Errorf("hex: %s", got)
	}
	if got := talk.Event(nil, &session.Event{Kind: session.KindFrame}); len(got) > 0 {
		t.Errorf("no frame: %s", got)
	}
	if got := Conversation(nil, c.event(0)); len(got) > 0 {
		t.Errorf("in a conversation: %s", got)
	}
}

func TestParseFrames(t *testing.T) {
	for _, want := range []Frames{FramesOff, FramesLine, FramesHex} {
		if got, err := ParseFrames(want.String()); got != want || err != nil {
			t.Errorf("%v has become %v, %v", want, got, err)
		}
	}
	_, err := ParseFrames("On")
	if want := `"On" is not on, off or hex`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if got := Frames(9).String(); got != "Frames(9)" {
		t.Error(got)
	}
}

// FuzzFrame shows any frame: what is shown is safe, and every line is a status line.
func FuzzFrame(f *testing.F) {
	f.Add([]byte("\x81\x05Hello"), int64(5), 0, int64(0), 80)
	f.Add([]byte("\x88\x02\x03\xe8"), int64(2), 1, int64(9), 0)
	f.Add([]byte("\x81\xff\x80"), int64(0), 0, int64(math.MaxInt64), -1)
	f.Add([]byte("\xc1\x7e\x00\xff\x1b[2J"), int64(3), 3, int64(-1), 20)
	f.Fuzz(func(t *testing.T, b []byte, have int64, number int, size int64, width int) {
		h, n, err := wire.ParseHeader(b)
		frame := &session.Frame{
			Header: h, Head: b[:n], Payload: b[n:], Have: have, Number: number,
			Packed: size, Size: size,
		}
		if err != nil {
			frame.Err, frame.Head, frame.Payload = err.(*wire.Error), b, nil
		}
		talk := NewTalk(Style{Frames: FramesHex, Width: width})
		ev := &session.Event{Kind: session.KindFrame, Frame: frame}
		for _, dir := range []session.Direction{session.In, session.Out} {
			ev.Dir = dir
			for line := range bytes.Lines(talk.Event(nil, ev)) {
				text := bytes.TrimSuffix(line, []byte("\n"))
				if !bytes.HasPrefix(text, []byte("* ")) || safePrefix(text) != len(text) {
					t.Fatalf("%x is shown as %q", b, line)
				}
			}
		}
	})
}
