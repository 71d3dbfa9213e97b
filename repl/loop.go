package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/repl/line"
)

const (
	frameTime   = 16 * time.Millisecond   // between two drawings when there are many
	longLine    = 4096                    // characters of a line that is not drawn for every key
	leavingTime = 1500 * time.Millisecond // that the end may take when nobody is there to hasten it
	suspendTime = 100 * time.Millisecond  // that a stop may take, while time goes on
	droppedTime = 500 * time.Millisecond  // that what was dropped may take to end
	hangupTime  = 50 * time.Millisecond   // that a SIGHUP may take behind the end of the input
)

// leaving is how far a talk is on its way out.
type leaving uint8

const (
	staying  leaving = iota
	quitting         // what was typed is done yet
	stopping         // the closing handshake is under way
	dropping         // the connection is ended at once
)

// loop is a running talk. All fields are its own goroutine's but for the channels and the queue.
type loop struct {
	*Talk
	q     *queue
	w     *worker
	calls chan func()   // what others want done here
	crash chan string   // a panic in another goroutine
	over  chan struct{} // closed when the loop has ended

	term      *termWriter
	scr       *line.Screen
	ed        *line.Editor
	dec       line.Decoder
	ask       *question
	plain     []byte      // of a line that is typed on a plain terminal, what has come
	input     chan []byte // closed at the end of the input
	reading   sync.WaitGroup
	resized   chan struct{}
	signals   <-chan os.Signal
	unresize  func()
	restore   func() error // the terminal's mode
	out       []byte       // taken from the queue, not printed yet
	taken     []byte       // what out is a part of
	last      time.Time    // when something was drawn
	reclaimed time.Time    // when the terminal was taken back
	frame     *time.Timer
	escape    *time.Timer
	resume    *time.Timer
	late      *time.Timer // when the end has taken too long
	stuck     *time.Timer // when what does not end, though it was dropped, is left behind
	hangup    *time.Timer // when the end of the input is one without a signal
	to        string      // the name of the connection that the line is for
	connected bool        // it is
	place     string      // where it leads to, for the history
	hidden    bool        // nothing to see before the first connection is open, or a key is pressed
	lent      bool        // the terminal is somebody else's
	waits     *time.Timer // tells that leaving waits for what was typed; nil before
	unkept    bool        // an error of the history was shown
	leaving   leaving
	res       Result

	kept    kept
	silence silence
	hides   atomic.Bool // /grep hides messages

	telling sync.Mutex // held while an event is told, of whichever connection
	sieve   sieve      // its fields are the handler's
	greeted bool       // owned by the handler of events

	aside   *output         // writes to Talk.Out, nil when messages are shown
	drained <-chan struct{} // closed when it has written all; nil before the worker has ended
}

func newLoop(t *Talk, hist *line.History, restore func() error) *loop {
	out := newTermWriter(t.Term.Out, t.Signals)
	l := &loop{
		Talk: t, term: out, q: newQueue(t.Name),
		calls: make(chan func()), crash: make(chan string, 1), over: make(chan struct{}),
		input: make(chan []byte), resized: make(chan struct{}, 1), signals: t.Signals,
		frame: stoppedTimer(), escape: stoppedTimer(), resume: stoppedTimer(),
		late: stoppedTimer(), stuck: stoppedTimer(), hangup: stoppedTimer(),
		scr: line.NewScreen(out, &t.Term), restore: restore, hidden: true,
	}
	l.term.keys = l.input
	l.q.full = l.pauseIsFull
	l.silence.timer = stoppedTimer()
	l.sieve.init(&t.Views)
	var options line.Options
	if !t.NoSlash {
		compl := &command.Completion{Home: t.Home, Connect: t.CompleteConnect, Extra: t.Extra.Commands,
			Snippets: t.Snippets}
		if !t.unnamed {
			compl.Names = func() []string { return l.w.names() }
		}
		options.Complete, options.Escape = compl.Candidates, compl.Escape
	}
	l.ed = line.NewEditor(hist, options)
	return l
}

func stoppedTimer() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

// start starts the other goroutines.
func (l *loop) start(ctx context.Context, open opener) {
	if l.Term.OnResize != nil {
		l.unresize = l.Term.OnResize(func() {
			select {
			case l.resized <- struct{}{}:
			default:
			}
		})
	}
	if l.Out != nil {
		l.aside = newOutput(l.Out)
		if l.PassOn != nil {
			l.PassOn(l.aside.pass)
		}
	}
	l.reading.Go(l.read)
	l.w = newWorker(ctx, l, open)
	go l.w.run()
	l.failed(l.scr.Begin())
}

// read waits for keys.
func (l *loop) read() {
	defer close(l.input)
	for {
		p := make([]byte, 4096)
		n, err := l.Term.In.Read(p)
		if n > 0 {
			select {
			case l.input <- p[:n]:
			case <-l.over:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// run is the loop. It ends when the worker has, and all that came has been written; or else soon
// after everything was dropped, as a Tap, or a file that a command writes, may be stuck.
func (l *loop) run(ctx context.Context) {
	done, finished := ctx.Done(), l.w.finished
	var failed <-chan struct{}
	if l.aside != nil {
		failed = l.aside.failed
	}
	for {
		if sig, ok := l.term.next(); ok {
			l.signal(sig)
			continue
		}
		if p, ok, found := l.term.nextKeys(); found {
			l.typed(p, ok)
			continue
		}
		select { // a flood does not keep a key waiting
		case p, ok := <-l.input:
			l.typed(p, ok)
			continue
		default:
		}
		select {
		case p, ok := <-l.input:
			l.typed(p, ok)
		case <-l.q.ready:
			l.arrange()
		case <-l.frame.C:
			l.refresh()
		case <-l.escape.C:
			l.press(l.dec.Timeout(nil))
		case <-l.resume.C:
			l.reclaim()
		case <-l.late.C:
			l.drop()
		case <-l.stuck.C:
			return
		case <-l.silence.timer.C:
			l.refresh()
		case <-l.hangup.C:
			l.quit()
		case f := <-l.calls:
			f()
		case sig := <-l.signals:
			l.signal(sig)
		case <-l.resized:
			l.refresh()
		case text := <-l.crash:
			panic(text)
		case <-done:
			done = nil
			l.stop(wire.StatusGoingAway)
		case <-failed:
			failed = nil
			l.stop(wire.StatusGoingAway)
		case <-finished:
			if l.aside == nil {
				return
			}
			finished = nil
			l.leaving = max(l.leaving, quitting)
			l.drained = l.aside.end()
		case <-l.drained:
			return
		}
	}
}

// end shows what is left, gives the terminal back, and waits for the other goroutines. It is
// deferred, so that it does so for a panic too; then nothing is waited for.
func (l *loop) end() {
	defer l.term.close()
	l.q.resume()
	if l.waits != nil {
		l.waits.Stop()
	}
	l.flushAll()
	l.failed(l.scr.End())
	if l.ask != nil && l.ask.restore != nil {
		_ = l.ask.restore()
	}
	if !l.lent {
		_ = l.restore()
	}
	if v := recover(); v != nil {
		panic(v)
	}
	l.running.Store(nil)
	close(l.over)
	l.q.close()
	if l.unresize != nil {
		l.unresize()
	}
	_ = l.Term.In.Close()
	l.reading.Wait()
}

// result is what became of the talk. What belongs to a worker that was left behind is not looked
// at.
func (l *loop) result() Result {
	select {
	case text := <-l.crash:
		panic(text)
	default:
	}
	l.flushAll()
	select {
	case <-l.w.finished:
	default:
		return l.res
	}
	if l.leaving != stopping && l.leaving != dropping {
		l.res.ConnectErr = l.w.connectErr
		l.res.Interrupted = l.res.Interrupted || errors.Is(l.w.connectErr, line.ErrInterrupted)
	}
	l.res.End = l.w.ended
	if l.aside != nil && l.res.Err == nil {
		if err := l.aside.close(); err != nil {
			l.res.Err = &WriteError{err}
		}
	}
	return l.res
}

// call has f done in the loop.
func (l *loop) call(f func()) {
	done := make(chan struct{})
	select {
	case l.calls <- func() { defer close(done); f() }:
		<-done
	case <-l.over:
	}
}

// guard is deferred in the other goroutines: a panic there must not leave the terminal in raw mode.
func (l *loop) guard() {
	if v := recover(); v != nil {
		select {
		case l.crash <- fmt.Sprintf("%v\n\n%s", v, debug.Stack()):
		default:
		}
	}
}

// status prints a status line in any case, without waiting for room.
func (l *loop) status(text string) {
	l.q.add(true, l.stamped(time.Now(), func(dst []byte) []byte { return l.Look.Status(dst, text) }))
}

// failed notes that the terminal cannot be written, and leaves.
func (l *loop) failed(err error) {
	if err == nil || l.res.Err != nil {
		return
	}
	l.res.Err = &WriteError{err}
	l.stop(wire.StatusGoingAway)
	if errors.Is(err, errStuck) {
		for sig, ok := l.term.next(); ok; sig, ok = l.term.next() {
			if !line.IsContinue(sig) {
				l.res.note(sig)
			}
		}
		l.drop()
	}
}

// plainCause is an error without the operation and the path.
func plainCause(err error) string {
	var perr *fs.PathError
	if errors.As(err, &perr) {
		err = perr.Err
	}
	if err == io.ErrUnexpectedEOF {
		return "the file is cut off"
	}
	return err.Error()
}
