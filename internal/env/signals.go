package env

import (
	"context"
	"os"
	"slices"
	"sync"
	"syscall"

	"wsline/internal/exit"
	"wsline/repl/line"
)

// Endings are the signals that ask for the end. A SIGHUP that is ignored stays so: nohup wants it.
func Endings(isIgnored func(os.Signal) bool) []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !isIgnored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// Once passes signals on, but a SIGHUP only as the first of all: who hears a second signal leaves
// at once, and when a window is closed SIGHUP comes from the terminal and from the shell, or right
// behind a SIGTERM. It never ends.
func Once(signals <-chan os.Signal) <-chan os.Signal {
	passed := make(chan os.Signal, cap(signals))
	go func() {
		any := false
		for s := range signals {
			if s == syscall.SIGHUP && any {
				continue
			}
			any = true
			select {
			case passed <- s:
			default: // nobody listens any more
			}
		}
	}()
	return passed
}

// Ended is the error of the end that a signal asks for.
func Ended(s os.Signal) error {
	switch s {
	case os.Interrupt:
		return exit.ErrInterrupted
	case syscall.SIGHUP:
		return exit.ErrHungUp
	}
	return exit.ErrTerminated
}

// Until does what may wait for a file, such as a named pipe without a writer, or for a secret that
// it asks for, until a signal comes: then do is left behind, and asks for nothing any more. The
// error is do's, or Ended's.
func (e *Env) Until(do func(ask func(prompt string) (string, error)) error) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var asking sync.Mutex // held while the terminal is in another mode
	done := make(chan error, 1)
	go func() {
		done <- do(func(prompt string) (string, error) {
			asking.Lock()
			defer asking.Unlock()
			return e.Ask(ctx, prompt)
		})
	}()
	select {
	case err := <-done:
		return err
	case s := <-e.Signals:
		cancel()
		asking.Lock() // for good
		return Ended(s)
	}
}

// raws are the terminals that are in raw mode. The zero value is ready.
type raws struct {
	watched sync.Once // for SIGQUIT
	mu      sync.Mutex
	list    []*raw
}

// A raw is one of them.
type raw struct {
	out  *os.File
	back func() error // gives it the mode that it had
}

func (r *raws) add(t *raw) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, t)
}

func (r *raws) remove(t *raw) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = slices.DeleteFunc(r.list, func(other *raw) bool { return other == t })
}

// watchQuit has quit wait for a SIGQUIT from now on. Without a terminal in raw mode the signal
// needs nobody: a goroutine and a thread less in most runs.
func (e *Env) watchQuit() {
	if e.Notify == nil || e.Reset == nil {
		return
	}
	e.raws.watched.Do(func() {
		signals := make(chan os.Signal, 1)
		e.Notify(signals, syscall.SIGQUIT)
		go e.quit(signals)
	})
}

// quit waits for a SIGQUIT, gives all terminals back, and lets the signal do what it does of
// itself: Go's runtime prints where each goroutine is, and ends the program.
func (e *Env) quit(signals <-chan os.Signal) {
	<-signals
	e.raws.mu.Lock()
	defer e.raws.mu.Unlock()
	for _, t := range e.raws.list {
		_ = t.back() // there is nobody to tell
		line.Reset(t.out)
	}
	e.Reset(syscall.SIGQUIT)
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Signal(syscall.SIGQUIT)
	}
}
