package repl

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"wsline/session"
)

// again has the talk's connections open again after ten seconds, for as long as they do.
func again(s *stage) {
	s.talk.again = func(name string, end *session.End) reopener {
		return func(ctx context.Context, handle handler) (conn, error) {
			if end.Code == 1000 {
				return nil, nil
			}
			select {
			case <-time.After(10 * time.Second):
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			return s.open(ctx, name, nil, handle)
		}
	}
}

var broke = &session.End{Cause: session.CauseBroken, Code: 1006}

func TestTalkGoesOn(t *testing.T) {
	perform(t, func(s *stage) {
		again(s)
		s.talk.OnOpen = []Message{{1, []byte("first")}}
	}, func(s *stage) {
		s.conns[0].finish(broke)
		s.press("typed meanwhile\r")
		time.Sleep(10 * time.Second)
		s.settle()
		if len(s.conns) != 2 {
			t.Fatal("it did not go on")
		}
		if got := s.conns[1].sent(); got != "text \"first\"; text \"typed meanwhile\"" {
			t.Errorf("sent %s", got)
		}
		s.press("and after\r")
		if got := s.conns[1].sent(); !strings.HasSuffix(got, "text \"and after\"") {
			t.Errorf("sent %s", got)
		}
		s.press("\x04")
	})
}

func TestTalkGivesUpGoingOn(t *testing.T) {
	for _, tt := range []struct{ name, keys, seen string }{
		{"Ctrl-C", "\x03", "* interrupted"},
		{"Ctrl-C with a line", "lost?\r\x03", "* not sent: Up brings it back"},
		{"/close", "/close\r", "* not connected"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			perform(t, again, func(s *stage) {
				s.conns[0].finish(broke)
				s.settle()
				s.press(tt.keys)
				time.Sleep(time.Minute)
				s.settle()
				if text, _ := s.term.Screen(); !strings.Contains(text, tt.seen) || len(s.conns) != 1 {
					t.Errorf("%d connections, %s", len(s.conns), text)
				}
				s.press("again\r")
				if len(s.conns) != 2 {
					t.Error("a line does not connect again")
				}
				s.press("\x04")
			})
		})
	}
}

func TestTalkLeavesWhileGoingOn(t *testing.T) {
	for _, keys := range []string{"\x04", "/quit\r", "\x03\x03"} {
		begun := time.Duration(0)
		perform(t, again, func(s *stage) {
			s.conns[0].finish(broke)
			s.settle()
			now := time.Now()
			s.press(keys)
			<-s.finished
			begun = time.Since(now)
			if len(s.conns) != 1 {
				t.Errorf("%q: %d connections", keys, len(s.conns))
			}
		})
		if begun > time.Second {
			t.Errorf("%q: it leaves after %v", keys, begun)
		}
	}
}

// The one that is away does not hold up another.
func TestOneOfTwoGoesOn(t *testing.T) {
	perform(t, again, func(s *stage) {
		beside(s)
		first := s.conns[0]
		s.conns[1].finish(broke)
		s.press("to the first\r")
		if got := first.sent(); got != "text \"to the first\"" {
			t.Errorf("sent %s", got)
		}
		time.Sleep(10 * time.Second)
		s.settle()
		s.press("bob> hello again\r")
		if len(s.conns) != 3 || s.conns[2].sent() != "text \"hello again\"" {
			t.Errorf("%d connections", len(s.conns))
		}
		s.press("\x04")
	})
}

func TestExitOnCloseGoesOn(t *testing.T) {
	gone := errors.New("gone")
	for _, tt := range []struct {
		name string
		end  *session.End
		err  error
		code int
	}{
		{"a final end", &session.End{Cause: session.CauseClosed, Received: true, Code: 1000}, nil, 1000},
		{"given up", broke, gone, 1006},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := perform(t, func(s *stage) {
				s.talk.ExitOnClose = true
				s.talk.again = func(string, *session.End) reopener {
					return func(context.Context, handler) (conn, error) { return nil, tt.err }
				}
			}, func(s *stage) {
				s.conns[0].finish(tt.end)
				<-s.finished
			})
			if res.End == nil || int(res.End.Code) != tt.code {
				t.Errorf("%+v", res)
			}
		})
	}
}
