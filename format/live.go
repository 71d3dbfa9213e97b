package format

import (
	"fmt"
	"sync/atomic"
	"time"

	"wsline/format/find"
)

// Live is what may change of a style while printers use it; those of one screen share it. The zero
// value is JSON that fits, no times, and nothing looked for. It may be used concurrently.
type Live struct {
	pretty, times atomic.Uint32
	last          atomic.Int64 // when the last stamped line was, in nanoseconds; 0: there was none
	find          atomic.Pointer[find.Pattern]
}

// NewLive returns what a style begins with.
func NewLive(pretty Pretty, timestamps bool) *Live {
	l := &Live{}
	l.SetPretty(pretty)
	if timestamps {
		l.SetTimes(TimesOn)
	}
	return l
}

// SetPretty changes which JSON is laid out.
func (l *Live) SetPretty(p Pretty) { l.pretty.Store(uint32(p)) }

// SetTimes changes the times before lines.
func (l *Live) SetTimes(t Times) {
	l.last.Store(0)
	l.times.Store(uint32(t))
}

// SetFind has a pattern looked for in messages; nil: none.
func (l *Live) SetFind(p *find.Pattern) { l.find.Store(p) }

// Finds returns the pattern that is looked for.
func (l *Live) Finds() *find.Pattern { return l.find.Load() }

// Times says what stands before lines.
type Times uint8

const (
	TimesOff   Times = iota
	TimesOn          // the time of day
	TimesDelta       // how long the last line with a time is ago, in seconds
)

// ParseTimes reads "off", "on" or "delta".
func ParseTimes(s string) (Times, error) {
	for i, word := range []string{"off", "on", "delta"} {
		if s == word {
			return Times(i), nil
		}
	}
	return 0, fmt.Errorf("%q is not on, off or delta", s)
}

func (t *Talk) pretty() Pretty {
	if t.style.Live == nil {
		return t.style.Pretty
	}
	return Pretty(t.style.Live.pretty.Load())
}

func (t *Talk) times() Times {
	switch {
	case t.style.Live != nil:
		return Times(t.style.Live.times.Load())
	case t.style.Timestamps:
		return TimesOn
	}
	return TimesOff
}

// width is how many columns are left of the terminal's as the style has them, 0 for unknown.
func (t *Talk) width() int {
	if width := t.style.Width; width <= 0 || t.times() == TimesOff {
		return width
	}
	return max(1, t.style.Width-len(timeLayout))
}

// appendTime appends a time in as many columns as timeLayout has.
func (t *Talk) appendTime(dst []byte, at time.Time) []byte {
	if t.times() != TimesDelta {
		return at.AppendFormat(dst, timeLayout)
	}
	delta := time.Duration(0)
	if last := t.style.Live.last.Swap(at.UnixNano()); last != 0 {
		delta = max(0, time.Duration(at.UnixNano()-last))
	}
	return fmt.Appendf(dst, "%+12.3f ", delta.Seconds())
}
