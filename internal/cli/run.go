// Package cli is the program from its arguments to its exit code: flags, what they mean together,
// the way in that they choose, and what a person is told when something fails.
//
// It knows the world only through Env, so that a test can be the world. It prints errors in one
// place and decides the exit code in one place. How messages look is format's, what happens on a
// connection is session's.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/script/transcript"
	"wsline/session"
)

// Run runs the program and returns its exit code.
func Run(ctx context.Context, env *Env) int {
	sub, args := findSubcommand(env.Args)
	groups, help := flagTable, helpText
	if sub != nil {
		groups, help = sub.flags, sub.helpText
	}
	t, err := parse(args, groups())
	if err == nil {
		err = checkHelp(env.Args)
	}
	out := newReporter(env, t)
	t.listening.events = out.events
	switch {
	case err != nil:
		return out.report(withHelpOf(sub, err))
	case t.help:
		return out.report(write(env.Stdout, help()))
	case t.version:
		return out.report(write(env.Stdout, "wsline "+version()+"\n"))
	case sub != nil:
		return out.report(sub.run(ctx, env, t))
	case t.listening.address != "":
		return out.report(lateListen(t))
	}
	return out.report(run(ctx, env, t, out.events))
}

// run does what was typed. The error says the exit code; nil is 0.
func run(ctx context.Context, env *Env, t *typed, events *format.JSON) error {
	r := &resolver{getenv: env.Getenv}
	c, err := prepare(t, env, r)
	if err != nil {
		return err
	}
	conn := &connector{resolver: r, target: c.target}
	if !c.look.secrets {
		conn.showURL = format.HideURL
	}
	defer conn.close()
	if c.answer != "" {
		return answer(ctx, env, c)
	}
	conn.watch = func(s *session.Config) {
		s.Watch, s.Stream = c.target.session.Watch, c.target.session.Stream
		s.Frames = s.Watch && (c.frames.now() != format.FramesOff || c.keepsFrames())
	}
	if c.recorder, err = c.record.start(); err != nil {
		return err
	}
	c.keeper = newKeeper(c)
	conn.retargeted = func(o transcript.Opening) {
		c.recorder.open(o)
		c.keeper.open(o)
	}
	if c.mode == modeTalk {
		return c.recorder.finish(runTalk(ctx, env, c, conn))
	}
	return c.recorder.finish(runPipe(ctx, env, c, conn, events))
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
		return nil, signalError(signal)
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
	to      io.Writer // stderr
	stdout  io.Writer
	talk    *format.Talk
	verbose bool
	shake   format.HandshakeStyle
	events  *format.JSON // prints them on stdout too; nil: it does not
	signals <-chan os.Signal
}

func newReporter(env *Env, t *typed) *reporter {
	color := wantsColor(t, env, env.StderrTerminal)
	r := &reporter{
		to: env.Stderr, stdout: env.Stdout, signals: env.Signals, verbose: t.verbose,
		talk:  format.NewTalk(format.Style{Color: color}),
		shake: format.HandshakeStyle{Secrets: t.showSecrets, Color: color, Now: time.Now()},
	}
	if t.json {
		r.events = &format.JSON{
			Program: "wsline " + version(), Start: time.Now(), Secrets: t.showSecrets, Now: time.Now,
		}
	}
	return r
}

// report prints what an error means and returns the exit code for it.
func (r *reporter) report(err error) int {
	if err == nil {
		return exitOK
	}
	f := describe(err)
	var abandoned abandonedError
	if r.events != nil && !errors.As(err, &abandoned) {
		r.event(f, err)
	}
	if f.message == "" {
		return f.code
	}
	var dialed *dial.Error
	if r.verbose && errors.As(err, &dialed) && dialed.Handshake != nil {
		r.write(r.to, format.Handshake(nil, dialed.Handshake, r.shake))
	}
	r.write(r.to, r.talk.Error(nil, f.text(), f.hint))
	return f.code
}

// write writes the last words. A signal ends the waiting for who does not read them.
func (r *reporter) write(to io.Writer, p []byte) {
	written := make(chan struct{})
	go func() {
		defer close(written)
		_, _ = to.Write(p) // that it cannot be written is no further error here
	}()
	select {
	case <-written:
	case <-r.signals:
	}
}

// event prints an error as the last line of those that a program reads.
func (r *reporter) event(f fault, err error) {
	message := f.text()
	if message == "" {
		message = err.Error()
	}
	r.write(r.stdout, r.events.Failure(nil, f.code, message, f.hint))
}

// withHelpOf has the hint of a usage error point to the help of the subcommand.
func withHelpOf(sub *subcommand, err error) error {
	var usage *UsageError
	if sub != nil && errors.As(err, &usage) && usage.Hint == seeHelp {
		return &UsageError{Text: usage.Text, Hint: "wsline " + sub.name + " --help lists the flags"}
	}
	return err
}
