package cli

import (
	"context"
	"slices"
	"strings"

	"wsline/internal/cmd"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/roff"
	"wsline/internal/version"
	"wsline/internal/view"
)

// newMan is the command man. It is here as it is about the table of commands.
func newMan() *cmd.Command {
	v := view.New()
	return &cmd.Command{
		Name: "man", Args: "[COMMAND]", Summary: "print a man page",
		Detail: `  wsline man | man -l -                   read it
  wsline man test | man -l -              that of a command
  wsline man >~/.local/share/man/man1/wsline.1
                                          keep it, for: man wsline
`,
		View: &v, Groups: func() []flags.Group { return nil }, Run: runMan, Words: commandNames,
	}
}

func runMan(_ context.Context, e *env.Env, line *flags.Line) error {
	names := commandNames()
	hint := "wsline man, or wsline man with one of " + strings.Join(names, ", ")
	switch {
	case len(line.Args) > 1:
		return exit.Usagef(hint, "man takes one command, but there is %q too", line.Args[1])
	case len(line.Args) == 1 && !slices.Contains(names, line.Args[0]):
		return exit.Usagef(hint, "there is no man page about %q", line.Args[0])
	}
	page := ManPage(line.Args...)
	return cmd.Interruptible(e, func() error { return e.Print(page) })
}

// ManPage is the man page of the command whose name is given, or of the program.
func ManPage(name ...string) string {
	c, _ := find(name)
	title, summary, detail := "wsline-"+c.Name, c.Summary, c.Detail
	if c.Name == "" {
		title, summary, detail = "wsline", "talk to WebSocket servers: one line, one message", helpDetail+helpEnd
	}
	var b strings.Builder
	b.WriteString(`.\" Made by wsline man.` + "\n")
	b.WriteString(".TH " + roff.Text(strings.ToUpper(title)) + ` 1 "` + version.Date() + `" "` +
		roff.Text(version.Program()) + `"` + "\n.SH NAME\n" + roff.Text(title) + ` \- ` + roff.Text(summary) +
		"\n.SH SYNOPSIS\n")
	if c.Name == "" {
		b.WriteString(".B " + roff.Text(rootUsage) + "\n.br\n.B wsline\n.I COMMAND\n\\&...\n")
	} else {
		b.WriteString(".B " + roff.Text(c.Usage()) + "\n")
	}
	detail, codes, _ := strings.Cut(detail, "\nExit codes: ")
	b.WriteString(".SH DESCRIPTION\n")
	roff.Detail(&b, detail)
	if c.Name == "" {
		b.WriteString(".SH COMMANDS\n")
		for _, c := range commands() {
			b.WriteString(".TP\n" + roff.Bold("wsline "+c.Name) + " " + roff.Italic(c.Args) + "\n" +
				roff.Text(c.Summary) + ".\n")
		}
	}
	b.WriteString(".SH OPTIONS\n")
	if c.Read == nil {
		flags.Man(&b, c.groups())
	} else {
		flags.Man(&b, []flags.Group{c.helpGroup()})
	}
	if codes != "" {
		b.WriteString(".SH EXIT STATUS\n")
		roff.Detail(&b, codes)
	}
	b.WriteString(".SH SEE ALSO\n" + strings.Join(others(c.Name), " ,\n") + "\n")
	return b.String()
}

// others are the other man pages: of the program's all, of a command's that of the program.
func others(name string) []string {
	if name != "" {
		return []string{".BR wsline (1)"}
	}
	var list []string
	for _, other := range commandNames() {
		list = append(list, ".BR "+roff.Text("wsline-"+other)+" (1)")
	}
	return list
}
