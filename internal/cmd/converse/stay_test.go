package converse

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/dial"
	"wsline/internal/reconnect"
	"wsline/internal/wire"
	"wsline/internal/wstest"
	"wsline/repl"
	"wsline/session"
)

// A service has good times and bad ones, of every kind.
type service struct {
	t     *testing.T
	mu    sync.Mutex
	state string // "up", "refused", "silent", "503", "hangs"
	peers []*wstest.Peer
	got   map[string]int
	lives int
}

func (s *service) now() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

func (s *service) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if s.now() == "refused" {
		return nil, syscall.ECONNREFUSED
	}
	return wstest.Pipe(s.t, s.play), nil
}

func (s *service) play(p *wstest.Peer) {
	switch s.now() {
	case "503":
		p.Refuse(503, nil, "")
		return
	case "hangs", "silent":
		p.Stall(nil)
		return
	}
	if p.Accept() != nil {
		return
	}
	s.mu.Lock()
	s.peers = append(s.peers, p)
	s.lives++
	s.mu.Unlock()
	for dead := false; ; {
		h, payload, err := p.ReadFrame()
		dead = dead || s.now() == "silent" // nothing comes through any more
		switch {
		case err != nil:
			return
		case dead:
		case h.Opcode == wire.OpPing:
			p.Pong(string(payload))
		case h.Opcode == wire.OpClose:
			p.Close(1000, "")
			return
		default:
			s.mu.Lock()
			s.got[string(payload)]++
			s.mu.Unlock()
			p.Text("got " + string(payload))
		}
	}
}

// turn begins another time, with an end of its kind for the connections that there are.
func (s *service) turn(state string) {
	s.mu.Lock()
	peers := s.peers
	s.state = state
	if state != "silent" {
		s.peers = nil
	}
	s.mu.Unlock()
	for i, p := range peers {
		switch {
		case state == "up" || state == "silent":
		case i%2 == 0:
			p.Close(1012, "")
			p.Hangup()
		default:
			p.Drop()
		}
	}
}

// In a day with an outage every ten minutes, of seconds to minutes and of every kind, all that comes is
// printed, no line is sent twice, and those that are lost are told.
func TestDayOfOutages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const day = 24 * time.Hour
		random := rand.New(rand.NewPCG(1, 2))
		s := &service{t: t, state: "up", got: map[string]int{}}
		begun := time.Now()
		go func() {
			for time.Since(begun) < day {
				time.Sleep(time.Duration(random.IntN(1200)) * time.Second)
				s.turn([]string{"refused", "silent", "503", "hangs"}[random.IntN(4)])
				time.Sleep(time.Duration(random.IntN(180)) * time.Second)
				s.turn("up")
			}
		}()
		in, feed := io.Pipe()
		sent := 0
		go func() {
			for ; time.Since(begun) < day; sent++ {
				fmt.Fprintf(feed, "line %d\n", sent+1)
				time.Sleep(3 * time.Second)
			}
			feed.Close()
		}()
		cfg := &session.Config{
			Dial: dial.Config{URL: &url.URL{Scheme: "ws", Host: "test"}, NetDial: s.dial,
				Timeout: 10 * time.Second},
			PingInterval: stayPing, PingTimeout: stayPing,
		}
		d := &reconnect.Dialer{Reason: reasonOf,
			Open: func(ctx context.Context, handle func(*session.Event)) (*session.Session, error) {
				return session.Open(ctx, cfg, handle)
			}}
		var out bytes.Buffer
		told := map[int64]bool{}
		gaps := 0
		var most time.Duration
		p := &repl.Pipe{
			In: in, Delim: '\n', Out: &out, Wait: time.Second, Connect: d.First, Again: d.Again,
			Print: func(dst []byte, ev *session.Event) []byte {
				if ev.Kind != session.KindMessage {
					return dst
				}
				return append(append(dst, ev.Payload...), '\n')
			},
			Status: func(ev *session.Event) {
				if ev.Kind != session.KindGap {
					return
				}
				gaps++
				most = max(most, ev.Gap.Down)
				for n := ev.Gap.From; n > 0 && n <= ev.Gap.To; n++ {
					told[n] = true
				}
			},
		}
		res := p.Run(t.Context())
		if res.Err != nil || res.ConnectErr != nil || res.Unsent || gaps < 100 || s.lives != gaps+1 {
			t.Fatalf("%+v after %v, with %d gaps and %d connections", res, time.Since(begun), gaps, s.lives)
		}
		if most > 4*time.Minute {
			t.Errorf("a gap of %v", most)
		}
		lost, printed := 0, strings.Count(out.String(), "\n")
		for n := 1; n <= sent; n++ {
			switch times := s.got[fmt.Sprintf("line %d", n)]; {
			case times > 1:
				t.Errorf("line %d arrived %d times", n, times)
			case times == 0 && !told[int64(n)]:
				t.Errorf("line %d is lost, and nobody told", n)
			case times == 0:
				lost++
			}
		}
		if printed != len(s.got) || lost > sent/10 {
			t.Errorf("%d lines were sent, %d arrived, %d were printed, %d lost", sent, len(s.got), printed, lost)
		}
		time.Sleep(time.Hour) // for the last outage
		t.Logf("%d lines, %d connections, %d lost and told, longest gap %v", sent, s.lives, lost, most)
	})
}
