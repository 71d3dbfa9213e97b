package format

import (
	"bytes"
	"strings"
	"testing"

	"wsline/internal/wire"
	"wsline/session"
)

func TestPipe(t *testing.T) {
	data := binary([]byte{0x0b, 0xad, '\n', 0xff})
	tests := []struct {
		name string
		pipe Pipe
		ev   *session.Event
		want string
	}{
		{"text", Pipe{End: "\n"}, text("a\x1bb\r\nc"), "a\x1bb\r\nc\n"},
		{"NUL", Pipe{End: "\x00"}, text("a\nb"), "a\nb\x00"},
		{"nothing between", Pipe{}, text("ab"), "ab"},
		{"empty", Pipe{End: "\n"}, text(""), "\n"},
		{"JSON", Pipe{End: "\n"}, text(` {"a": 1} `), " {\"a\": 1} \n"},
		{"JSON laid out", Pipe{End: "\n", Pretty: true}, text(` {"a":1}`), "{\n  \"a\": 1\n}\n"},
		{"no JSON to lay out", Pipe{End: "\n", Pretty: true}, text(" {a"), " {a\n"},
		{"raw", Pipe{End: "\n"}, data, "\x0b\xad\n\xff\n"},
		{"exact", Pipe{End: "\n", Exact: true}, data, "\x0b\xad\n\xff"},
		{"text, exact", Pipe{End: "\n", Exact: true}, text("ab"), "ab\n"},
		{"hex, exact", Pipe{Binary: BinaryHex, End: "\n", Exact: true}, data, "0bad0aff\n"},
		{"hex", Pipe{Binary: BinaryHex, End: "\n"}, data, "0bad0aff\n"},
		{"base64", Pipe{Binary: BinaryBase64, End: "\n"}, data, "C60K/w==\n"},
		{"no text as hex", Pipe{Binary: BinaryHex, End: "\n"}, text("ab"), "ab\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(tt.pipe.Event([]byte("x"), tt.ev)); got != "x"+tt.want {
				t.Errorf("%q, want %q", got, "x"+tt.want)
			}
			m := wire.Message{Opcode: tt.ev.Opcode, Payload: tt.ev.Payload}
			ev := &session.Event{Kind: session.KindMessages, Messages: []wire.Message{m, m}}
			if got := string(tt.pipe.Event([]byte("x"), ev)); got != "x"+tt.want+tt.want {
				t.Errorf("together %q, want %q twice", got, tt.want)
			}
		})
	}
}

func TestPipePassesOnMessagesOnly(t *testing.T) {
	pipe := Pipe{End: "\n"}
	for _, ev := range events([]byte("x"))[2:] {
		if got := pipe.Event(nil, ev); len(got) > 0 {
			t.Errorf("kind %d, direction %d: %q", ev.Kind, ev.Dir, got)
		}
	}
}

func TestParseBinaryOut(t *testing.T) {
	for _, want := range []BinaryOut{BinaryRaw, BinaryHex, BinaryBase64} {
		if got, err := ParseBinaryOut(want.String()); got != want || err != nil {
			t.Errorf("%v has become %v, %v", want, got, err)
		}
	}
	_, err := ParseBinaryOut("oct")
	if want := `"oct" is not raw, hex or base64`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if got := BinaryOut(9).String(); got != "BinaryOut(9)" {
		t.Error(got)
	}
}

func TestAllocations(t *testing.T) {
	dst := make([]byte, 0, 1<<16)
	data := binary(bytes.Repeat([]byte{1}, 1000))
	tests := []struct {
		name  string
		print printer
		ev    *session.Event
	}{
		{"pipe, text", (&Pipe{End: "\n"}).Event, text("hello")},
		{"pipe, hex", (&Pipe{Binary: BinaryHex, End: "\n"}).Event, data},
		{"pipe, base64", (&Pipe{Binary: BinaryBase64, End: "\n"}).Event, data},
		{"talk, text", NewTalk(Style{Color: true, Timestamps: true}).Event, text("hello")},
	}
	for _, tt := range tests {
		if n := testing.AllocsPerRun(100, func() { tt.print(dst, tt.ev) }); n > 0 {
			t.Errorf("%s: %v allocations", tt.name, n)
		}
	}
}

func BenchmarkPipe(b *testing.B) {
	pipe := Pipe{End: "\n"}
	benchmark(b, pipe.Event, text(strings.Repeat("x", 59)))
}

func BenchmarkTalk(b *testing.B) {
	members := `{"type":"echo","message":"Server echo: HELLO","n":[1,2.5,true,null],"o":{}}`
	talk := NewTalk(Style{Color: true, Timestamps: true})
	for name, ev := range map[string]*session.Event{
		"text":   text(strings.Repeat("x", 59)),
		"json":   text(members),
		"long":   text("[" + strings.Repeat(members+",", 800) + "1]"),
		"quoted": text(strings.Repeat("\x1b[2J", 1000)),
		"binary": binary(bytes.Repeat([]byte{0xab}, 4096)),
	} {
		b.Run(name, func(b *testing.B) { benchmark(b, talk.Event, ev) })
	}
}

func benchmark(b *testing.B, print printer, ev *session.Event) {
	var dst []byte
	b.ReportAllocs()
	b.SetBytes(int64(len(ev.Payload)))
	for b.Loop() {
		dst = print(dst[:0], ev)
	}
}
