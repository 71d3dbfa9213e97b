package repl

import (
	"fmt"
	"os"
	"time"

	"wsline/internal/wire"
	"wsline/repl/line"
)

// typed takes what the terminal sent.
func (l *loop) typed(p []byte, ok bool) {
	plain := l.Term.Plain && l.ask == nil
	if plain {
		l.typedPlain(p, !ok)
	}
	switch {
	case !ok:
		l.input, l.term.keys = nil, nil // told once
		l.hangup.Reset(hangupTime)
	case !plain:
		l.press(l.dec.Feed(nil, p))
	}
}

func (l *loop) press(keys []line.Key) {
	l.escape.Stop()
	if wait := l.dec.Wait(); wait > 0 {
		l.escape.Reset(wait)
	}
	for _, k := range keys {
		l.key(k)
	}
	if l.ed.Len() > longLine {
		l.arrange()
	} else {
		l.refresh()
	}
}

func (l *loop) key(k line.Key) {
	switch {
	case l.leaving != staying:
		if k.IsInterrupt() {
			l.interrupt()
		}
		return
	case l.ask != nil:
		if done, err := l.ask.line.Press(k); done {
			l.answered(err)
		}
		return
	}
	l.hidden = false
	if k.IsSpace() && l.ed.Len() == 0 && l.q.resume() {
		return
	}
	switch l.ed.Press(k) {
	case line.DoSubmit:
		l.submit()
	case line.DoInterrupt:
		if l.ed.Len() > 0 {
			l.ed.Set("")
		} else {
			l.interrupt()
		}
	case line.DoEnd:
		l.quit()
	case line.DoSuspend:
		l.suspend()
	case line.DoClear:
		l.failed(l.scr.Clear(l.view()))
	case line.DoBell:
		l.failed(l.scr.Bell())
	case line.DoList:
		list := l.ed.Candidates(l.scr.Width())
		l.q.add(true, func(dst []byte) []byte { return append(dst, list...) })
	}
}

// submit hands the line to the worker.
func (l *loop) submit() {
	text := l.ed.Text()
	if text == "" || !l.hand(text, false) {
		return
	}
	p, _, _ := l.w.address(text)
	if err := l.ed.Accept(l.w.placeOf(p.name)); err != nil && !l.unkept {
		l.unkept = true
		l.status("the history is not kept: " + plainCause(err))
	}
}

// hand gives a line to the worker; false when it takes no more. It stands on the screen as a line of
// the conversation when it is run, which is at once when nothing else is, or does so already.
func (l *loop) hand(text string, shown bool) bool {
	if len(l.w.jobs) == cap(l.w.jobs) { // nobody else adds to them
		l.status(fmt.Sprintf("%d lines wait to be sent: this one was not taken yet", cap(l.w.jobs)))
		return false
	}
	p, rest, err := l.w.address(text)
	switch {
	case err == nil && l.mayChange(rest):
		shown = false
	case !shown && l.w.idle(): // before the worker can have an answer
		l.echo(true, p, rest)
		shown = true
	}
	return l.w.take(job{line: text, shown: shown})
}

// quit leaves when everything that was typed is done.
func (l *loop) quit() {
	if l.leaving == staying {
		l.q.resume()
		l.leaving = quitting // nothing more is taken
		if !l.w.take(job{quit: true}) {
			l.stop(wire.StatusNormalClosure)
			return
		}
		l.waits = time.AfterFunc(closingTime, func() {
			if !l.w.ending.Load() {
				l.status("leaving when what was typed is done; Ctrl-C leaves at once")
			}
		})
	}
}

// stop begins the closing handshake now.
func (l *loop) stop(code wire.StatusCode) {
	if code == wire.StatusGoingAway && l.leaving < dropping { // who asked for it may not ask twice
		l.late.Reset(leavingTime)
		l.term.hurry()
	}
	if l.leaving < stopping {
		l.q.resume()
		l.leaving, l.term.asked = stopping, true
		l.w.stop(code)
	}
}

// interrupt is Ctrl-C on an empty line. An attempt to connect again is given up; else the talk is
// left, and the second time at once.
func (l *loop) interrupt() {
	switch {
	case l.leaving == staying && l.w.giveUp():
	case l.leaving < stopping && !l.w.ending.Load():
		l.res.Interrupted = true
		l.stop(wire.StatusNormalClosure)
	default:
		l.res.Interrupted = true
		l.drop()
	}
}

// drop ends everything at once: what waits to be printed is not worth the time.
func (l *loop) drop() {
	if l.leaving < dropping {
		l.stuck.Reset(droppedTime)
	}
	l.leaving, l.res.Abandoned = dropping, true
	l.q.discard()
	if l.aside != nil {
		l.aside.abandon()
		if l.drained != nil {
			l.drained = l.aside.end()
		}
	}
	l.out = nil
	if l.scr.IsUnfinished() { // what stands there stays unfinished
		l.q.add(true, func(dst []byte) []byte { return append(dst, '\n') })
	}
	l.w.drop()
}

func (l *loop) signal(sig os.Signal) {
	switch {
	case sig == nil: // the channel is closed
		l.signals = nil
	case line.IsContinue(sig):
		l.continued()
	case sig == os.Interrupt:
		if !l.lent { // else it was meant for the editor
			l.interrupt()
		}
	case !l.res.Terminated && !l.res.Interrupted:
		l.res.note(sig)
		l.stop(wire.StatusGoingAway)
	default:
		l.drop()
	}
	l.refresh()
}
