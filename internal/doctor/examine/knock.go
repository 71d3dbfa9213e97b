package examine

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"wsline/internal/dial"
	"wsline/session"
)

const (
	patience = time.Second            // for what a server says after an upgrade
	echoes   = 100 * time.Millisecond // for the end that follows what it said
)

// knock opens a connection, waits for what the server makes of it, and closes it properly. A server
// that goes on sending is not listened to.
func knock(ctx context.Context, cfg *session.Config) *outcome {
	politely(&cfg.Dial)
	start := time.Now()
	l := &listener{heard: make(chan struct{}, 1)}
	s, err := session.Open(ctx, cfg, l.handle)
	if err != nil {
		return &outcome{err: err, took: time.Since(start)}
	}
	await(ctx, s, l.heard, patience)
	await(ctx, s, nil, echoes)
	o := &outcome{shake: s.Handshake(), took: time.Since(start)}
	select {
	case <-s.Done():
		o.end = s.Wait()
	default:
		_ = s.Close(1000, "") // who closed before us has let us in too
		await(ctx, s, nil, 2*closing)
		s.Drop()
		s.Wait()
	}
	if o.spoke = l.spoke; o.end != nil {
		errors.As(o.end.Err, &o.http)
	}
	return o
}

// await waits for the end of a session, or for something to be heard.
func await(ctx context.Context, s *session.Session, heard <-chan struct{}, limit time.Duration) {
	select {
	case <-heard:
	case <-s.Done():
	case <-ctx.Done():
	case <-time.After(limit):
	}
}

// A listener hears what comes. Its fields are the session's until that is over.
type listener struct {
	heard chan struct{}
	spoke bool
}

func (l *listener) handle(ev *session.Event) {
	switch ev.Kind {
	case session.KindMessage, session.KindMessages, session.KindPing:
		l.spoke = true
	case session.KindClose:
	default:
		return
	}
	select {
	case l.heard <- struct{}{}:
	default:
	}
}

// withoutUpgrade is the configuration of the same request without an upgrade: as a browser asks for
// a page.
func withoutUpgrade(d dial.Config) dial.Config {
	isUpgrades := func(f dial.Field) bool {
		name := strings.ToLower(f.Name)
		return name == "upgrade" || name == "connection" || strings.HasPrefix(name, "sec-websocket-")
	}
	d.Plain, d.Compress, d.Subprotocols = true, false, nil
	d.Header = slices.DeleteFunc(slices.Clone(d.Header), isUpgrades)
	d.RawHeader = slices.DeleteFunc(slices.Clone(d.RawHeader), isUpgrades)
	return d
}

// politely makes connections end with a FIN: a socket that is closed with something unread in it
// sends a reset, which a server takes for a fault.
func politely(d *dial.Config) {
	open := d.NetDial
	if open == nil {
		open = new(net.Dialer).DialContext
		d.Resolver = cmp.Or(d.Resolver, net.DefaultResolver) // looked up as without a NetDial
	}
	d.NetDial = func(ctx context.Context, network, address string) (net.Conn, error) {
		nc, err := open(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return polite{nc}, nil
	}
}

type polite struct{ net.Conn }

// CloseWrite ends what we send.
func (c polite) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Close reads what is on its way, a little of it.
func (c polite) Close() error {
	const most, wait = 64 << 10, 50 * time.Millisecond
	_ = c.CloseWrite()
	_ = c.SetDeadline(time.Now().Add(wait)) // wakes who waits for it, too
	unread := make([]byte, 4<<10)
	for n, total := 0, 0; total < most; total += n {
		var err error
		if n, err = c.Read(unread); err != nil {
			break
		}
	}
	return c.Conn.Close()
}
