package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"time"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/internal/query"
	"wsline/repl"
	"wsline/repl/command"
	"wsline/session"
)

// A frameMode says how frames are shown. It may change at any time.
type frameMode struct{ atomic.Int32 }

func (m *frameMode) set(mode string) format.Frames {
	frames := format.FramesOff
	switch mode {
	case command.FramesHex:
		frames = format.FramesHex
	case command.FramesOn, "lines":
		frames = format.FramesLine
	}
	m.Store(int32(frames))
	return frames
}

func (m *frameMode) now() format.Frames { return format.Frames(m.Load()) }

// A scene is the conversation as it is shown on one stream.
type scene struct {
	talk  *format.Talk
	shake format.HandshakeStyle
}

func newScene(env *Env, c *config, color bool) *scene {
	style := c.look.style(env, color)
	style.Frames, style.Secrets = c.frames.now(), c.look.secrets
	return &scene{
		talk:  format.NewTalk(style),
		shake: format.HandshakeStyle{Secrets: c.look.secrets, Color: color, Now: time.Now()},
	}
}

// event appends what is shown for an event, of what we send the frames alone: the rest has been
// typed.
func (s *scene) event(c *config, dst []byte, ev *session.Event) []byte {
	if ev.Dir == session.Out && ev.Kind != session.KindFrame {
		return dst
	}
	if ev.Kind == session.KindOpen && c.look.verbose {
		dst = format.Handshake(dst, ev.Handshake, s.shake)
	}
	return s.talk.Event(dst, ev)
}

// failure appends what is shown for an error, with the handshake as far as it went.
func (s *scene) failure(c *config, dst []byte, err error) []byte {
	var dialed *dial.Error
	if c.look.verbose && errors.As(err, &dialed) && dialed.Handshake != nil {
		dst = format.Handshake(dst, dialed.Handshake, s.shake)
	}
	f := describe(err)
	return s.talk.Error(dst, f.text(), f.hint)
}

// views are how the answers to commands look.
func (c *config) views(env *Env, s *scene) repl.Views {
	v := repl.Views{
		Headers: func(h *dial.Handshake) string { return string(format.Handshake(nil, h, s.shake)) },
		Stats: func(st session.Stats) string {
			columns, _ := env.Size()
			return string(format.Stats(nil, st, time.Now(), columns))
		},
		Frames:     func(mode string) { s.talk.SetFrames(c.frames.set(mode)) },
		KeepFrames: c.keepsFrames(),
		Compile: func(expr string) (repl.Filter, error) {
			q, err := query.Compile(expr)
			if err != nil {
				return nil, err
			}
			return c.sieve.filter(q), nil
		},
	}
	if !c.look.secrets {
		v.HideURL = format.HideURL
		v.HideProtocol = func(value string) string {
			return format.HideField("Sec-WebSocket-Protocol", value)
		}
	}
	if c.filter != nil {
		v.Filter, v.FilterText = c.sieve.filter(c.filter), c.filter.String()
	}
	return v
}

// keepsFrames tells whether frames are recorded, shown or not.
func (c *config) keepsFrames() bool {
	return c.record != nil && c.record.form == format.FormJSON
}

// A sieve runs filters. It belongs to the handler of events. The zero value is ready.
type sieve struct {
	values int    // of the messages that are shown next so many are values that a filter made
	text   string // what is to be said of an expression that does not work
}

// filter passes over what is not JSON, and what the expression does not work on, which is said for
// the first such message.
func (s *sieve) filter(q *query.Query) repl.Filter {
	said := false
	return func(payload []byte) (bool, [][]byte) {
		values, err := q.Run(context.Background(), payload)
		if err != nil && !errors.Is(err, query.ErrNotJSON) && !said {
			said, s.text = true, err.Error()
		}
		if len(values) == 0 {
			return false, nil
		}
		if err == nil && len(values) == 1 && isCompact(payload, values[0]) {
			return true, nil
		}
		s.values = len(values)
		return true, values
	}
}

// trouble is what is to be said, once; "" for nothing.
func (s *sieve) trouble() string {
	text := s.text
	s.text = ""
	return text
}

// made tells whether the message that is shown now is a value that a filter made.
func (s *sieve) made() bool {
	if s.values == 0 {
		return false
	}
	s.values--
	return true
}

// isCompact tells whether a value is the payload itself but for white space.
func isCompact(payload, value []byte) bool {
	var compact bytes.Buffer
	return json.Compact(&compact, payload) == nil && bytes.Equal(compact.Bytes(), value)
}
