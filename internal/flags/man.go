package flags

import (
	"strings"

	"wsline/internal/roff"
)

// Man appends the groups as sections of a man page.
func Man(b *strings.Builder, groups []Group) {
	for _, g := range groups {
		b.WriteString(".SS " + roff.Text(g.Title) + "\n")
		if g.Note != "" {
			b.WriteString(roff.Markdown(g.Note) + "\n")
		}
		for i := range g.Rows {
			g.Rows[i].man(b)
		}
	}
}

func (r *Row) man(b *strings.Builder) {
	var short, names []string
	for _, s := range r.Spellings() {
		if s.Short != "" {
			short = append(short, roff.Bold("-"+s.Short))
		}
		names = append(names, roff.Bold("--"+s.Name))
	}
	b.WriteString(".TP\n" + strings.Join(append(short, names...), ", "))
	switch {
	case r.MayLackArg:
		b.WriteString("[=" + roff.Italic(r.Arg) + "]")
	case r.Arg != "":
		b.WriteString(" " + roff.Italic(r.Arg))
	}
	b.WriteString("\n" + roff.Text(r.Summary) + ".\n")
	if r.Detail != "" {
		b.WriteString(roff.Markdown(r.Detail) + "\n")
	}
}
