package arch

import (
	"go/scanner"
	"go/token"
	"strings"
	"testing"
)

const (
	// mostColumns is how wide a line may be: what the code keeps today, on the way to the 100 that are
	// asked for.
	mostColumns = 120
	tabColumns  = 4
	// longString is how wide a string is that need not be broken.
	longString = 60
)

// Lines are not wider than mostColumns, unless a string makes them so.
func TestWidth(t *testing.T) {
	lines := 0
	files(t, func(path string, text []byte) {
		if !strings.HasSuffix(path, ".go") {
			return
		}
		excused := linesOfStrings(text)
		number := 0
		for line := range strings.Lines(string(text)) {
			number++
			lines++
			if n := columns(strings.TrimRight(line, "\r\n")); n > mostColumns && !excused[number] {
				t.Errorf("%s:%d: %d columns", path, number, n)
			}
		}
	})
	if lines == 0 {
		t.Error("no line was found")
	}
}

func columns(line string) (n int) {
	for _, c := range line {
		if n++; c == '\t' {
			n += (tabColumns - n%tabColumns) % tabColumns
		}
	}
	return n
}

// linesOfStrings are those on which there is a string that is long, or that has several lines.
func linesOfStrings(text []byte) map[int]bool {
	set := token.NewFileSet()
	file := set.AddFile("", set.Base(), len(text))
	var s scanner.Scanner
	s.Init(file, text, func(token.Position, string) {}, 0)
	excused := map[int]bool{}
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			return excused
		}
		if tok != token.STRING || len(literal) <= longString && !strings.Contains(literal, "\n") {
			continue
		}
		first := file.Line(pos)
		for line := range strings.Count(literal, "\n") + 1 {
			excused[first+line] = true
		}
	}
}

func TestColumns(t *testing.T) {
	for line, want := range map[string]int{"": 0, "\t": 4, "a\tb": 5, "\t\tä": 9, "abcd\t": 8} {
		if got := columns(line); got != want {
			t.Errorf("%q has %d columns, want %d", line, got, want)
		}
	}
}
