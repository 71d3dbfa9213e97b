package session_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// sample is n bytes of text or binary data that differ all along.
func sample(op wire.Opcode, n int) string {
	b := make([]byte, 0, n+64)
	for i := 0; len(b) < n; i++ {
		if op == wire.OpText {
			b = strconv.AppendInt(b, int64(i)*int64(i), 10)
			b = append(b, " Straßenbahnen, 電車; "...)
		} else {
			b = append(b, byte(i), byte(i>>8), byte(i*7), 0xff)
		}
	}
	if op == wire.OpText {
		return strings.ToValidUTF8(string(b[:n]), ".") // the last character may have been cut
	}
	return string(b[:n])
}

var dataOpcodes = []wire.Opcode{wire.OpText, wire.OpBinary}

func TestConformanceLarge(t *testing.T) {
	var cases []conformance
	for i, op := range dataOpcodes {
		for j, n := range []int{64 << 10, 256 << 10, 1 << 20, 4 << 20} {
			s := sample(op, n)
			cases = append(cases, conformance{id: fmt.Sprintf("9.%d.%d %d KiB", i+1, j+1, n>>10),
				send: write(wstest.Frame(op, s)), want: []answer{{op, s}}})
		}
		s := sample(op, 4<<20)
		for j, n := range []int{64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20} {
			cases = append(cases, conformance{
				id:   fmt.Sprintf("9.%d.%d fragments of %d bytes", i+3, j+1, n),
				send: write(fragments(op, 0, split(s, n)...)...), want: []answer{{op, s}}})
		}
		s = sample(op, 1<<20)
		for j, n := range []int{64, 128, 256, 512, 1024, 2048} {
			cases = append(cases, conformance{
				id:   fmt.Sprintf("9.%d.%d writes of %d bytes", i+5, j+1, n),
				send: chop(wstest.Frame(op, s), n), want: []answer{{op, s}}})
		}
	}
	runAll(t, cases)
}

func TestConformanceMany(t *testing.T) {
	var cases []conformance
	for i, op := range dataOpcodes {
		for j, n := range []int{0, 16, 64, 256, 1 << 10, 4 << 10} {
			c := conformance{id: fmt.Sprintf("9.%d.%d messages of %d bytes", i+7, j+1, n)}
			s := sample(op, n)
			for range 1000 {
				c.send = append(c.send, wstest.Frame(op, s))
				c.want = append(c.want, answer{op, s})
			}
			cases = append(cases, c)
		}
	}
	runAll(t, cases)
}

func TestConformanceAutoFragment(t *testing.T) {
	s := sample(wire.OpText, 65536)
	runAll(t, []conformance{{id: "10.1.1", send: fragments(wire.OpText, 0, split(s, 1300)...),
		want: []answer{{wire.OpText, s}}}})
}
