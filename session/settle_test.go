package session

import (
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"wsline/internal/tap"
	"wsline/internal/wire"
	"wsline/internal/wstest"
)

// cutConn takes so many bytes more, once it is armed, and is reset then.
type cutConn struct {
	net.Conn
	armed bool
	left  int
}

func (c *cutConn) Write(p []byte) (int, error) {
	switch {
	case !c.armed:
		return c.Conn.Write(p)
	case len(p) <= c.left:
		c.left -= len(p)
		return c.Conn.Write(p)
	}
	n, _ := c.Conn.Write(p[:c.left])
	c.left = 0
	c.Conn.Close()
	return n, syscall.ECONNRESET
}

// A connection that breaks at any byte leaves no doubt about which messages have left.
func TestSettleAtEveryByte(t *testing.T) {
	long := strings.Repeat("long ", 4000)
	for _, tt := range []struct {
		name string
		cfg  Config
		most int
		list []string
	}{
		{"gathered", Config{}, 200, []string{"", "one", "two", "three", strings.Repeat("x", 130)}},
		{"watched", Config{Watch: true}, 40, []string{"one", "two", "three"}},
		{"lines", Config{LineEnd: "\r\n"}, 60, []string{"one", "two", "three"}},
		{"compressed", Config{Dial: compressed}, 200, []string{"a", strings.Repeat("ab", 200), "b"}},
		{"long", Config{}, 60, []string{"before", long, "after"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for cut := range tt.most {
				synctest.Test(t, func(t *testing.T) { settleAt(t, tt.cfg, tt.list, cut) })
			}
		})
	}
}

func settleAt(t *testing.T, cfg Config, list []string, cut int) {
	var got []string
	offer := ""
	if cfg.Dial.Compress {
		offer = "permessage-deflate"
	}
	nc := &cutConn{left: cut}
	nc.Conn = wstest.Pipe(t, func(p *wstest.Peer) {
		if offer != "" {
			p.Accept(wstest.Extensions(offer))
		} else {
			p.Accept()
		}
		for {
			h, payload, err := p.ReadFrame()
			if err != nil {
				return
			}
			if h.Opcode == wire.OpText {
				got = append(got, string(payload))
			}
		}
	})
	conn := handshake(t, tap.New(nc), offer)
	nc.armed = true
	s := start(conn, &cfg, func(*Event) {})
	b := s.NewBatch().Settled()
	var pieces [][]byte
	for _, m := range list {
		pieces = append(pieces, []byte(m))
	}
	_, err := b.SendAll(wire.OpText, pieces)
	left, serr := b.Settle()
	if err == nil && serr == nil {
		s.Drop()
	}
	s.Wait()
	synctest.Wait()
	begun := 0 // by how many bytes may leave
	for at := 0; begun < len(list) && at < cut; begun++ {
		at += frameSize(list[begun]+cfg.LineEnd, cfg)
	}
	if !cfg.Dial.Compress && left != begun {
		t.Errorf("cut at %d: %d messages have left, want %d", cut, left, begun)
	}
	if serr == nil && (err != nil || left < len(list)) {
		t.Errorf("cut at %d: %d messages are all", cut, left)
	}
	if len(got) > left || left > len(got)+1 {
		t.Errorf("cut at %d: %d messages have left, %d came: %q", cut, left, len(got), fmt.Sprint(got))
	}
}

func frameSize(m string, cfg Config) int {
	h := wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Length: int64(len(m))}
	return len(h.Append(nil)) + len(m)
}
