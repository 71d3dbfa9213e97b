package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"wsline/format"
	"wsline/internal/wire"
	"wsline/repl"
	"wsline/session"
)

// runPipe sends what stands in stdin or on the command line, and prints what comes.
func runPipe(
	ctx context.Context, env *Env, c *config, conn *connector, events *format.JSON,
) error {
	p := &repl.Pipe{
		Delim: c.delim, Whole: c.whole, Binary: c.binary, Fragment: c.fragment,
		Out: env.Stdout, Connect: conn.open, OnOpen: messages(c, c.onOpen),
		Wait: c.wait, Count: c.count, Expect: c.expect, Timeout: c.timeout, Signals: env.Signals,
	}
	p.Slash, p.Say, p.Unquote = c.slash, sayStatus(env, c), format.Unquote
	switch {
	case c.mode == modePipe:
		p.In = env.Stdin
	case c.slash: // the arguments are lines like those of stdin
		p.In, p.Delim = strings.NewReader(strings.Join(append(c.execute, ""), "\x00")), 0
	default:
		p.Execute = messages(c, c.execute)
	}
	p.JSON, p.PrintSent = c.jsonIn, events != nil
	stderr := newScene(env, c, c.look.stderrColor)
	p.Tap = tap(env, c, stderr)
	p.Print, p.Status = printers(env, c, p, stderr, events)
	p.Views, p.Extra = c.views(env, stderr), c.keeper.extra()
	p.Size, p.Progress = wholeProgress(env, c)
	res := p.Run(ctx)
	if res.Unsent {
		p.Say("the connection ended before everything was sent")
	}
	if res.Abandoned {
		return abandonedError{resultError(res)}
	}
	return resultError(res)
}

// An abandonedError is an end with a stdout that is stuck: nothing more is written to it.
type abandonedError struct{ error }

func (e abandonedError) Unwrap() error { return e.error }

// wholeProgress tells on a terminal how the sending of a file goes, on a line that is then cleared.
func wholeProgress(env *Env, c *config) (size int64, tell func(text string)) {
	f, ok := env.Stdin.(*os.File)
	if !ok || !c.whole || !env.StderrTerminal || env.StdoutTerminal {
		return 0, nil
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0, nil
	}
	return info.Size(), func(text string) {
		if text != "" {
			text = "* " + text
		}
		_, _ = io.WriteString(env.Stderr, "\r\x1b[K"+text) // it may be gone
	}
}

// sayStatus puts what a command has to tell on stderr.
func sayStatus(env *Env, c *config) func(text string) {
	talk := format.NewTalk(c.look.style(env, c.look.stderrColor))
	return func(text string) { env.Stderr.Write(talk.Status(nil, text)) }
}

// tap records, and says at once when that fails, or a filter before.
func tap(env *Env, c *config, stderr *scene) func(*session.Event) {
	if c.recorder == nil && c.filter == nil && !c.slash && !c.jsonIn {
		return nil
	}
	return func(ev *session.Event) {
		c.recorder.event(ev)
		c.keeper.event(ev)
		for _, text := range []string{c.recorder.trouble(), c.sieve.trouble()} {
			if text != "" {
				env.Stderr.Write(stderr.talk.Error(nil, text, ""))
			}
		}
	}
}

// printers are for what goes to stdout and for what goes to stderr. A terminal gets the whole
// conversation through stdout, so that it stays in order.
func printers(env *Env, c *config, p *repl.Pipe, stderr *scene, events *format.JSON) (
	out printer, status func(*session.Event)) {
	switch {
	case events != nil:
		return c.eventPrinter(events), stderrStatus(env, c, stderr)
	case !env.StdoutTerminal:
		return received(c.payloads().Event), stderrStatus(env, c, stderr)
	}
	stdout := newScene(env, c, c.look.stdoutColor)
	*stderr = *stdout // commands that change how things look change it there
	return func(dst []byte, ev *session.Event) []byte {
		dst = stdout.event(c, dst, ev)
		if ev.Kind == session.KindOpen { // what is sent at once
			for _, m := range slices.Concat(p.OnOpen, p.Execute) {
				dst = stdout.talk.Sent(dst, m.Op, m.Payload)
			}
		}
		return dst
	}, nil
}

// eventPrinter prints everything that happens; frames only where they are asked for, and values
// that a filter made as such.
func (c *config) eventPrinter(events *format.JSON) printer {
	return func(dst []byte, ev *session.Event) []byte {
		switch {
		case ev.Kind == session.KindFrame && c.frames.now() == format.FramesOff:
			return dst
		case ev.Kind == session.KindMessage && ev.Dir == session.In && c.sieve.made():
			return events.Result(dst, ev, ev.Payload)
		}
		return events.Event(dst, ev)
	}
}

// received leaves out what we send.
func received(print printer) printer {
	return func(dst []byte, ev *session.Event) []byte {
		if ev.Dir == session.Out {
			return dst
		}
		return print(dst, ev)
	}
}

// A printer appends what is shown for an event.
type printer func(dst []byte, ev *session.Event) []byte

// payloads prints the exact bytes of messages, for a stdout that is not a terminal.
func (c *config) payloads() *format.Pipe {
	p := &format.Pipe{Binary: c.look.binaryOut, Pretty: c.look.pretty == format.PrettyAlways}
	if !c.raw {
		p.End = string(c.delim)
	}
	return p
}

// stderrStatus shows everything but messages on a terminal; elsewhere only what should be known
// when all goes well, a field that is left out or a redirect, and what was asked for.
func stderrStatus(env *Env, c *config, stderr *scene) func(*session.Event) {
	return func(ev *session.Event) {
		show := env.StderrTerminal && !(env.StdoutTerminal && c.json)
		switch ev.Kind {
		case session.KindMessage:
			show = false
		case session.KindNotice:
			show = true
		case session.KindFrame:
			show = !c.json
		case session.KindOpen:
			if c.look.verbose && !show {
				env.Stderr.Write(format.Handshake(nil, ev.Handshake, stderr.shake))
			}
		case session.KindPong, session.KindClose: // the answers to /ping and /close
			show = show || c.slash
		}
		if show {
			env.Stderr.Write(stderr.event(c, nil, ev))
		}
	}
}

func messages(c *config, texts []string) (list []repl.Message) {
	op := wire.OpText
	if c.binary {
		op = wire.OpBinary
	}
	for _, text := range texts {
		list = append(list, repl.Message{Op: op, Payload: []byte(text)})
	}
	return list
}

// errInterrupted and errTerminated are ends that need no words.
var (
	errInterrupted = errors.New("interrupted")
	errTerminated  = errors.New("terminated")
)

// resultError is what of a result is worth an exit code other than 0.
func resultError(res repl.Result) error {
	switch {
	case res.Interrupted:
		return errInterrupted
	case res.Terminated:
		return errTerminated
	case res.ConnectErr != nil:
		return res.ConnectErr
	case res.Err != nil && !readerGone(res.Err):
		return res.Err
	case res.Err != nil:
		return nil
	}
	if res.Met {
		return nil
	}
	return endOf(res.End)
}
