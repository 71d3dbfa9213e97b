package command

import (
	"context"
	"strings"

	"github.com/mattn/go-runewidth"
)

const (
	helpColumns = 78 // that lines of the help have at most
	helpSummary = 20 // columns that a summary needs to stand beside the name
)

func runHelp(_ context.Context, env *Env, rest string) error {
	columns := helpColumns
	if env.Columns != nil {
		if n := env.Columns(); n > 0 {
			columns = min(n, columns)
		}
	}
	name := strings.TrimPrefix(strings.TrimSpace(rest), "/")
	if name == "" {
		text := helpText(env.commands(), columns)
		if !env.Plain {
			text += "\n" + fill("Alt-Enter starts a new line, Ctrl-R searches the history, Tab completes",
				columns, 0)
		}
		env.Say(text)
		return nil
	}
	c := find(name, env.commands())
	if c == nil {
		return unknown(name, env.commands())
	}
	env.Say(commandText(c, columns))
	return nil
}

// commandText explains a command.
func commandText(c *Command, columns int) string {
	lines := []string{c.Usage(), fill(c.Summary, columns, 0)}
	for line := range strings.Lines(c.Detail) {
		line = strings.TrimSuffix(line, "\n")
		indent := 0
		if name := strings.Index(line, "  "); name >= 0 { // of a table
			indent = name + len(line[name:]) - len(strings.TrimLeft(line[name:], " "))
		}
		lines = append(lines, fill(line, columns, indent))
	}
	return strings.Join(lines, "\n")
}

// helpText lists commands, the summaries beside their names where there is room, else below.
func helpText(commands []Command, columns int) string {
	width := 0
	for _, c := range commands {
		width = max(width, runewidth.StringWidth(c.Usage()))
	}
	lines := []string{fill("a line is sent as a text message, //text sends /text", columns, 0)}
	for _, c := range commands {
		usage := c.Usage()
		if columns < width+len("  ")+helpSummary {
			lines = append(lines, usage, fill("    "+c.Summary, columns, 4))
			continue
		}
		pad := strings.Repeat(" ", width+len("  ")-runewidth.StringWidth(usage))
		lines = append(lines, fill(usage+pad+c.Summary, columns, width+len("  ")))
	}
	return strings.Join(lines, "\n")
}

// fill breaks a line at blanks, so that it has no more columns than that unless a word alone has.
// Lines after the first are indented.
func fill(line string, columns, indent int) string {
	var b strings.Builder
	for at := 0; ; {
		end := breakAt(line, columns-at)
		b.WriteString(strings.TrimRight(line[:end], " "))
		line = strings.TrimLeft(line[end:], " ")
		if line == "" {
			return b.String()
		}
		b.WriteString("\n" + strings.Repeat(" ", indent))
		at = indent
	}
}

// breakAt is where a line is broken that may have so many columns.
func breakAt(line string, columns int) int {
	if runewidth.StringWidth(line) <= columns {
		return len(line)
	}
	first := len(line) - len(strings.TrimLeft(line, " ")) // blanks before it are no place
	end, width := 0, 0
	for i, r := range line {
		if r == ' ' && i > first {
			end = i
		}
		if width += runewidth.RuneWidth(r); width > columns && end > 0 {
			return end
		}
	}
	return len(line)
}
