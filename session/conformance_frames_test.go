package session_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

func TestConformanceFraming(t *testing.T) {
	var cases []conformance
	for i, op := range []wire.Opcode{wire.OpText, wire.OpBinary} {
		for j, n := range []int{0, 125, 126, 127, 128, 65535, 65536} {
			payload := strings.Repeat("*", n)
			if op == wire.OpBinary {
				payload = strings.Repeat("\xfe", n)
			}
			whole := wstest.Frame(op, payload)
			want := []answer{{op, payload}}
			id := fmt.Sprintf("1.%d.%d %d bytes", i+1, j+1, n)
			cases = append(cases, conformance{id: id, send: write(whole), want: want})
			for _, piece := range []int{1, 2, 7, 997, 4096} {
				if len(whole)/piece > 4096 {
					continue // that many writes show nothing that fewer do not
				}
				id := fmt.Sprintf("1.%d.8 %d bytes in writes of %d", i+1, n, piece)
				cases = append(cases, conformance{id: id, send: chop(whole, piece), want: want})
			}
		}
	}
	runAll(t, cases)
}

func TestConformancePings(t *testing.T) {
	long := strings.Repeat("\xfe", 125)
	var ten [][]byte
	var tenPongs []answer
	for i := range 10 {
		payload := fmt.Sprintf("payload-%d", i)
		ten = append(ten, ping(payload))
		tenPongs = append(tenPongs, answer{wire.OpPong, payload})
	}
	cases := slices.Concat(
		chopped(conformance{id: "2.1", send: write(ping("")), want: []answer{{wire.OpPong, ""}}}),
		chopped(conformance{id: "2.2", send: write(ping("Hello, world!")),
			want: []answer{{wire.OpPong, "Hello, world!"}}}),
		chopped(conformance{id: "2.3", send: write(ping("\x00\xff\xfe\xfd\xfc\xfb\x00\xff")),
			want: []answer{{wire.OpPong, "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"}}}),
		chopped(conformance{id: "2.4", send: write(ping(long)), want: []answer{{wire.OpPong, long}}}),
		chopped(conformance{id: "2.5", send: write(ping(long + "\xfe")), code: 1002}),
		chopped(conformance{id: "2.7", send: write(pong(""))}),
		chopped(conformance{id: "2.8", send: write(pong("unasked"))}),
		chopped(conformance{id: "2.9", send: [][]byte{pong("unasked"), ping("asked")},
			want: []answer{{wire.OpPong, "asked"}}}),
		chopped(conformance{id: "2.10", send: ten, want: tenPongs}),
		chopped(conformance{id: "2.x pong of 126 bytes", send: write(pong(long + "\xfe")), code: 1002}),
	)
	runAll(t, cases)
}

func TestConformanceReservedBits(t *testing.T) {
	hello := []answer{{wire.OpText, "Hello, world!"}}
	good, p := text("Hello, world!"), ping("")
	cases := slices.Concat(
		chopped(conformance{id: "3.1", send: write(frame(fin|rsv3|0x1, "hi")), code: 1002}),
		chopped(conformance{id: "3.2", send: [][]byte{good, frame(fin|rsv2|0x1, "hi"), p},
			want: hello, code: 1002}),
		chopped(conformance{id: "3.3", send: [][]byte{good, frame(fin|rsv2|rsv3|0x1, "hi"), p},
			want: hello, code: 1002}),
		chopped(conformance{id: "3.4", send: [][]byte{good, frame(fin|rsv1|0x1, "hi"), p},
			want: hello, code: 1002}),
		chopped(conformance{id: "3.5", send: write(frame(fin|rsv1|rsv3|0x2, "\x00\xff")), code: 1002}),
		chopped(conformance{id: "3.6", send: write(frame(fin|rsv1|rsv2|0x9, "hi")), code: 1002}),
		chopped(conformance{id: "3.7", send: write(frame(fin|rsv1|rsv2|rsv3|0x8, "\x03\xe8")),
			code: 1002}),
	)
	for _, bit := range []byte{rsv1, rsv2, rsv3} {
		cases = append(cases, conformance{id: fmt.Sprintf("3.x bit %x on a continuation", bit),
			send: write(frame(0x1, "a"), frame(fin|bit, "b")), code: 1002})
	}
	runAll(t, cases)
}

func TestConformanceReservedOpcodes(t *testing.T) {
	var cases []conformance
	for _, op := range []byte{0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf} {
		id := fmt.Sprintf("4.x opcode %x", op)
		cases = append(cases, chopped(conformance{id: id, send: write(frame(fin|op, "")), code: 1002})...)
		cases = append(cases, chopped(conformance{id: id + " with payload after a message",
			send: [][]byte{text("Hello"), frame(fin|op, "payload"), ping("")},
			want: []answer{{wire.OpText, "Hello"}}, code: 1002})...)
	}
	runAll(t, cases)
}

// What the suite does not ask, but the RFC does.
func TestConformanceHeaders(t *testing.T) {
	masked := wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Key: [4]byte{1, 2, 3, 4}}
	maskedPing := wire.Header{Fin: true, Opcode: wire.OpPing, Masked: true}
	huge := wire.Header{Fin: true, Opcode: wire.OpBinary, Length: -1}.Append(nil)
	cases := slices.Concat(
		chopped(conformance{id: "masked text", send: write(wstest.FrameBytes(masked, []byte("hi"))),
			code: 1002}),
		chopped(conformance{id: "masked ping", send: write(wstest.FrameBytes(maskedPing, nil)),
			code: 1002}),
		chopped(conformance{id: "16-bit length of 2", send: write([]byte("\x81\x7e\x00\x02hi")),
			code: 1002}),
		chopped(conformance{id: "64-bit length of 2",
			send: write([]byte("\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x02hi")), code: 1002}),
		chopped(conformance{id: "length of 2^64-1", send: write(huge, []byte("some")), code: 1002}),
	)
	runAll(t, cases)
}

func TestConformanceFragmentation(t *testing.T) {
	parts := fragments(wire.OpText, 0, "fragment1", "fragment2")
	both := []answer{{wire.OpText, "fragment1fragment2"}}
	orphan, openOrphan := frame(fin, "continuation"), frame(0, "continuation")
	hello := text("Hello, world!")
	again := func(frames ...[]byte) [][]byte { return slices.Concat(frames, frames) }
	five := fragments(wire.OpText, 0, "f1", "f2", "f3", "f4", "f5")
	cases := slices.Concat(
		chopped(conformance{id: "5.1", send: [][]byte{frame(0x9, "f1"), frame(fin, "f2")}, code: 1002}),
		chopped(conformance{id: "5.2", send: [][]byte{frame(0xa, "f1"), frame(fin, "f2")}, code: 1002}),
		chopped(conformance{id: "5.3", send: parts, want: both}),
		chopped(conformance{id: "5.6", send: [][]byte{parts[0], ping("ping"), parts[1]},
			want: slices.Concat([]answer{{wire.OpPong, "ping"}}, both)}),
		chopped(conformance{id: "5.9", send: [][]byte{orphan, hello}, code: 1002}),
		chopped(conformance{id: "5.12", send: [][]byte{openOrphan, hello}, code: 1002}),
		chopped(conformance{id: "5.15", send: [][]byte{parts[0], parts[1], openOrphan, hello},
			want: both, code: 1002}),
		chopped(conformance{id: "5.16", send: again(openOrphan, parts[0], parts[1]), code: 1002}),
		chopped(conformance{id: "5.17", send: again(orphan, parts[0], parts[1]), code: 1002}),
		chopped(conformance{id: "5.18", send: [][]byte{parts[0], frame(fin|0x1, "fragment2")},
			code: 1002}),
		chopped(conformance{id: "5.19",
			send: [][]byte{five[0], five[1], ping("p1"), five[2], five[3], ping("p2"), five[4]},
			want: []answer{{wire.OpPong, "p1"}, {wire.OpPong, "p2"}, {wire.OpText, "f1f2f3f4f5"}}}),
		chopped(conformance{id: "5.x empty fragments",
			send: fragments(wire.OpBinary, 0, "", "a", "", "", "b", ""),
			want: []answer{{wire.OpBinary, "ab"}}}),
		chopped(conformance{id: "5.x nothing but empty fragments",
			send: fragments(wire.OpText, 0, "", "", ""), want: []answer{{wire.OpText, ""}}}),
		chopped(conformance{id: "5.x binary inside text",
			send: [][]byte{parts[0], frame(fin|0x2, "b"), parts[1]}, code: 1002}),
		chopped(conformance{id: "5.x new message before the last frame, after a ping",
			send: [][]byte{parts[0], ping(""), hello}, want: []answer{{wire.OpPong, ""}}, code: 1002}),
		chopped(conformance{id: "5.x fragmented close",
			send: [][]byte{frame(0x8, "\x03\xe8"), frame(fin, "bye")}, code: 1002}),
		chopped(conformance{id: "5.x close inside a message",
			send: [][]byte{parts[0], closing(1000, "")}, code: 1000, as: closed}),
		chopped(conformance{id: "5.x whole messages around a fragmented one",
			send: slices.Concat(write(hello), parts, write(hello)),
			want: slices.Concat([]answer{{wire.OpText, "Hello, world!"}}, both,
				[]answer{{wire.OpText, "Hello, world!"}})}),
	)
	runAll(t, cases)
}

// What servers write.

func text(s string) []byte       { return wstest.Frame(wire.OpText, s) }
func ping(s string) []byte       { return wstest.Frame(wire.OpPing, s) }
func pong(s string) []byte       { return wstest.Frame(wire.OpPong, s) }
func write(b ...[]byte) [][]byte { return [][]byte{slices.Concat(b...)} }

func closing(code wire.StatusCode, reason string) []byte { return wstest.CloseFrame(code, reason) }

// Bits of a frame's first byte.
const (
	fin  = 0x80
	rsv1 = 0x40
	rsv2 = 0x20
	rsv3 = 0x10
)

// frame is the bytes of a frame whose first byte is b0.
func frame(b0 byte, payload string) []byte {
	h := wire.Header{
		Fin: b0&fin != 0, RSV1: b0&rsv1 != 0, RSV2: b0&rsv2 != 0, RSV3: b0&rsv3 != 0,
		Opcode: wire.Opcode(b0 & 0xf),
	}
	return wstest.FrameBytes(h, []byte(payload))
}

// fragments is a message in one frame for each part; bits are set in the first frame only.
func fragments(op wire.Opcode, bits byte, parts ...string) [][]byte {
	var out [][]byte
	for i, part := range parts {
		b0 := byte(op) | bits
		if i > 0 {
			b0 = byte(wire.OpContinuation)
		}
		if i == len(parts)-1 {
			b0 |= fin
		}
		out = append(out, frame(b0, part))
	}
	return out
}

// chop cuts b in pieces of n bytes.
func chop(b []byte, n int) [][]byte { return slices.Collect(slices.Chunk(b, n)) }

// split is chop for strings.
func split(s string, n int) []string {
	var parts []string
	for len(s) > n {
		parts, s = append(parts, s[:n]), s[n:]
	}
	return append(parts, s)
}

// chopped is a case three times: as it is, in one write, and byte by byte.
func chopped(c conformance) []conformance {
	whole := slices.Concat(c.send...)
	one, bytewise := c, c
	one.id, one.send = c.id+" in one write", [][]byte{whole}
	bytewise.id, bytewise.send = c.id+" byte by byte", chop(whole, 1)
	return []conformance{c, one, bytewise}
}
