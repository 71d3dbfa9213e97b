package converse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"wsline/format"
	"wsline/internal/cmd"
	"wsline/internal/doctor"
	"wsline/internal/view"
	"wsline/internal/wire"
	"wsline/repl"
	"wsline/session"
)

// pipe sends what stands in stdin or on the command line, and prints what comes: as events, unless
// those are nil.
func (t *talking) pipe(ctx context.Context, events *format.JSON) error {
	e, c := t.env, t.config
	if events != nil {
		events.Connect = c.opening.Words
	}
	p := &repl.Pipe{
		Delim: c.delim, Whole: c.whole, Binary: c.binary, Fragment: c.fragment,
		Out: e.Stdout, OnOpen: c.messages(c.onOpen), Resend: c.resend,
		Wait: c.wait, Count: c.count, Expect: c.expect, Timeout: c.timeout, Signals: e.Signals,
	}
	p.Connect, p.Again = t.dialer()
	p.Slash, p.Say, p.Unquote = c.slash, t.sayStatus(), format.Unquote
	switch {
	case c.mode == modePipe:
		p.In = e.Stdin
	case c.slash: // the arguments are lines like those of stdin
		p.In, p.Delim = strings.NewReader(strings.Join(append(c.execute, ""), "\x00")), 0
	default:
		p.Execute = c.messages(c.execute)
	}
	p.QuietReplies = c.quietReplies
	p.JSON, p.PrintSent = c.jsonIn, events != nil
	stderr := t.scene(c.look.StderrColor, t.env.StderrTerminal)
	p.Tap = t.tap(stderr)
	p.Print, p.Status = t.printers(p, stderr, events)
	p.Views, p.Extra = t.views(stderr), t.extra()
	p.Snippets = e.SnippetFolder()
	p.Size, p.Progress = t.wholeProgress()
	t.resumePipe(p)
	res := p.Run(ctx)
	err := cmd.Result(res)
	t.tellEnd(&res, err, p.Say)
	return err
}

// tellEnd says on stderr what the error that follows does not: that not all of the input was sent,
// that the peer closed while more of it was to come, or that there was nothing to do.
func (t *talking) tellEnd(res *repl.Result, err error, say func(string)) {
	if res.To > 0 {
		say(unheard(res.From, res.To))
	}
	unsent := (*doctor.UnsentError)(nil)
	switch {
	case res.Unsent && !errors.As(err, &unsent):
		say("the connection ended before everything was sent")
	case res.Idle && err == nil && !t.waitGiven:
		say("nothing was sent, and nothing came for " + t.wait.String() +
			": -w -1 stays until the server closes")
	case err == nil && res.End != nil && doctor.EndNotice(res.End) != "":
		say(doctor.EndNotice(res.End))
	case err == nil && t.lineEnd == "" && doctor.SilenceNotice(res.End) != "":
		say(doctor.SilenceNotice(res.End))
	case t.env.StderrTerminal || t.env.StdoutTerminal: // the conversation shows it
	case res.Awaiting && err == nil && !res.End.ByUs:
		say(doctor.EndReason(res.End).Message)
	}
}

// unheard says what of the input the last connection left in doubt.
func unheard(from, to int64) string {
	if from == to {
		return fmt.Sprintf("message %d of the input may not have arrived", to)
	}
	return fmt.Sprintf("messages %d to %d of the input may not have arrived", from, to)
}

// wholeProgress tells on a terminal how the sending of a file goes, on a line that is then cleared.
func (t *talking) wholeProgress() (size int64, tell func(text string)) {
	f, ok := t.env.Stdin.(*os.File)
	if !ok || !t.whole || !t.env.StderrTerminal || t.env.StdoutTerminal || t.env.IsPlain() {
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
		_, _ = io.WriteString(t.env.Stderr, "\r\x1b[K"+text) // it may be gone
	}
}

// sayStatus puts what a command has to tell on stderr.
func (t *talking) sayStatus() func(text string) {
	talk := format.NewTalk(t.look.Style(t.env, t.look.StderrColor, t.env.StderrTerminal))
	return func(text string) { t.env.Stderr.Write(talk.Status(nil, text)) }
}

// tap records, and says at once when that fails, or a filter before.
func (t *talking) tap(stderr *view.Scene) func(*session.Event) {
	if t.recorder == nil && t.filter == nil && !t.slash && !t.jsonIn {
		return nil
	}
	return func(ev *session.Event) {
		t.recorder.Event(t.resume.kept(ev))
		t.keeper.event(ev)
		for _, text := range []string{t.recorder.Trouble(), t.sieve.Trouble()} {
			if text != "" {
				t.env.Stderr.Write(stderr.Talk.Error(nil, text, ""))
			}
		}
	}
}

// printers are for what goes to stdout and for what goes to stderr. A terminal gets the whole
// conversation through stdout, so that it stays in order.
func (t *talking) printers(p *repl.Pipe, stderr *view.Scene, events *format.JSON) (
	out printer, status func(*session.Event)) {
	switch {
	case events != nil:
		p.PassOn = func(pass func([]byte) []byte) { events.Pass = pass }
		return t.eventPrinter(events), t.stderrStatus(stderr)
	case !t.env.StdoutTerminal:
		payloads := t.payloads()
		p.PassOn = func(pass func([]byte) []byte) { payloads.Pass = pass }
		return received(payloads.Event), t.stderrStatus(stderr)
	}
	stdout := t.scene(t.look.StdoutColor, true)
	*stderr = *stdout // commands that change how things look change it there
	once := p.Execute // is sent on one connection only
	return func(dst []byte, ev *session.Event) []byte {
		dst = stdout.Event(dst, ev)
		if ev.Kind == session.KindOpen {
			for _, m := range slices.Concat(t.firstShown(p), once) {
				dst = stdout.Talk.Event(dst, m.Sent(ev.Time))
			}
			once = nil
		}
		return dst
	}, nil
}

// eventPrinter prints everything that happens; frames only where they are asked for, and values
// that a filter made as such.
func (c *config) eventPrinter(events *format.JSON) printer {
	return func(dst []byte, ev *session.Event) []byte {
		switch {
		case ev.Kind == session.KindFrame && c.frames.Now() == format.FramesOff:
			return dst
		case ev.Kind == session.KindMessage && ev.Dir == session.In && c.sieve.Made():
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
	if c.raw {
		return c.look.Payloads("")
	}
	p := c.look.Payloads(string(c.delim))
	p.Exact = (p.Exact || c.whole) && c.delim != 0 // which was asked for
	return p
}

// stderrStatus shows everything but messages on a terminal; elsewhere only what should be known
// when all goes well, a field that is left out or a redirect, and what was asked for.
func (t *talking) stderrStatus(stderr *view.Scene) func(*session.Event) {
	e, c := t.env, t.config
	return func(ev *session.Event) {
		show := e.StderrTerminal && !(e.StdoutTerminal && c.json)
		switch ev.Kind {
		case session.KindMessage:
			show = false
		case session.KindNotice, session.KindGap:
			show = true
		case session.KindFrame:
			show = !c.json
		case session.KindOpen:
			if c.look.Verbose && !show {
				e.Stderr.Write(stderr.Talk.Handshake(nil, ev, stderr.Shake))
			}
		case session.KindPing:
			show = show || c.slash && ev.Dir == session.Out
		case session.KindPong, session.KindClose: // the answers to /ping and /close
			show = show || c.slash && !ev.Alive
		}
		if !show {
			return
		}
		if text := stderr.Event(nil, ev); len(text) > 0 { // of a frame that is only recorded: none
			e.Stderr.Write(text)
		}
	}
}

func (c *config) messages(texts []string) (list []repl.Message) {
	op := wire.OpText
	if c.binary {
		op = wire.OpBinary
	}
	for _, text := range texts {
		list = append(list, repl.Message{Opcode: op, Payload: []byte(text)})
	}
	return list
}
