// Package cli is the program from its arguments to its exit code: the table of commands, the help,
// and the one place that prints errors. What a command does is in its folder below internal/cmd.
package cli

import (
	"context"
	"errors"
	"strings"

	"wsline/internal/cmd"
	"wsline/internal/cmd/converse"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/lazy"
	"wsline/internal/profile"
	"wsline/internal/version"
)

// Run runs the program and returns its exit code.
func Run(ctx context.Context, e *env.Env) int {
	if len(e.Args) > 0 && e.Args[0] == completeCommand {
		return runComplete(e, e.Args[1:])
	}
	c, args := find(e.Args)
	e, line, err := c.parse(ctx, e, args)
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
	return out.report(fromProfile(c.Run(ctx, e, line), line))
}

// parse reads the arguments into the options.
func (i *invocation) parse(ctx context.Context, e *env.Env, args []string) (*env.Env, *flags.Line, error) {
	groups := i.groups()
	if i.Read != nil {
		var err error
		if e, args, err = i.Read(e, args); err != nil {
			return e, &flags.Line{}, err
		}
	}
	if i.Profiles != nil {
		i.Profiles.World = profile.Of(e)
		i.Profiles.Groups = func() []flags.Group { return converse.New().Groups() }
	}
	line, err := i.Parse(ctx, e, args, groups)
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

// flagName is a flag in an error.
var flagName = lazy.Regexp(`--([a-z][a-z0-9-]*)`)

// fromProfile has an error say where a flag stands that it names and nobody typed, and nothing that
// commands of a profile wrote.
func fromProfile(err error, line *flags.Line) error {
	var usage *exit.UsageError
	if len(line.Under.Places) == 0 || !errors.As(err, &usage) {
		return err
	}
	hint := usage.Hint
	for _, m := range flagName().FindAllStringSubmatch(usage.Text, -1) {
		if place := line.Place(m[1]); place != "" {
			hint = strings.TrimPrefix(hint+"; "+m[0]+" stands in "+place, "; ")
		}
	}
	return profile.Hide(&exit.UsageError{Text: usage.Text, Hint: hint}, line.Under.Secrets)
}
