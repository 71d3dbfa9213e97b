package repl

import (
	"errors"
	"net/url"
	"sync/atomic"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/session"
)

// Views are how the answers to commands look, and what those change of how things look. A command
// whose function is nil says that it cannot be used. The functions may be called concurrently.
type Views struct {
	Headers func(h *dial.Handshake) string // whole lines, as they are to be shown
	Stats   func(st session.Stats) string  // a text, shown as a status
	// Frames is told the mode that /frames wants: FramesOff, FramesOn or FramesHex. It is told before
	// the session is.
	Frames     func(mode string)
	KeepFrames bool // the session tells of frames also when they are not shown: Tap wants them

	// Explain is what to say of the end of a connection below how it ended, "" for nothing; nil: nothing.
	Explain func(end *session.End) string

	// Compile makes a Filter of the expression of /filter. The error names what is wrong with it.
	Compile    func(expr string) (Filter, error)
	Filter     Filter // from the beginning; nil: none
	FilterText string // its expression

	// Pretty, Times and Grep change how what comes is shown, as /pretty, /timestamps and /grep say. The
	// error names what is wrong.
	Pretty func(mode string) error
	Times  func(mode string) error
	Grep   func(g command.Grep) error

	HideURL      func(u *url.URL) string   // a URL without its secrets; nil: without its password
	HideProtocol func(value string) string // subprotocols without their secrets; nil: as they are
}

// A Filter decides what is shown of a text message: nothing, the message as it came (values is nil), or
// each of the values in its place. Binary messages are passed over.
type Filter func(payload []byte) (show bool, values [][]byte)

// hiding is how secrets are hidden.
func (v *Views) hiding() command.Hiding {
	return command.Hiding{URL: v.HideURL, Protocol: v.HideProtocol}
}

// showFrames is what /frames does to the connection that set belongs to; nil: it cannot be used.
func (v *Views) showFrames(set func(on bool)) func(mode string) error {
	if v.Frames == nil {
		return nil
	}
	return func(mode string) error {
		v.Frames(mode)
		if !v.KeepFrames {
			set(mode != command.FramesOff)
		}
		return nil
	}
}

// A sieve shows messages through the filter that is set. The zero value has none.
type sieve struct {
	views *Views
	now   atomic.Pointer[filtering]

	// Owned by the handler of events.
	of      *filtering // of the message that is under way in pieces
	within  bool       // one is
	joined  []byte     // its pieces
	tooLong bool
}

// filtering is a filter and its expression; nil is none.
type filtering struct {
	expr string
	run  Filter
}

// maxJoined is the size in bytes of the largest message in pieces that is filtered; a larger one is
// passed over.
const maxJoined = 64 << 20

func (s *sieve) init(v *Views) {
	s.views = v
	if v.Filter != nil {
		s.now.Store(&filtering{v.FilterText, v.Filter})
	}
}

// set is command.Env.Filter.
func (s *sieve) set(expr string) error {
	if expr == "" {
		s.now.Store(nil)
		return nil
	}
	if s.views.Compile == nil {
		return errors.New("/filter cannot be used here")
	}
	run, err := s.views.Compile(expr)
	if err != nil {
		return err
	}
	s.now.Store(&filtering{expr, run})
	return nil
}

// text is command.Env.Filtering.
func (s *sieve) text() string {
	if f := s.now.Load(); f != nil {
		return f.expr
	}
	return ""
}

// isOpen says that the next message is shown as it is.
func (s *sieve) isOpen() bool { return !s.within && s.now.Load() == nil }

// pass calls show for what is to be shown of a message that came. Of one in pieces the filter decides
// that was set when it began.
func (s *sieve) pass(ev *session.Event, show func(ev *session.Event)) {
	if !s.within {
		s.of = s.now.Load()
	}
	first := !s.within
	s.within = ev.More
	switch {
	case s.of == nil:
		show(ev)
	case ev.Opcode != wire.OpText:
	case first && !ev.More:
		s.filter(ev, ev.Payload, show)
	default:
		s.join(ev, first, show)
	}
}

// join gathers the pieces of a message.
func (s *sieve) join(ev *session.Event, first bool, show func(ev *session.Event)) {
	if first {
		s.tooLong = false
	}
	if s.tooLong = s.tooLong || len(s.joined)+len(ev.Payload) > maxJoined; !s.tooLong {
		s.joined = append(s.joined, ev.Payload...)
	}
	if s.tooLong || !ev.More {
		whole := s.joined
		s.joined = nil
		if !s.tooLong {
			s.filter(ev, whole, show)
		}
	}
}

func (s *sieve) filter(ev *session.Event, payload []byte, show func(ev *session.Event)) {
	pass, values := s.of.run(payload)
	if !pass {
		return
	}
	shown := *ev
	shown.Payload, shown.More = payload, false
	if values == nil {
		show(&shown)
		return
	}
	for _, v := range values {
		shown.Payload = v
		show(&shown)
	}
}
