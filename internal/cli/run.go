// Package cli is the program from its arguments to its exit code: the table of commands, the help,
// and the one place that prints errors. What a command does is in its folder below internal/cmd.
package cli

import (
	"context"
	"errors"

	"wsline/internal/cmd"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/version"
)

// Run runs the program and returns its exit code.
func Run(ctx context.Context, e *env.Env) int {
	c, args := find(e.Args)
	e, line, err := c.parse(e, args)
	if err == nil {
		err = c.check(e.Args, line)
	}
	out := newReporter(e, c.View)
	switch {
	case err != nil:
		return out.report(c.withHelp(err))
	case c.help:
		return out.report(cmd.Interruptible(e, func() error { return e.Print(c.helpText()) }))
	case c.version:
		return out.report(cmd.Interruptible(e, printVersion(e)))
	}
	return out.report(c.Run(ctx, e, line))
}

// parse reads the arguments into the options.
func (i *invocation) parse(e *env.Env, args []string) (*env.Env, *flags.Line, error) {
	groups := i.groups()
	if i.Read != nil {
		var err error
		if e, args, err = i.Read(e, args); err != nil {
			return e, &flags.Line{}, err
		}
	}
	line, err := flags.Parse(args, groups)
	return e, line, err
}

func printVersion(e *env.Env) func() error {
	return func() error { return e.Print(version.Program() + "\n") }
}

// withHelp has the hint of a usage error point to the command's own help.
func (i *invocation) withHelp(err error) error {
	var usage *exit.UsageError
	if i.Name != "" && errors.As(err, &usage) && usage.Hint == flags.SeeHelp {
		return &exit.UsageError{Text: usage.Text, Hint: "wsline " + i.Name + " --help lists the flags"}
	}
	return err
}
