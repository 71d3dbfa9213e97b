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
	"os"
	"sync"

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
	r := &resolver{getenv: env.Getenv}
	c, err := prepare(t, env, r)
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

// prepare resolves what was typed, and asks for the secrets that are missing. A signal ends it: a
// file that cannot be read yet, as a named pipe without a writer, is left to a goroutine.
func prepare(t *typed, env *Env, r *resolver) (*config, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var asking sync.Mutex // held while the terminal is in another mode
	r.ask = func(prompt string) (string, error) {
		asking.Lock()
		defer asking.Unlock()
		return env.ask(ctx, prompt)
	}
	var c *config
	ready := make(chan error, 1)
	go func() {
		var err error
		c, err = resolve(t, env, r)
		ready <- err
	}()
	select {
	case err := <-ready:
		if err != nil {
			r.close()
		}
		return c, err
	case signal := <-env.Signals:
		cancel()
		asking.Lock() // for good: nothing more is asked
		if signal == os.Interrupt {
			return nil, errInterrupted
		}
		return nil, errTerminated
	}
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
