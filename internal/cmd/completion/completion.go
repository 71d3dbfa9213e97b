// Package completion is the command that prints scripts with which shells complete command lines of
// wsline. The scripts ask the program each time, see package complete, so that they know every flag of
// the one that is installed.
package completion

import (
	"context"
	"embed"
	"strings"

	"wsline/internal/cmd"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/view"
)

//go:embed wsline.*
var scripts embed.FS

// shells are those that there is a script for, with the endings of their files.
var shells = [...]struct{ name, ending string }{
	{"bash", "bash"}, {"zsh", "zsh"}, {"fish", "fish"}, {"powershell", "ps1"},
}

// Shells are their names.
func Shells() (names []string) {
	for _, s := range shells {
		names = append(names, s.name)
	}
	return names
}

// New is the command.
func New() *cmd.Command {
	v := view.New()
	return &cmd.Command{
		Name: "completion", Args: "SHELL",
		Summary: "print the completion for a shell",
		Detail: `  source <(wsline completion bash)                 in ~/.bashrc
  source <(wsline completion zsh)                  in ~/.zshrc, behind compinit
  wsline completion fish | source                  in config.fish
  wsline completion powershell | Out-String | Invoke-Expression     in $PROFILE

SHELL is bash, zsh, fish or powershell. Tab then completes commands, flags and
their values, addresses and files.
`,
		View: &v, Groups: func() []flags.Group { return nil }, Run: run, Words: Shells,
	}
}

func run(_ context.Context, e *env.Env, line *flags.Line) error {
	const hint = "wsline completion bash, or zsh, fish, powershell"
	switch {
	case len(line.Args) == 0:
		return exit.Usagef(hint, "no shell is given")
	case len(line.Args) > 1:
		return exit.Usagef(hint, "completion takes one shell, but there is %q too", line.Args[1])
	}
	for _, s := range shells {
		if s.name != line.Args[0] && s.ending != line.Args[0] {
			continue
		}
		script, err := scripts.ReadFile("wsline." + s.ending)
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(script), "\r\n", "\n")
		return cmd.Interruptible(e, func() error { return e.Print(text) })
	}
	return exit.Usagef(hint, "there is no completion for %q", line.Args[0])
}
