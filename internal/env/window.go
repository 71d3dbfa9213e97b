package env

import "os"

// A Window passes signals on: a new size to whoever asked for it, all others to the talk.
type Window struct {
	Signals  chan os.Signal // but those about the size; it keeps four
	register chan func()
	quit     chan struct{}
	done     chan struct{}
}

// Watch has a Window get the signals until its Stop is called.
func (e *Env) Watch() *Window {
	w := &Window{
		Signals: make(chan os.Signal, 4), register: make(chan func()),
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	changes := make(chan os.Signal, 4)
	if list := windowSignals(); e.Notify != nil && len(list) > 0 { // none would mean all
		e.Notify(changes, list...)
	}
	go w.run(e.Signals, changes)
	return w
}

func (w *Window) run(signals, changes <-chan os.Signal) {
	defer close(w.done)
	resized := func() {}
	for {
		select {
		case s := <-signals:
			w.pass(s)
		case s := <-changes:
			if isResize(s) {
				resized()
			} else {
				w.pass(s)
			}
		case resized = <-w.register:
		case <-w.quit:
			return
		}
	}
}

// pass drops a signal when four wait already: a fifth would say nothing new.
func (w *Window) pass(s os.Signal) {
	select {
	case w.Signals <- s:
	default:
	}
}

// OnResize has f called for every new size until stop is called, after which it is not running.
func (w *Window) OnResize(f func()) (stop func()) {
	w.set(f)
	return func() { w.set(func() {}) }
}

func (w *Window) set(f func()) {
	select {
	case w.register <- f:
	case <-w.done:
	}
}

// Stop ends it, and waits for its goroutine.
func (w *Window) Stop() {
	close(w.quit)
	<-w.done
}
