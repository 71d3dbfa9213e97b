package cli

import (
	"errors"
	"io"
	"os"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/record"
	"wsline/internal/view"
)

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

func newReporter(e *env.Env, o *view.Options) *reporter {
	look := o.Look(e)
	return &reporter{
		to: e.Stderr, stdout: e.Stdout, signals: e.Signals, verbose: look.Verbose,
		talk: format.NewTalk(format.Style{
			Color: look.StderrColor, Wrap: view.Columns(e, e.StderrTerminal),
		}),
		shake: look.Shake(e, look.StderrColor, e.StderrTerminal), events: o.Events(),
	}
}

// report prints what an error means and returns the exit code for it.
func (r *reporter) report(err error) int {
	if err == nil {
		return exit.OK
	}
	f := exit.FaultOf(err)
	var abandoned exit.AbandonedError
	if r.events != nil && !errors.As(err, &abandoned) {
		r.event(err)
	}
	if f.Message == "" {
		return f.Code
	}
	var dialed *dial.Error
	if r.verbose && errors.As(err, &dialed) && dialed.Handshake != nil {
		r.write(r.to, format.Handshake(nil, dialed.Handshake, r.shake))
	}
	r.write(r.to, r.talk.Error(nil, f.Text(), f.Hint))
	return f.Code
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
func (r *reporter) event(err error) {
	failure := record.FailureOf(err)
	if failure.Message == "" {
		failure.Message = err.Error()
	}
	r.write(r.stdout, r.events.Failure(nil, failure))
}
