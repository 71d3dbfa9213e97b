package wst

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"wsline/internal/plural"
)

// readDump reads a binary message as the screen shows it: "4 bytes", and a hexdump in the lines
// that go on. The screen leaves out what a long one has behind its first 4 KiB; that is an error.
func (e *Expectation) readDump() *fault {
	head, dump, _ := strings.Cut(e.Text, "\n")
	count, ok := strings.CutSuffix(strings.TrimSuffix(strings.TrimSpace(head), "s"), " byte")
	if !ok {
		return nil
	}
	size, err := strconv.ParseUint(count, 10, 31)
	if err != nil {
		return &fault{e.at, Quoted(head) + " is not a number of bytes", ""}
	}
	e.isDump = true
	at := e.at + len(e.Text) - len(dump)
	for line := range strings.Lines(dump) {
		if f := e.dumpLine(strings.TrimRight(line, "\n"), at); f != nil {
			return f
		}
		at += len(line)
	}
	if len(e.dump) != int(size) {
		return &fault{e.at, fmt.Sprintf("the hexdump has %d of %s", len(e.dump), plural.Of(size, "byte")),
			"write the bytes as HEX, or ... for those that do not matter"}
	}
	return nil
}

// dumpLine reads "00000000  61 62  |ab|".
func (e *Expectation) dumpLine(line string, at int) *fault {
	columns, _, _ := strings.Cut(line, "|")
	fields := strings.Fields(columns)
	if len(fields) == 0 {
		return nil
	}
	if fields[0] == "…" {
		return &fault{at, "the screen shows only the beginning of this message",
			"/save and --record write all of it; ... stands for bytes that do not matter"}
	}
	if fields[0] != fmt.Sprintf("%08x", len(e.dump)) {
		return &fault{at, fmt.Sprintf("a line of the hexdump begins with %s, not with %08x",
			Quoted(fields[0]), len(e.dump)), ""}
	}
	p, err := hex.DecodeString(strings.Join(fields[1:], ""))
	if err != nil || len(p) == 0 || len(p) > 16 {
		return &fault{at, Quoted(line) + " is not a line of a hexdump", ""}
	}
	e.dump = append(e.dump, p...)
	return nil
}
