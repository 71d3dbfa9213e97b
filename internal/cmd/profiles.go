package cmd

import (
	"context"
	"slices"
	"strings"
	"time"

	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/profile"
	"wsline/internal/target"
)

// Parse reads arguments into the rows of groups, with the flags of profiles under those that are typed. It
// costs nothing but a look for the file where there is none, and no profile is asked for.
func (c *Command) Parse(ctx context.Context, e *env.Env, args []string, groups []flags.Group) (
	*flags.Line, error) {
	b := c.Profiles
	if b == nil || c.Lists || !b.Exists() && !slices.ContainsFunc(args, mayName) {
		return flags.Parse(args, groups)
	}
	typed, rest, err := flags.Scan(args, groups)
	if err != nil {
		return flags.Parse(args, groups)
	}
	l := target.Layering{Typed: typed}
	flag := ""
	if c.Address == "" && len(rest) > 0 {
		l.Address = rest[0]
	}
	for _, g := range typed {
		switch g.Row.Name {
		case "help", "version": // they are answered whatever the file says
			return flags.Parse(args, groups)
		case "config":
			b.Use(g.Arg)
		case "connect", c.Address:
			l.Address, flag = g.Arg, g.Row.Name
		}
	}
	l.All = c.IsTalk
	line := &flags.Line{}
	err = whole(ctx, e, func(ctx context.Context) error {
		under, err := c.under(ctx, l)
		if err != nil {
			return err
		}
		under.Flag = flag
		if under.Address != "" {
			under.Name = l.Address
		}
		line, err = flags.ParseOver(args, under, groups)
		return profile.Hide(err, under.Secrets)
	})
	return line, err
}

// mayName tells whether an argument may name a profile, or the file of them.
func mayName(arg string) bool {
	return strings.Contains(arg, "@") || strings.HasPrefix(arg, "--config")
}

// under reads the profiles that are under what was typed.
func (c *Command) under(ctx context.Context, l target.Layering) (flags.Under, error) {
	all, err := c.Profiles.Default(ctx)
	if err != nil {
		return flags.Under{}, err
	}
	l.Layers = append(l.Layers, all)
	if profile.IsName(l.Address) {
		named, err := c.Profiles.Named(ctx, l.Address)
		if err != nil {
			return flags.Under{}, err
		}
		l.Layers = append(l.Layers, named)
	}
	return l.Under()
}

// whole runs what may run commands. A signal ends them, and it.
func whole(ctx context.Context, e *env.Env, run func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	select {
	case err := <-done:
		return err
	case s := <-e.Signals:
		cancel()
		select {
		case <-done:
		case <-time.After(stuckTime):
		}
		return exit.AbandonedError{Err: env.Ended(s)}
	}
}
