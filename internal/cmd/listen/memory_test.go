package listen

import (
	"context"
	"net/url"
	"testing"

	"wsline/internal/dial"
	"wsline/internal/env/envtest"
	"wsline/internal/view"
	"wsline/internal/wire"
	"wsline/session"
)

// What the messages of the clients take up is bounded, and a small one is always taken.
func TestMaxMemory(t *testing.T) {
	limit := int64(100 << 10)
	o := &options{view: view.New(), echo: true, compress: true}
	if got := o.memory(); got != 256<<20 {
		t.Errorf("%d bytes unless a flag says otherwise", got)
	}
	o.maxMemory = &limit
	c, err := o.resolve(envtest.At(""), []string{"0"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := newHall(c, nil)
	h.show = func(string, *session.Event) {}
	if err := h.listen(func(string) {}); err != nil {
		t.Fatal(err)
	}
	defer h.close(context.Background())
	u := &url.URL{Scheme: "ws", Host: h.server.Addr().String(), Path: "/"}
	for _, m := range []struct {
		size int
		code wire.StatusCode
	}{{60 << 10, 1000}, {200 << 10, 1009}} {
		came := make(chan int, 1)
		cfg := &session.Config{Dial: dial.Config{URL: u, Compress: true}}
		s, err := session.Open(t.Context(), cfg, func(ev *session.Event) {
			switch ev.Kind {
			case session.KindMessage, session.KindClose:
				select {
				case came <- len(ev.Payload):
				default:
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Send(wire.OpBinary, make([]byte, m.size)); err != nil {
			t.Fatal(err)
		}
		if <-came == m.size {
			_ = s.Close(1000, "")
		}
		if end := s.Wait(); end.Code != m.code {
			t.Errorf("a message of %d bytes: %+v", m.size, end)
		}
	}
	var none int64
	if (&options{view: view.New(), maxMemory: &none}).budget() != nil {
		t.Error("0 is a limit")
	}
}
