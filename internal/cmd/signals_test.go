package cmd

import (
	"errors"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/env"
	"wsline/internal/exit"
)

// A command that does not end, whatever is stuck, is left behind.
func TestBounded(t *testing.T) {
	const hour = time.Hour // when it ends by itself
	for _, c := range []struct {
		name    string
		signals []os.Signal
		after   time.Duration // the last signal
		exit    int
	}{
		{"nothing", nil, hour, 0},
		{"an interrupt", []os.Signal{os.Interrupt}, hour, 0},
		{"two", []os.Signal{os.Interrupt, os.Interrupt}, time.Second, 130},
		{"to terminate", []os.Signal{syscall.SIGTERM}, 12 * time.Second, 143},
		{"twice", []os.Signal{syscall.SIGTERM, syscall.SIGTERM}, time.Second, 143},
		{"either", []os.Signal{syscall.SIGTERM, os.Interrupt}, time.Second, 143},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				signals := make(chan os.Signal)
				stuck := make(chan struct{})
				began := time.Now()
				ended := make(chan error)
				go func() {
					ended <- Bounded(&env.Env{Signals: signals}, func(*env.Env) error {
						select {
						case <-stuck:
						case <-time.After(hour):
						}
						return nil
					})
				}()
				for _, s := range c.signals {
					signals <- s
				}
				err := <-ended
				var abandoned exit.AbandonedError
				if took := time.Since(began); took != c.after {
					t.Errorf("it took %v", took)
				}
				if errors.As(err, &abandoned) != (c.exit != 0) {
					t.Errorf("error %v", err)
				} else if err != nil && exit.FaultOf(err).Code != c.exit {
					t.Errorf("exit code %d", exit.FaultOf(err).Code)
				}
				close(stuck)
			})
		})
	}
}

// What ends by itself gets the signals, and its own end counts.
func TestBoundedEndsByItself(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signals <- syscall.SIGTERM
	err := Bounded(&env.Env{Signals: signals}, func(e *env.Env) error {
		return exit.Told(40 + len((<-e.Signals).String()))
	})
	if want := exit.Told(40 + len(syscall.SIGTERM.String())); err != want {
		t.Errorf("error %v", err)
	}
}

// A recording that is stuck is left behind, too.
func TestFinish(t *testing.T) {
	given := errors.New("given")
	for _, c := range []struct {
		name   string
		ended  error
		signal bool // after a minute
		after  time.Duration
		want   error
	}{
		{"told twice", exit.AbandonedError{Err: exit.ErrInterrupted}, false, finishTime,
			exit.ErrInterrupted},
		{"told once", exit.ErrTerminated, false, endTime, exit.ErrTerminated},
		{"well", nil, true, time.Minute, exit.ErrInterrupted},
		{"with an error", given, true, time.Minute, given},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				signals, stuck := make(chan os.Signal), make(chan struct{})
				if c.signal {
					time.AfterFunc(time.Minute, func() { signals <- os.Interrupt })
				}
				begun := time.Now()
				err := Finish(&env.Env{Signals: signals}, c.ended, func(err error) error {
					<-stuck
					return err
				})
				if took := time.Since(begun); took != c.after || !errors.Is(err, c.want) {
					t.Errorf("%v after %v", err, took)
				}
				close(stuck)
			})
		})
	}
	double := func(err error) error { return errors.Join(err, given) }
	if err := Finish(&env.Env{}, exit.ErrHungUp, double); !errors.Is(err, given) {
		t.Errorf("got %v", err)
	}
}
