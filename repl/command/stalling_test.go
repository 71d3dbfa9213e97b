package command

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// The call that came last decides of a stall.
func TestStalling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log []string
		start := time.Now()
		stall := func(on bool) { log = append(log, fmt.Sprint(time.Since(start).Seconds(), on)) }
		var s Stalling
		s.Stop(2*time.Second, stall)
		time.Sleep(time.Second)
		s.Stop(2*time.Second, stall)
		time.Sleep(5 * time.Second)
		s.Stop(time.Second, stall)
		s.Stop(-1, stall)
		time.Sleep(time.Minute)
		s.Stop(time.Second, stall)
		s.Stop(0, stall)
		time.Sleep(time.Minute)
		want := "[0 true 1 true 3 false 6 true 6 true 66 true 66 false]"
		if fmt.Sprint(log) != want {
			t.Errorf("got %v, want %s", log, want)
		}
	})
}
