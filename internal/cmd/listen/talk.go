package listen

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"wsline/format"
	"wsline/format/stats"
	"wsline/internal/cmd"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/view"
	"wsline/repl"
	"wsline/repl/command"
	"wsline/session"
)

// talkWithClients is a talk in which what is typed goes to all clients.
func talkWithClients(ctx context.Context, e *env.Env, h *hall) error {
	term, err := e.Terminal()
	if err != nil {
		return fmt.Errorf("the terminal cannot be used: %w", exit.Cause(err))
	}
	window := e.Watch()
	defer window.Stop()
	term.OnResize = window.OnResize
	color := h.c.look.StdoutColor
	if !e.StdoutTerminal {
		color = h.c.look.StderrColor
	}
	a := &audience{hall: h, stage: newStage(e, h.c, color, true)}
	t := &repl.Talk{
		Term: term, Look: a.look(), Views: a.views(e), Unquote: format.Unquote, ExitOnClose: true,
		HistoryFile: e.HistoryFile(), Home: e.Getenv("HOME"), Snippets: e.SnippetFolder(),
		Editor: e.Editor(), Pager: e.Getenv("PAGER"), Signals: window.Signals,
		Extra: command.Extra{Commands: a.commands()},
	}
	if !e.StdoutTerminal {
		t.Out, t.Print = e.Stdout, h.c.look.Payloads("\n").Event
	}
	return cmd.Result(t.RunWith(ctx, a.open))
}

// An audience is all clients as the one that a talk talks with.
type audience struct {
	*hall
	stage  *stage
	handle func(*session.Event)
	done   chan struct{}
	since  time.Time

	telling sync.Mutex // held while handle is called; guards name and stage
	name    string     // whose event it is, "" for our own

	closing sync.Once
}

// open is the talk's connecting: it listens.
func (a *audience) open(
	_ context.Context, _ []string, handle func(*session.Event),
) (repl.Conn, error) {
	a.handle, a.done, a.since = handle, make(chan struct{}), time.Now()
	a.show = a.event
	a.telling.Lock() // who comes at once is told of later
	defer a.telling.Unlock()
	if err := a.listen(func(text string) { a.note("", text) }); err != nil {
		return nil, err
	}
	a.name = ""
	handle(&session.Event{Kind: session.KindOpen, Time: a.since, Handshake: a.Handshake()})
	return a, nil
}

// event tells the talk of a client's event. That one comes or goes is no more than a notice to it.
func (a *audience) event(name string, ev *session.Event) {
	a.telling.Lock()
	defer a.telling.Unlock()
	a.name = name
	switch ev.Kind {
	case session.KindOpen, session.KindEnd:
		text := string(a.stage.event(nil, name, ev))
		ev = &session.Event{Kind: session.KindNotice, Time: ev.Time, Text: text}
	}
	a.handle(ev)
}

func (a *audience) note(name, text string) {
	a.telling.Lock()
	defer a.telling.Unlock()
	a.name = name
	talk := format.NewTalk(a.stage.style)
	shown := string(talk.Event(nil, noticeAt(time.Now(), text)))
	a.handle(&session.Event{Kind: session.KindNotice, Text: shown})
}

func noticeAt(at time.Time, text string) *session.Event {
	return &session.Event{Kind: session.KindNotice, Time: at, Text: text}
}

// look is how the talk looks. Events are shown while they are told.
func (a *audience) look() repl.Look {
	talk := format.NewTalk(a.stage.style)
	return repl.Look{
		Event: func(dst []byte, ev *session.Event) []byte {
			if text := a.recorder.Trouble(); text != "" {
				dst = talk.Error(dst, text, "")
			}
			switch ev.Kind {
			case session.KindIdle:
				return dst
			case session.KindOpen:
				dst = talk.Event(dst, noticeAt(ev.Time, "listening on "+a.url()))
				if a.c.typed.selfSigned {
					dst = talk.Event(dst, noticeAt(ev.Time, "certificate "+fingerprint(a.c)))
				}
				return talk.Event(dst, noticeAt(ev.Time, "a line goes to all clients, "+ev.Text))
			case session.KindEnd:
				return talk.Event(dst, noticeAt(ev.Time, "not listening any more"))
			case session.KindNotice:
				return append(dst, ev.Text...)
			}
			return a.stage.event(dst, a.name, ev)
		},
		Whole: view.Whole(a.stage.style),
		Sent:  talk.Event, Status: talk.Status, Stamp: talk.Stamp,
		Prompt: func(_ string, connected bool) string { return talk.Prompt(connected) },
		Error: func(dst []byte, err error) []byte {
			f := exit.FaultOf(err)
			return talk.Error(dst, f.Text(), f.Hint)
		},
	}
}

func (a *audience) views(e *env.Env) repl.Views {
	v := repl.Views{
		Frames:     func(mode string) { a.c.frames.Set(mode) },
		KeepFrames: a.c.record.KeepsFrames(),
		Stats: func(st session.Stats) string {
			columns, _ := e.Size()
			return string(stats.Append(nil, st, time.Now(), columns))
		},
	}
	view.Change(&v, a.stage.style)
	return v
}

// commands are those for single clients.
func (a *audience) commands() []command.Command {
	return []command.Command{
		{Name: "to", Args: "NAME LINE", Summary: "send a message, or do a command, to one client",
			Detail: "/to 2 hello sends hello to the second, /to 2 /close 4000 closes its connection.",
			Run:    a.to},
		{Name: "clients", Summary: "list who is connected", Run: a.list},
	}
}

func (a *audience) to(ctx context.Context, env *command.Env, rest string) error {
	name, line, ok := strings.Cut(strings.TrimLeft(rest, " "), " ")
	if !ok || name == "" {
		return errors.New("/to needs the name of a client and a line: /to 2 hello")
	}
	s, err := a.find(name)
	if err != nil {
		return err
	}
	one := command.SessionEnv(s, env.Say)
	one.Unquote, one.Home, one.Show = env.Unquote, env.Home, env.Show
	one.Headers = func() string {
		return string(format.NewTalk(a.stage.style).Unstamped(nil, s.Handshake(), a.stage.shake))
	}
	one.Frame = func(f *session.RawFrame) error { return s.SendFrame(unmasked(f)) }
	one.ShowFrames = nil
	return one.Do(ctx, line)
}

func (a *audience) list(_ context.Context, env *command.Env, rest string) error {
	if rest = strings.TrimSpace(rest); rest != "" {
		return fmt.Errorf("/clients takes no argument, but %q was given", rest)
	}
	var b strings.Builder
	for _, c := range a.present() {
		st := c.s.Stats()
		fmt.Fprintf(&b, "%s %s, received %d, sent %d\n", c.name,
			openText(&session.Event{Handshake: c.s.Handshake()}), st.MessagesIn, st.MessagesOut)
	}
	if b.Len() == 0 {
		b.WriteString("nobody is connected\n")
	}
	env.Say(strings.TrimSuffix(b.String(), "\n"))
	return nil
}
