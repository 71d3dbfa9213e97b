package env

import (
	"os"
	"syscall"
	"testing"
	"testing/synctest"
)

func TestOnce(t *testing.T) {
	for _, tt := range []struct{ in, want []os.Signal }{
		{[]os.Signal{syscall.SIGHUP, syscall.SIGHUP}, []os.Signal{syscall.SIGHUP}},
		{[]os.Signal{syscall.SIGTERM, syscall.SIGHUP}, []os.Signal{syscall.SIGTERM}},
		{[]os.Signal{syscall.SIGHUP, syscall.SIGTERM}, []os.Signal{syscall.SIGHUP, syscall.SIGTERM}},
		{[]os.Signal{os.Interrupt, os.Interrupt}, []os.Signal{os.Interrupt, os.Interrupt}},
	} {
		synctest.Test(t, func(t *testing.T) {
			in := make(chan os.Signal, 4)
			out := Once(in)
			for _, s := range tt.in {
				in <- s
			}
			close(in)
			synctest.Wait()
			for _, want := range tt.want {
				if got := <-out; got != want {
					t.Errorf("%v: got %v, want %v", tt.in, got, want)
				}
			}
			if len(out) > 0 {
				t.Errorf("%v: got %v too", tt.in, <-out)
			}
		})
	}
}

func TestEndings(t *testing.T) {
	has := func(isIgnored bool) bool {
		for _, s := range Endings(func(os.Signal) bool { return isIgnored }) {
			if s == syscall.SIGHUP {
				return true
			}
		}
		return false
	}
	if !has(false) || has(true) {
		t.Error("SIGHUP ends the program unless it is ignored")
	}
}
