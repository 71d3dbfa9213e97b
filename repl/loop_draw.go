package repl

import (
	"time"

	"wsline/repl/line"
)

// arrange draws now, or a little later when something has just been drawn.
func (l *loop) arrange() {
	wait := frameTime - time.Since(l.last)
	if wait <= 0 || l.q.size() >= printSize && !l.typing() {
		l.refresh()
		return
	}
	l.frame.Reset(wait)
}

// typing says that there is a line to look at: then a flood leaves it on the screen for a while
// between two pieces, while without one it is as fast as the terminal.
func (l *loop) typing() bool { return l.leaving == staying && l.ed.Len() > 0 }

// refresh prints a piece of what waits and draws the line. What is left is printed when the keys
// have been looked at.
func (l *loop) refresh() {
	if l.lent || l.res.Err != nil {
		return
	}
	l.fetch()
	n := printable(l.out)
	piece := l.out[:n]
	l.out = l.out[n:]
	l.failed(l.scr.Show(piece, l.view()))
	l.last = time.Now()
	if l.connected && !l.Term.Plain {
		l.silence.timer.Reset(l.silence.next(l.last))
	} else {
		l.silence.timer.Stop()
	}
	l.frame.Stop()
	switch waiting := len(l.out) + l.q.size(); {
	case len(l.out) == 0 && waiting < printSize || l.typing():
		if waiting > 0 {
			l.frame.Reset(frameTime)
		}
	default:
		l.frame.Reset(0)
	}
}

// fetch takes what waits when all that was taken before has been printed.
func (l *loop) fetch() {
	if len(l.out) > 0 {
		return
	}
	if cap(l.taken) > 4*queueSize {
		l.taken = nil // one huge message does not keep its memory
	}
	l.taken, l.to, l.connected = l.q.take(l.taken)
	l.out = l.taken
	if place := l.w.placeOf(l.to); place != l.place {
		l.place = place
		l.ed.At(place)
	}
	l.hidden = l.hidden && !l.connected
}

// flushAll prints everything that waits now, without a line.
func (l *loop) flushAll() {
	if l.lent || l.res.Err != nil {
		return
	}
	l.failed(l.scr.Show(l.out, nil))
	l.out = nil
	l.fetch()
	l.failed(l.scr.Show(l.out, nil))
	l.out = nil
}

// view is what is to be seen below what was printed.
func (l *loop) view() *line.View {
	switch {
	case l.Term.Plain:
		return nil
	case l.ask != nil:
		return l.ask.line.View(l.ask.prompt)
	case l.hidden || l.leaving != staying:
		return nil
	}
	return l.ed.View(l.signs() + l.Look.Prompt(l.to, l.connected))
}

// release gives the terminal to somebody else, in the mode that it was found in.
func (l *loop) release() error {
	l.flushAll()
	l.failed(l.scr.End())
	if p, ok := l.Term.In.(interface{ Pause() }); ok {
		p.Pause()
	}
	l.lent = true
	l.q.setLimit(heldSize)
	return l.restore()
}

// reclaim takes the terminal back.
func (l *loop) reclaim() {
	if !l.lent {
		return
	}
	l.resume.Stop()
	l.raw()
	if r, ok := l.Term.In.(interface{ Resume() }); ok {
		r.Resume()
	}
	l.lent, l.reclaimed = false, time.Now()
	l.q.setLimit(queueSize)
	l.refresh()
}

// raw puts the terminal into raw mode once more. What is restored in the end stays the mode that it
// was found in: an editor that was killed may have left another.
func (l *loop) raw() {
	if l.Term.Plain {
		return
	}
	_, err := l.Term.MakeRaw()
	l.failed(err)
	l.failed(l.scr.Begin())
}

// suspend is Ctrl-Z.
func (l *loop) suspend() {
	if l.Term.Suspend == nil {
		l.failed(l.scr.Bell())
		return
	}
	l.failed(l.release())
	if err := l.Term.Suspend(); err != nil {
		l.reclaim()
		return
	}
	l.resume.Reset(suspendTime)
}

// continued comes after a stop, of our own making or not: a shell has used the terminal meanwhile.
func (l *loop) continued() {
	if l.lent {
		if l.w.composing.Load() {
			return // the editor has it
		}
		l.reclaim()
		return
	}
	if time.Since(l.reclaimed) > suspendTime { // else it is the end of our own stop, a little late
		l.scr.Forget()
	}
	_ = l.restore() // it may be raw yet
	l.raw()
}
