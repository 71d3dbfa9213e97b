package view

import (
	"sync/atomic"

	"wsline/format"
	"wsline/repl/command"
)

// Frames says how frames are shown. It may change at any time.
type Frames struct{ atomic.Int32 }

// Set takes the mode of --frames or of /frames; any other is off.
func (m *Frames) Set(mode string) format.Frames {
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

// Now is the mode.
func (m *Frames) Now() format.Frames { return format.Frames(m.Load()) }
