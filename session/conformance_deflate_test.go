package session_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"wsline/internal/deflate"
	"wsline/internal/wire"
)

const (
	emptyBlock = "\x00\x00\xff\xff"     // ends every message and is not sent (RFC 7692 §7.2.1)
	lastBlock  = "\x01\x00\x00\xff\xff" // makes an inflater see the end
	windowSize = 32 << 10
)

// deflater compresses messages (RFC 7692 §7.2.1).
type deflater struct {
	takeover bool
	level    int
	bits     int // of the window, 0 for the largest
	small    *deflate.Writer
	w        *flate.Writer
	buf      bytes.Buffer
}

func (d *deflater) message(s string) string {
	if d.bits > 0 {
		if d.small == nil || !d.takeover {
			d.small = deflate.NewWriter(d.bits)
		}
		return string(d.small.Flush(d.small.Append(nil, []byte(s))))
	}
	d.buf.Reset()
	switch {
	case d.w == nil:
		d.w, _ = flate.NewWriter(&d.buf, d.level) // the levels of this file are good ones
	case !d.takeover:
		d.w.Reset(&d.buf)
	}
	io.WriteString(d.w, s)
	d.w.Flush()
	return strings.TrimSuffix(d.buf.String(), emptyBlock)
}

// inflater is the other direction (RFC 7692 §7.2.2).
type inflater struct {
	takeover bool
	bits     int // of the window, 0 for the largest
	window   []byte
}

func (in *inflater) message(b []byte) ([]byte, error) {
	if in == nil {
		return nil, errors.New("compressed message without permessage-deflate")
	}
	all := io.MultiReader(bytes.NewReader(b), strings.NewReader(emptyBlock+lastBlock))
	out, err := io.ReadAll(flate.NewReaderDict(all, in.window))
	if in.takeover {
		in.window = append(in.window, out...)
		size := windowSize
		if in.bits > 0 {
			size = 1 << in.bits
		}
		in.window = slices.Clone(in.window[max(0, len(in.window)-size):])
	}
	return out, err
}

type deflateMode struct {
	ext                    string
	server, client         bool // keeps its window from a message to the next
	serverBits, clientBits int  // of that window, 0 for the largest
}

// deflateModes are what a server may grant to an offer with client_max_window_bits (RFC 7692 §7.1).
var deflateModes = []deflateMode{
	{"permessage-deflate", true, true, 0, 0},
	{"permessage-deflate; server_no_context_takeover", false, true, 0, 0},
	{"permessage-deflate; client_no_context_takeover", true, false, 0, 0},
	{"permessage-deflate; server_no_context_takeover; client_no_context_takeover", false, false, 0, 0},
	{"permessage-deflate; client_max_window_bits=8", true, true, 0, 8},
	{"permessage-deflate; client_max_window_bits=9", true, true, 0, 9},
	{"permessage-deflate; client_max_window_bits=15; server_max_window_bits=15", true, true, 15, 15},
	{"permessage-deflate; server_max_window_bits=8", true, true, 8, 0},
	{"permessage-deflate; server_max_window_bits=9; client_max_window_bits=9", true, true, 9, 9},
	{"permessage-deflate; client_no_context_takeover; client_max_window_bits=9; " +
		"server_no_context_takeover; server_max_window_bits=9", false, false, 9, 9},
}

// messages are count messages of n bytes; no two are alike, but in prose and JSON one helps to
// compress the next.
func messages(op wire.Opcode, kind string, n, count int) []string {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	all := make([]string, count)
	prose := sample(op, n*count)
	for i := range all {
		b := make([]byte, 0, n+64)
		switch kind {
		case "prose":
			b = append(b, prose[min(n*i, len(prose)-n):]...)
		case "noise":
			for len(b) < n {
				b = binary.LittleEndian.AppendUint64(b, rng.Uint64())
			}
		case "json":
			for len(b) < n {
				b = fmt.Appendf(b, `{"id":%d,"name":"näme %d","tags":["a","b"]},`, rng.IntN(1e6), i)
			}
		}
		all[i] = string(b[:n])
		if op == wire.OpText {
			all[i] = strings.ToValidUTF8(all[i], ".") // a character may have been cut
		}
	}
	return all
}

type deflateSize struct{ n, count, fragment int } // bytes, messages, bytes of a frame or 0

func TestConformanceDeflate(t *testing.T) {
	few := []deflateSize{{64, 50, 0}, {1024, 50, 0}, {8192, 20, 256}, {65536, 5, 0},
		{131072, 3, 4096}}
	all := []deflateSize{
		{16, 100, 0}, {64, 100, 0}, {256, 100, 0}, {1024, 50, 0}, {4096, 20, 0}, {8192, 20, 0},
		{16384, 10, 0}, {32768, 10, 0}, {65536, 5, 0}, {131072, 3, 0},
		{8192, 20, 256}, {16384, 10, 256}, {32768, 5, 256}, {65536, 3, 256}, {131072, 2, 256},
		{131072, 2, 1024}, {131072, 3, 4096}, {131072, 3, 32768},
	}
	for _, mode := range deflateModes {
		sizes := few
		if mode.server && mode.client && mode.serverBits == mode.clientBits {
			sizes = all
		}
		t.Run(mode.ext, func(t *testing.T) {
			for level, size := range sizes {
				runAll(t, deflateCases(mode, size, 1+level%9))
			}
		})
	}
}

// deflateCases is one case for each kind of message.
func deflateCases(mode deflateMode, size deflateSize, level int) (cases []conformance) {
	for i, kind := range []struct {
		op   wire.Opcode
		name string
	}{{wire.OpText, "prose"}, {wire.OpBinary, "noise"}, {wire.OpText, "json"}} {
		c := conformance{
			id:  fmt.Sprintf("12.%d %s %d %d", i+1, kind.name, size.n, size.fragment),
			ext: mode.ext, in: &inflater{takeover: mode.client, bits: mode.clientBits},
		}
		d := deflater{takeover: mode.server, level: level, bits: mode.serverBits}
		for _, s := range messages(kind.op, kind.name, size.n, size.count) {
			parts := []string{d.message(s)}
			if size.fragment > 0 {
				parts = split(parts[0], size.fragment)
			}
			c.send = append(c.send, fragments(kind.op, rsv1, parts...)...)
			c.want = append(c.want, answer{kind.op, s})
		}
		cases = append(cases, c)
	}
	return cases
}

// The examples of RFC 7692 §7.2.3: each payload is "Hello" compressed, or nothing.
func TestConformanceDeflateExamples(t *testing.T) {
	const plain = "\xf2\x48\xcd\xc9\xc9\x07\x00"
	const stored = "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"
	const final = "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"
	const twoBlocks = "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"
	first := func(s string) []byte { return frame(fin|rsv1|0x1, s) }
	hello := answer{wire.OpText, "Hello"}
	tests := []conformance{
		{id: "7.2.3.1", send: write(first(plain)), want: []answer{hello}},
		{id: "7.2.3.1 fragmented", send: fragments(wire.OpText, rsv1, plain[:3], plain[3:]),
			want: []answer{hello}},
		{id: "7.2.3.1 fragments with pings between", want: []answer{{wire.OpPong, "p"}, hello},
			send: [][]byte{frame(rsv1|0x1, plain[:3]), ping("p"), frame(0, ""), frame(fin, plain[3:])}},
		{id: "7.2.3.2", send: [][]byte{first(plain), first("\xf2\x00\x11\x00\x00")},
			want: []answer{hello, hello}},
		{id: "7.2.3.3", send: write(first(stored)), want: []answer{hello}},
		{id: "7.2.3.4", send: write(first(final)), want: []answer{hello}},
		{id: "7.2.3.4 and another", send: [][]byte{first(final), first(final), first(plain)},
			want: []answer{hello, hello, hello}},
		{id: "7.2.3.4 fragmented and another",
			send: append(fragments(wire.OpText, rsv1, split(final, 1)...), first(plain)),
			want: []answer{hello, hello}},
		{id: "7.2.3.4 twice in a message", want: []answer{{wire.OpText, "HelloHello"}, hello},
			send: [][]byte{first(final[:7] + final), first("\xf2\x00\x11\x00\x00")}},
		{id: "7.2.3.5", send: write(first(twoBlocks)), want: []answer{hello}},
		{id: "7.2.3.6", send: write(first("\x00")), want: []answer{{wire.OpText, ""}}},
		{id: "uncompressed between", send: [][]byte{first(plain), text("plain"), first(plain)},
			want: []answer{hello, {wire.OpText, "plain"}, hello}},
		{id: "uncompressed between does not enter the window",
			send: [][]byte{first(plain), text("World"), first("\xf2\x00\x11\x00\x00")},
			want: []answer{hello, {wire.OpText, "World"}, hello}},
	}
	for _, c := range tests {
		c.ext, c.in = deflateModes[0].ext, &inflater{takeover: true}
		for _, c := range chopped(c) {
			c.in = &inflater{takeover: true}
			t.Run(c.id, func(t *testing.T) { run(t, c) })
		}
	}
}

func TestConformanceDeflateWrong(t *testing.T) {
	const plain = "\xf2\x48\xcd\xc9\xc9\x07\x00"
	notUTF8 := (&deflater{level: 9}).message(kosme + "\xf4\x90\x80\x80edited")
	cut := (&deflater{level: 9}).message(kosme + "\xe1\xbd")
	cases := []conformance{
		{id: "RSV1 on a continuation", code: 1002,
			send: [][]byte{frame(rsv1|0x1, plain[:3]), frame(fin|rsv1, plain[3:])}},
		{id: "RSV1 on a ping", send: write(frame(fin|rsv1|0x9, "")), code: 1002},
		{id: "RSV1 on a close", send: write(frame(fin|rsv1|0x8, "\x03\xe8")), code: 1002},
		{id: "RSV2", send: write(frame(fin|rsv1|rsv2|0x1, plain)), code: 1002},
		{id: "text that is not UTF-8", send: write(frame(fin|rsv1|0x1, notUTF8)), code: 1007},
		{id: "text that ends within a character", send: write(frame(fin|rsv1|0x1, cut)), code: 1007},
		{id: "binary that is not UTF-8", send: write(frame(fin|rsv1|0x2, cut)),
			want: []answer{{wire.OpBinary, kosme + "\xe1\xbd"}}},
		{id: "cut short", send: write(frame(fin|rsv1|0x1, plain[:4])), code: 1007},
		{id: "no such block", send: write(frame(fin|rsv1|0x1, "\xff\xff\xff\xff")), code: 1007},
		{id: "reference before the window", send: write(frame(fin|rsv1|0x1, "\xf2\x00\x11\x00\x00")),
			code: 1007},
		{id: "text that is not UTF-8, not compressed", send: write(frame(0x1, "\xff")), code: 1007},
	}
	for _, c := range cases {
		c.ext, c.in = deflateModes[0].ext, &inflater{takeover: true}
		t.Run(c.id, func(t *testing.T) { run(t, c) })
	}
}

func TestConformanceDeflateLarge(t *testing.T) {
	for _, op := range dataOpcodes {
		s := sample(op, 4<<20)
		d := deflater{takeover: true, level: 1}
		c := conformance{id: op.String(), ext: deflateModes[0].ext, in: &inflater{takeover: true},
			send: fragments(op, rsv1, split(d.message(s), 1000)...), want: []answer{{op, s}}}
		t.Run(c.id, func(t *testing.T) { run(t, c) })
	}
}
