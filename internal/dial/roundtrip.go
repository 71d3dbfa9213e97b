package dial

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"wsline/internal/exit"
	"wsline/internal/tap"
)

// upgrader is the http.RoundTripper that the library gets: it speaks HTTP over a connection that is
// there already. It verifies the answer itself, so that every refusal has its own Reason.
type upgrader struct {
	*attempt
	ctx context.Context
	tap *tap.Conn
	err error // of the round trip
}

// upgrade does the WebSocket handshake over nc and returns the connection, or why there is none.
func (a *attempt) upgrade(ctx context.Context, nc net.Conn) (*Conn, error) {
	a.stage = stageUpgrade
	start := time.Now()
	defer func() { a.timings.Upgrade += time.Since(start) }()
	if login := a.steps.login; login != nil {
		a.login = login.Field("GET", a.cfg.URL.RequestURI())
	}
	u := &upgrader{attempt: a, ctx: ctx, tap: tap.New(nc)}
	o := offerOf(a.fields(""))
	// Of the request that the library makes only the key is used, of the connection nothing.
	ws, _, err := websocket.Dial(ctx, "ws://peer/", &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: u}, Subprotocols: o.subprotocols,
	})
	if err != nil {
		if u.err == nil {
			u.tap.Close() // verified, and yet refused by the library: the tap's writer runs
			u.err = a.fail(ctx, &Error{Kind: KindHandshake, Text: plain(err), Err: err})
		}
		return nil, u.err
	}
	_ = ws.CloseNow() // closes what noConn is
	return &Conn{Tap: u.tap}, nil
}

// noConn is what the library gets for a connection.
type noConn struct{}

func (noConn) Read([]byte) (int, error)  { return 0, io.EOF }
func (noConn) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
func (noConn) Close() error              { return nil }

// RoundTrip sends our own request with the key of the library's, and answers with what was verified.
func (u *upgrader) RoundTrip(req *http.Request) (*http.Response, error) {
	fields := u.fields(req.Header.Get("Sec-WebSocket-Key"))
	o := offerOf(fields)
	u.hs.Request = u.request(fields)
	u.hs.Key, u.hs.Accept = o.key, acceptKey(o.key)
	u.hs.OfferedProtocols = o.subprotocols
	u.hs.OfferedExtensions = strings.Join(valuesOf(fields, "Sec-WebSocket-Extensions"), ", ")
	resp, e := u.exchange()
	if e == nil {
		u.hs.Status, u.hs.Header = resp.StatusCode, resp.Header
	}
	if e == nil && (resp.StatusCode != http.StatusSwitchingProtocols || u.cfg.Plain) {
		// A status is known, and says more than a context that ended during the body.
		e = u.refused(resp)
		u.err = u.complete(e)
		return nil, u.err
	}
	if e == nil {
		if e = o.verify(resp, u.hs); e != nil {
			e.Text = u.peer() + " " + e.Text
		}
	}
	if e != nil {
		u.err = u.fail(u.ctx, e)
		return nil, u.err
	}
	u.tap.Frames()
	lib := u.hs.forLibrary(req)
	lib.Body = noConn{}
	return lib, nil
}

// exchange writes the request and reads the head of the answer. Answers of 1xx other than 101
// announce another one (RFC 9110 §15.2).
func (u *upgrader) exchange() (*http.Response, *Error) {
	// A server may refuse and close before it has read all: then its answer counts, not this error.
	_, writeErr := u.tap.Write(u.hs.Request)
	for left := maxHead; ; {
		head, err := u.readHead(left)
		u.hs.Response = head
		if err != nil {
			if isBroken(err) && len(head) == 0 && writeErr != nil {
				err = writeErr
			}
			return nil, u.answerError(head, err)
		}
		left -= len(head)
		resp, err := parseHead(head)
		if err != nil {
			return nil, u.malformed(head, err)
		}
		if resp.StatusCode/100 != 1 || resp.StatusCode == http.StatusSwitchingProtocols {
			return resp, nil
		}
	}
}

var errNotHTTP = errors.New("not an HTTP response")

const (
	httpPrefix = "HTTP/"
	tlsAlert   = "\x15\x03" // a TLS record of type alert, version 3.x
)

// readHead reads one response head. It looks at the first bytes as they come: who does not speak
// HTTP may never send the empty line that ends a head. With an error come the bytes that were read.
func (u *upgrader) readHead(limit int) ([]byte, error) {
	var buf [len(httpPrefix)]byte
	first := buf[:0]
	for len(first) < len(buf) {
		n, err := u.tap.Read(buf[len(first):])
		first = buf[:len(first)+n]
		if err != nil && n == 0 {
			return first, err
		}
		if s := string(first); !strings.HasPrefix(httpPrefix, s) &&
			!strings.HasPrefix(tlsAlert, s) {
			return first, errNotHTTP
		}
	}
	rest, err := u.tap.ReadHead(max(0, limit-len(first)))
	return append(first, rest...), err
}

// isHTTP2 reports whether an answer begins as HTTP/2 frames do: a server's first one is SETTINGS, or
// it gives up with GOAWAY (RFC 9113 §3.4, §4.1).
func isHTTP2(got []byte) bool {
	const size, settings, goAway = 4, 0x4, 0x7 // the length in three bytes, and the type
	return len(got) >= size && got[0] == 0 && got[1] == 0 &&
		(got[3] == settings && got[2]%6 == 0 || got[3] == goAway)
}

// answerError says why there is no response head.
func (u *upgrader) answerError(got []byte, err error) *Error {
	e := &Error{Kind: KindHandshake, Err: err, Got: firstLine(got)}
	alert, isAlert := remoteAlert(err)
	ours, isOurs := localAlert(err)
	switch {
	case isAlert:
		// With TLS 1.3 a server judges the client's certificate after our side of the handshake.
		return u.alertError(alert, err)
	case isOurs:
		e.Kind, e.Reason = KindTLS, ReasonTLSOurs
		e.Text = "TLS with " + u.peer() + " ended with an alert of wsline's: " + alertText(ours)
	case strings.HasPrefix(string(got), tlsAlert):
		e.Reason, e.Text = ReasonTLSServer, u.peer()+" speaks TLS"
	case errors.Is(err, errNotHTTP) && isHTTP2(got):
		e.Reason, e.Text = ReasonHTTP2, u.peer()+" speaks HTTP/2 only: it answered with its frames"
	case errors.Is(err, errNotHTTP):
		e.Reason = ReasonNotHTTP
		e.Text = u.peer() + " does not speak HTTP: its answer begins " + exit.Quote(e.Got)
	case errors.Is(err, tap.ErrHeadTooLong):
		e.Reason = ReasonHeadTooLong
		e.Text = "the response head of " + u.peer() + " is longer than 64 KiB"
	case len(got) > 0:
		e.Reason = ReasonBroken
		e.Text = u.peer() + " closed the connection in the middle of its answer"
	default:
		e.Reason = ReasonBroken
		e.Text = u.peer() + " closed the connection without an answer to the upgrade request"
	}
	return e
}
