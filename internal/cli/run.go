// Package cli is the program from its arguments to its exit code: flags, what they mean together,
// the way in that they choose, and what a person is told when something fails.
//
// It knows the world only through Env, so that a test can be the world. It prints errors in one
// place and decides the exit code in one place. How messages look is format's, what happens on a
// connection is session's.
package cli

import (
	"context"
	"fmt"
	"io"

	"wsline/format"
)

// Run runs the program and returns its exit code.
func Run(ctx context.Context, env *Env) int {
	t, err := parse(env.Args, flagTable())
	style := format.Style{Color: wantsColor(t, env, env.StderrTerminal)}
	out := &reporter{to: env.Stderr, talk: format.NewTalk(style)}
	switch {
	case err != nil:
		return out.report(err)
	case t.help:
		return out.report(write(env.Stdout, helpText()))
	case t.version:
		return out.report(write(env.Stdout, "wsline "+version()+"\n"))
	}
	return out.report(run(ctx, env, t))
}

// run does what was typed. The error says the exit code; nil is 0.
func run(ctx context.Context, env *Env, t *typed) error {
	r := &resolver{getenv: env.Getenv, ask: env.ask}
	defer r.close()
	c, err := resolve(t, env, r)
	if err != nil {
		return err
	}
	conn := &connector{resolver: r, target: c.target}
	defer conn.close()
	if c.mode == modeTalk {
		return runTalk(ctx, env, c, conn)
	}
	return runPipe(ctx, env, c, conn)
}

func write(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil && !readerGone(err) {
		return fmt.Errorf("stdout cannot be written: %w", cause(err))
	}
	return nil
}

// A reporter is the one place that prints errors.
type reporter struct {
	to   io.Writer
	talk *format.Talk
}

// report prints what an error means and returns the exit code for it.
func (r *reporter) report(err error) int {
	if err == nil {
		return exitOK
	}
	f := describe(err)
	if f.message != "" {
		r.to.Write(r.talk.Error(nil, f.text(), f.hint))
	}
	return f.code
}
