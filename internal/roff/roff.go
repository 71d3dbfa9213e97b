// Package roff writes text for man(7), the macros of man pages, as groff and mandoc read them.
package roff

import (
	"fmt"
	"strings"
)

// escapes are for what roff, or a font of it, would make something else of. A hyphen becomes a minus,
// which can be searched for and copied.
var escapes = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`,
	`"`, `\(dq`)

// Text is a text as it stands, in one line of the page.
func Text(s string) string {
	s = escapes.Replace(strings.ReplaceAll(s, "\n", " "))
	var b strings.Builder
	for i, r := range s {
		switch {
		case i == 0 && r == '.':
			b.WriteString(`\&.`)
		case r > 0x7e:
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Bold is a text in bold, Italic one in italics.
func Bold(s string) string { return `\fB` + Text(s) + `\fR` }

// Italic is what stands for something else.
func Italic(s string) string { return `\fI` + Text(s) + `\fR` }

// Markdown is a line with `code`, which becomes bold, and [links](page.md), of which the text is left.
func Markdown(s string) string {
	var b strings.Builder
	for i, part := range strings.Split(s, "`") {
		switch {
		case i%2 == 1:
			b.WriteString(Bold(part))
		case i == 0:
			b.WriteString(Text(unlink(part)))
		case part != "":
			b.WriteString(strings.TrimPrefix(Text("x"+unlink(part)), "x")) // no line begins here
		}
	}
	return b.String()
}

// unlink leaves the texts of links.
func unlink(s string) string {
	for {
		before, rest, ok := strings.Cut(s, "](")
		open := strings.LastIndexByte(before, '[')
		address, after, closed := strings.Cut(rest, ")")
		if !ok || open < 0 || !closed || strings.Contains(address, " ") {
			return s
		}
		s = before[:open] + before[open+1:] + after
	}
}

// Detail appends lines of a help: those that are indented as they stand, the others as paragraphs. A
// line with a sentence of its own, by its first letter and the end of the one before, begins anew.
func Detail(b *strings.Builder, lines string) {
	state := "" // "text" in a paragraph, "example" in lines as they stand
	before := ""
	for line := range strings.Lines(lines) {
		line = strings.TrimRight(line, "\n")
		isExample := strings.HasPrefix(line, "  ") || line == "" && state == "example"
		switch {
		case isExample && state != "example":
			b.WriteString(".PP\n.EX\n")
			state = "example"
		case !isExample && line == "":
			state = ""
			continue
		case !isExample && state != "text":
			if state == "example" {
				b.WriteString(".EE\n")
			}
			b.WriteString(".PP\n")
			state = "text"
		case !isExample && 'A' <= line[0] && line[0] <= 'Z' && !strings.HasSuffix(before, ","):
			b.WriteString(".br\n")
		}
		b.WriteString(Text(line) + "\n")
		before = line
	}
	if state == "example" {
		b.WriteString(".EE\n")
	}
}
