package session

import (
	"slices"
	"testing"

	"wsline/internal/wstest"
)

// What is to follow is done once the session is over, the last first, and at once when it is over.
func TestAfterDone(t *testing.T) {
	leave := make(chan struct{})
	c := connect(t, Config{}, nil, func(p *wstest.Peer) {
		_ = p.Accept()
		<-leave
	})
	var order []int
	called := make(chan struct{})
	c.AfterDone(func() {
		order = append(order, 1)
		close(called)
	})
	c.AfterDone(func() {
		select {
		case <-c.Done():
		default:
			t.Error("it is not over")
		}
		order = append(order, 2)
	})
	close(leave)
	<-called
	c.AfterDone(func() { order = append(order, 3) })
	if !slices.Equal(order, []int{2, 1, 3}) {
		t.Errorf("called in the order %v", order)
	}
}
