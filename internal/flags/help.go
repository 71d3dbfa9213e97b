package flags

import (
	"fmt"
	"strings"
)

// Widths of the help, which must fit a terminal of 80 columns.
const (
	helpWidth  = 80
	flagColumn = 34
)

// Help appends the groups as a person reads them on a terminal of 80 columns.
func Help(b *strings.Builder, groups []Group) {
	for _, g := range groups {
		b.WriteString("\n" + g.Title + "\n")
		for i := range g.Rows {
			g.Rows[i].help(b)
		}
	}
}

func (r *Row) help(b *strings.Builder) {
	left := r.spelling()
	for i, line := range wrap(r.Summary, helpWidth-flagColumn) {
		if i == 0 && len(left) > flagColumn-2 {
			b.WriteString(left + "\n")
			left = ""
		}
		fmt.Fprintf(b, "%-*s%s\n", flagColumn, left, line)
		left = ""
	}
}

// spelling is "  -w, --wait TIME", with room where there is no short form.
func (r *Row) spelling() string {
	var short, names []string
	for _, n := range r.Spellings() {
		if n.Short != "" {
			short = append(short, "-"+n.Short)
		}
		names = append(names, "--"+n.Name)
	}
	names[len(names)-1] = strings.Replace(r.usage(), "--"+r.Name, names[len(names)-1], 1)
	if len(short) == 0 {
		return "      " + strings.Join(names, ", ")
	}
	return "  " + strings.Join(append(short, names...), ", ")
}

// wrap cuts text at spaces into lines of at most width columns.
func wrap(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// Reference appends the groups as sections of a page in Markdown.
func Reference(b *strings.Builder, groups []Group) {
	for _, g := range groups {
		b.WriteString("\n## " + g.Title + "\n\n")
		if g.Note != "" {
			b.WriteString(g.Note + "\n\n")
		}
		for i := range g.Rows {
			g.Rows[i].reference(b)
		}
	}
}

func (r *Row) reference(b *strings.Builder) {
	fmt.Fprintf(b, "- `%s`: %s.", strings.TrimSpace(r.spelling()), r.Summary)
	if r.Detail != "" {
		b.WriteString(" " + r.Detail)
	}
	b.WriteString("\n")
}
