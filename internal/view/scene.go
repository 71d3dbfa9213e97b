package view

import (
	"errors"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/session"
)

// A Scene is the conversation as it is shown on one stream.
type Scene struct {
	Talk    *format.Talk
	Style   format.Style // of Talk
	Shake   format.HandshakeStyle
	Pongs   *Pongs
	faint   *format.Talk // of what is answered by itself
	frames  *Frames
	verbose bool
}

// Scene is a stream in colour or not, on a terminal or not.
func (l Look) Scene(e *env.Env, frames *Frames, color, terminal bool) *Scene {
	return l.SceneOf(format.Style{}, e, frames, color, terminal)
}

// SceneOf is Scene for the connection that has the name of a style, in its colour.
func (l Look) SceneOf(
	name format.Style, e *env.Env, frames *Frames, color, terminal bool,
) *Scene {
	style := l.Style(e, color, terminal)
	style.Secrets = l.Secrets
	style.Name, style.NameColor = name.Name, name.NameColor
	if name.Live != nil { // what is changed for one is changed for all
		style.Live = name.Live
	}
	s := NewScene(style, l.Shake(e, color, terminal))
	s.frames, s.verbose = frames, l.Verbose
	return s
}

// NewScene is what shows a conversation in these styles, with its Talk and TalkOf.
func NewScene(style format.Style, shake format.HandshakeStyle) *Scene {
	s := &Scene{Talk: format.NewTalk(style), Style: style, Shake: shake, Pongs: &Pongs{}}
	style.Faint = true
	s.faint = format.NewTalk(style)
	return s
}

// TalkOf is what shows an event: dimmed what is sent or answered by itself.
func (s *Scene) TalkOf(ev *session.Event) *format.Talk {
	if ev.Auto {
		return s.faint
	}
	return s.Talk
}

// Event appends what is shown for an event, of what we send the frames and what nobody has typed,
// and that a ping has had no pong. Where frames are shown, all pongs are.
func (s *Scene) Event(dst []byte, ev *session.Event) []byte {
	frames := s.frames.Now()
	s.Talk.SetFrames(frames)
	ev = s.Pongs.Sift(ev, frames != format.FramesOff)
	if ev == nil || ev.Dir == session.Out && ev.Kind != session.KindFrame && !ev.Auto {
		return dst
	}
	if ev.Kind == session.KindOpen && s.verbose {
		dst = s.Talk.Handshake(dst, ev, s.Shake)
	}
	return s.TalkOf(ev).Event(dst, ev)
}

// Failure appends what is shown for an error, with the handshake as far as it went.
func (s *Scene) Failure(dst []byte, err error) []byte {
	var dialed *dial.Error
	if s.verbose && errors.As(err, &dialed) && dialed.Handshake != nil {
		dst = s.Talk.Unstamped(dst, dialed.Handshake, s.Shake)
	}
	f := exit.FaultOf(err)
	return s.Talk.Error(dst, f.Text(), f.Hint)
}
