package show

import (
	"bufio"
	"errors"
	"io"
	"os"
	"time"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/record"
	"wsline/internal/target"
	"wsline/internal/version"
	"wsline/internal/view"
	"wsline/internal/wire"
	"wsline/repl"
	"wsline/script/transcript"
	"wsline/session"
)

// showing is one recording being shown.
type showing struct {
	typed    *options
	env      *env.Env
	out      *bufio.Writer
	from     string // the file's name, for errors
	talks    map[string]*view.Scene
	events   *format.JSON
	pipe     *format.Pipe
	recorder *record.Recorder
	opened   target.Recorded
	look     view.Look
	frames   view.Frames
	sieve    view.Sieve
	filter   repl.Filter                // nil: none
	replies  map[string]*format.Replies // by connection
	open     int                        // connections that have been opened and have not ended
	framed   bool                       // there was a frame
	buf      []byte
}

// begin prepares the form; the file that is read must not be the one that is written.
func (s *showing) begin(in io.Reader) error {
	s.look = s.typed.view.Look(s.env)
	s.frames.Set(s.typed.view.Frames)
	if s.typed.view.Filter != nil {
		s.filter = s.sieve.Filter(s.typed.view.Filter)
	}
	switch {
	case s.typed.view.JSON:
		s.events = &format.JSON{Program: version.Program(), Secrets: s.typed.view.Secrets}
	case s.typed.messages:
		s.pipe = s.look.Payloads("\n")
		s.pipe.Terminal = s.env.StdoutTerminal
	case s.typed.output != "":
		return s.record(in)
	}
	return nil
}

func (s *showing) record(in io.Reader) (err error) {
	to, err := record.NewFile("--output", s.typed.output, s.typed.view.Secrets)
	if err != nil {
		return err
	}
	if f, ok := in.(*os.File); ok && sameFile(f, s.typed.output) {
		return exit.Usagef("", "--output: %q is the recording itself", s.typed.output)
	}
	s.recorder, err = to.Start()
	return err
}

func sameFile(f *os.File, path string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(path)
	return err == nil && os.SameFile(a, b)
}

// recordReader is an EventReader or a HARReader.
type recordReader interface {
	Next() (*format.Record, error)
}

// errNoRecording is that of a file which begins as no recording does.
var errNoRecording = errors.New("this is neither a .jsonl nor a .har recording")

// panelHint is for a browser's archive in which a connection is missed.
const panelHint = "a browser records those that are opened while its network panel is open"

// run shows what can be read, and says where that ends too early.
func (s *showing) run(in io.Reader) error {
	source := &source{in: in}
	defer source.close()
	reader, isArchive, err := source.reader()
	if errors.Is(err, errNoRecording) {
		return exit.Usagef("wsline test runs a .wst file", "%s: %v", s.from, err)
	}
	if err != nil {
		return exit.Usagef("", "%s: %v", s.from, err)
	}
	for first := true; ; first = false {
		record, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, format.ErrNoWebSocket) {
			return exit.Usagef(panelHint, "%s: %v", s.from, err)
		}
		if err != nil {
			return exit.Usagef("", "%s: %v", s.from, err)
		}
		if first {
			s.startAt(reader)
		}
		s.show(record)
		if _, err := s.out.Write(s.buf); err != nil {
			return nil // Flush tells
		}
		s.buf = s.buf[:0]
	}
	if archive, ok := reader.(*format.HARReader); ok && archive.Said() == 0 && s.open > 0 &&
		archive.Creator() == "Firefox" {
		s.note(s.from + " has no messages: Firefox does not write them to an archive")
	}
	if s.open > 0 && (!isArchive || s.ours(reader)) {
		s.note(s.from + " ends before the connection did")
	}
	if s.typed.view.Frames != "" && !s.framed && s.recorder == nil && s.pipe == nil {
		s.note(s.from + " has no frames")
	}
	return nil
}

// startAt makes what is printed or recorded again count from when the recording began.
func (s *showing) startAt(r recordReader) {
	var start time.Time // of an archive: with the first event
	if e, ok := r.(*format.EventReader); ok {
		start = e.Start
	}
	switch {
	case s.recorder != nil:
		s.recorder.Begin(start)
	case s.events != nil && !start.IsZero():
		s.events.Start = start
	}
}

// ours reports whether an archive is one of ours, which say how each connection ended.
func (s *showing) ours(r recordReader) bool {
	archive, ok := r.(*format.HARReader)
	return ok && archive.Creator() == "wsline"
}

// note says something of the recording, after what was shown.
func (s *showing) note(text string) {
	if err := s.out.Flush(); err == nil {
		s.env.Stderr.Write(s.scene("").Talk.Status(nil, text))
	}
}

// scene is how the connection of that name looks.
func (s *showing) scene(conn string) *view.Scene {
	sc := s.talks[conn]
	if sc == nil {
		style := s.look.Style(s.env, s.look.StdoutColor, s.env.StdoutTerminal)
		style.Name, style.Frames, style.Secrets = conn, s.frames.Now(), s.typed.view.Secrets
		style.NameColor = len(s.talks)
		if !s.env.StdoutTerminal {
			style.Width = 0
		}
		shake := s.look.Shake(s.env, s.look.StdoutColor, s.env.StdoutTerminal)
		sc = view.NewScene(style, shake)
		s.talks[conn] = sc
	}
	return sc
}

// show appends one record to buf, or records it again.
func (s *showing) show(r *format.Record) {
	switch {
	case r.Failure != nil:
		s.failure(r)
	case r.Result != nil:
		s.event(r.Conn, &session.Event{
			Kind: session.KindMessage, Time: r.Time, Opcode: wire.OpText, Payload: r.Result,
		}, s.events != nil)
	case r.Event != nil:
		if r.Event.Kind == session.KindOpen {
			s.opening(r.Conn, r.Connect, r.Event.Handshake)
		}
		s.filtered(r.Conn, r.Event)
	}
}

// opening says how the connection that follows was asked for, as far as that is known.
func (s *showing) opening(conn, connect string, h *dial.Handshake) {
	if s.recorder != nil {
		opening := target.OpeningOf(connect)
		if connect == "" && s.recorder.Script() != nil {
			opening = s.opened.Opening(h)
		}
		s.recorder.Open(conn, transcript.Opening(opening))
	}
	if s.events != nil {
		s.events.Connect = connect
	}
}

func (s *showing) failure(r *format.Record) {
	f := r.Failure
	if f.Handshake != nil {
		s.opening(r.Conn, r.Connect, f.Handshake)
	}
	switch {
	case s.recorder != nil:
		s.recorder.Failure(r.Conn, r.Time, f)
	case s.events != nil:
		s.events.Conn = r.Conn
		s.events.Now = func() time.Time { return r.Time }
		s.buf = s.events.Failure(s.buf, f)
	case s.pipe == nil:
		sc := s.scene(r.Conn)
		if s.look.Verbose {
			s.buf = sc.Talk.Unstamped(s.buf, f.Handshake, sc.Shake)
		}
		s.buf = sc.Talk.Error(s.buf, f.Message, f.Hint)
	}
}

// filtered shows of a text message that came what the filter selects or makes.
func (s *showing) filtered(conn string, ev *session.Event) {
	if s.filter == nil || ev.Kind != session.KindMessage || ev.Dir == session.Out {
		s.event(conn, ev, false)
		return
	}
	if ev.Opcode != wire.OpText {
		return
	}
	pass, values := s.filter(ev.Payload)
	if text := s.sieve.Trouble(); text != "" {
		s.env.Stderr.Write(s.scene("").Talk.Error(nil, text, ""))
	}
	if pass && values == nil {
		s.event(conn, ev, false)
	}
	for _, v := range values {
		made := *ev
		made.Payload = v
		s.event(conn, &made, true)
	}
}

// event appends what is shown for an event; result says that a filter made it.
func (s *showing) event(conn string, ev *session.Event, result bool) {
	switch ev.Kind {
	case session.KindOpen:
		s.open++
	case session.KindEnd:
		s.open--
	case session.KindFrame:
		s.framed = true
	}
	framesOff := ev.Kind == session.KindFrame && s.frames.Now() == format.FramesOff
	switch {
	case s.recorder != nil:
		s.recorder.EventOf(conn, ev)
	case s.events != nil:
		s.events.Conn = conn
		switch {
		case result:
			s.buf = s.events.Result(s.buf, ev, ev.Payload)
		case !framesOff:
			s.buf = s.events.Event(s.buf, ev)
		}
	case s.pipe != nil:
		if ev.Dir == session.In && !ev.Alive {
			s.buf = s.pipe.Event(s.buf, ev)
		}
	case !s.repliesOf(conn).Automatic(ev):
		sc := s.scene(conn)
		if ev = s.sift(sc, ev); ev == nil {
			return
		}
		if ev.Kind == session.KindOpen && s.typed.view.Verbose {
			s.buf = sc.Talk.Handshake(s.buf, ev, sc.Shake)
		}
		s.buf = sc.TalkOf(ev).Event(s.buf, ev)
	}
}

// sift is what of an event is shown: a keepalive as in a talk, all else, such as a ping that was
// typed, as it was recorded.
func (s *showing) sift(sc *view.Scene, ev *session.Event) *session.Event {
	all := s.frames.Now() != format.FramesOff
	sifted := sc.Pongs.Sift(ev, all)
	if sifted == nil && ev.Kind == session.KindPing && (all || !ev.Alive) {
		return ev
	}
	return sifted
}

func (s *showing) repliesOf(conn string) *format.Replies {
	r := s.replies[conn]
	if r == nil {
		r = new(format.Replies)
		s.replies[conn] = r
	}
	return r
}
