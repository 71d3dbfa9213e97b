package listen

import (
	"io"
	"sync"

	"wsline/format"
	"wsline/internal/env"
	"wsline/internal/view"
	"wsline/session"
)

const showBuffer = 64 << 10 // bytes that are gathered before they are written

// A board shows the events of all clients on stdout. It may be used concurrently: who comes while
// it writes waits, and so does that client's socket.
type board struct {
	out    io.Writer
	print  func(dst []byte, name string, ev *session.Event) []byte
	failed chan struct{} // closed when out cannot be written

	mu  sync.Mutex // guards the rest, and print
	buf []byte
	err error
}

func newBoard(out io.Writer, print func([]byte, string, *session.Event) []byte) *board {
	return &board{out: out, print: print, failed: make(chan struct{})}
}

func (b *board) event(name string, ev *session.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf = b.print(b.buf, name, ev)
	if ev.Kind == session.KindIdle || ev.Kind == session.KindEnd || len(b.buf) >= showBuffer {
		b.write()
	}
}

// pass is for print, to hand over what it has appended so far.
func (b *board) pass(dst []byte) []byte {
	if b.buf = dst; len(dst) >= showBuffer {
		b.write()
	}
	return b.buf
}

// write writes what was gathered, or leaves it out when that cannot be done any more; the caller
// holds mu.
func (b *board) write() {
	if b.err != nil {
		b.buf = nil
	}
	if len(b.buf) == 0 {
		return
	}
	if _, b.err = b.out.Write(b.buf); b.err != nil {
		close(b.failed)
	}
	if b.buf = b.buf[:0]; cap(b.buf) > 16*showBuffer {
		b.buf = nil
	}
}

// A stage is how the clients look on one stream. It is used by one goroutine at a time.
type stage struct {
	c     *config
	style format.Style
	shake format.HandshakeStyle
	talks map[string]*format.Talk
	pongs map[string]*view.Pongs
	sent  bool // what we send is shown too
}

func newStage(e *env.Env, c *config, color, terminal bool) *stage {
	style := c.look.Style(e, color, terminal)
	style.Frames, style.Secrets = c.frames.Now(), c.look.Secrets
	return &stage{
		c: c, style: style, talks: map[string]*format.Talk{}, pongs: map[string]*view.Pongs{},
		shake: c.look.Shake(e, color, terminal),
	}
}

// event appends what is shown of a client's event.
func (s *stage) event(dst []byte, name string, ev *session.Event) []byte {
	talk := s.talks[name]
	if talk == nil {
		style := s.style
		style.Name = name
		talk = format.NewTalk(style)
		s.talks[name] = talk
	}
	frames := s.c.frames.Now()
	talk.SetFrames(frames)
	if ev = s.pongsOf(name).Sift(ev, frames != format.FramesOff); ev == nil {
		return dst
	}
	switch ev.Kind {
	case session.KindOpen:
		if s.c.look.Verbose {
			dst = talk.Handshake(dst, ev, s.shake)
		}
		note := session.Event{Kind: session.KindNotice, Time: ev.Time, Text: openText(ev)}
		return talk.Event(dst, &note)
	case session.KindEnd:
		delete(s.talks, name)
		delete(s.pongs, name)
	case session.KindMessage, session.KindPing, session.KindPong, session.KindClose:
		if ev.Dir == session.Out && !(s.sent && ev.Kind == session.KindMessage) {
			return dst
		}
	}
	return talk.Event(dst, ev)
}

func (s *stage) pongsOf(name string) *view.Pongs {
	p := s.pongs[name]
	if p == nil {
		p = &view.Pongs{}
		s.pongs[name] = p
	}
	return p
}

// listenAside is what stderr gets where stdout is not a terminal: on a terminal everything but
// messages, elsewhere what was asked for.
func listenAside(e *env.Env, c *config) *board {
	s := newStage(e, c, c.look.StderrColor, e.StderrTerminal)
	return newBoard(e.Stderr, func(dst []byte, name string, ev *session.Event) []byte {
		show := e.StderrTerminal
		switch ev.Kind {
		case session.KindMessage:
			show = false
		case session.KindOpen:
			show = show || c.look.Verbose
		case session.KindFrame:
			show = !c.typed.view.JSON && c.frames.Now() != format.FramesOff
		}
		if !show || e.StdoutTerminal {
			return dst
		}
		return s.event(dst, name, ev)
	})
}

// listenBoard is what stdout gets: JSON lines, the conversation on a terminal, the payloads of
// messages elsewhere, and nothing where nobody sends anything by hand.
func listenBoard(e *env.Env, c *config) *board {
	switch {
	case c.typed.view.JSON:
		events := c.typed.view.Events()
		b := newBoard(e.Stdout, func(dst []byte, name string, ev *session.Event) []byte {
			if ev.Kind == session.KindFrame && c.frames.Now() == format.FramesOff {
				return dst
			}
			events.Conn = name
			dst = events.Event(dst, ev)
			events.Conn = "" // as that of an error
			return dst
		})
		events.Pass = b.pass
		return b
	case e.StdoutTerminal:
		s := newStage(e, c, c.look.StdoutColor, true)
		s.sent = true
		return newBoard(e.Stdout, s.event)
	case c.answers():
		return newBoard(io.Discard, func(dst []byte, _ string, _ *session.Event) []byte { return dst })
	}
	pipe := c.look.Payloads("\n")
	b := newBoard(e.Stdout, func(dst []byte, _ string, ev *session.Event) []byte {
		if ev.Kind != session.KindMessage || ev.Dir == session.Out {
			return dst
		}
		return pipe.Event(dst, ev)
	})
	pipe.Pass = b.pass
	return b
}
