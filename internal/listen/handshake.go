package listen

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"wsline/internal/dial"
	"wsline/internal/tap"
	"wsline/internal/wire"
)

const (
	maxHead   = 64 << 10 // bytes of a request's head
	maxBlank  = 4        // CRs and LFs before it
	tlsRecord = 0x16     // the first byte of a client that begins with TLS
)

var (
	// errTLS is a client that speaks TLS where it is not spoken.
	errTLS = errors.New("the client speaks TLS, but this port does not: it is for ws://")
	// errCrowded is a client that was turned away from the door.
	errCrowded = errors.New("no request came, and others were waiting to send theirs")
)

// read does what comes before a request can be handled: TLS, its head, the rules. It is false when
// that has not let the client in.
func (s *Server) read(r *Request) bool {
	_ = r.raw.SetDeadline(time.Now().Add(headTime))
	f, err := r.begin()
	if s.isCrowded(r) {
		f, err = nil, errCrowded
	}
	if err == nil && f == nil {
		var ok bool
		if r.ID, ok = s.enter(); ok {
			_ = r.raw.SetDeadline(time.Time{})
			return true
		}
		f = &refusal{status: http.StatusServiceUnavailable, body: "there are too many clients",
			fields: []dial.Field{{Name: "Retry-After", Value: "5"}}}
	}
	if f != nil {
		s.log(fmt.Sprintf("%s was refused with %d: %s", r.Remote, f.status, f.text()))
		refuse(r.nc, *f)
	} else if text := reason(err); text != "" {
		s.log(fmt.Sprintf("%s: %s", r.Remote, text))
	}
	_ = r.nc.Close()
	s.forget(r)
	return false
}

// reason says why there was no request, "" for nothing worth a word: a client that only knocks.
func reason(err error) string {
	var late net.Error
	switch {
	case errors.Is(err, errTLS), errors.Is(err, errCrowded):
		return err.Error()
	case errors.As(err, &late) && late.Timeout():
		return "no request came within " + headTime.String()
	}
	var record tls.RecordHeaderError
	var alert tls.AlertError
	if errors.As(err, &record) || errors.As(err, &alert) || strings.HasPrefix(err.Error(), "tls: ") ||
		strings.HasPrefix(err.Error(), "remote error: ") {
		return "no TLS: " + strings.TrimPrefix(strings.TrimPrefix(err.Error(), "remote error: "), "tls: ")
	}
	return ""
}

// begin reads the request and fills in what it says. A refusal is for the client; an error says
// that nothing can be said to it.
func (r *Request) begin() (*refusal, error) {
	if cfg := r.server.cfg.TLS; cfg != nil {
		if f, err := r.secure(cfg); f != nil || err != nil {
			return f, err
		}
	}
	r.tap = tap.New(r.nc)
	head, err := readHead(r.tap)
	r.Head = head
	switch {
	case errors.Is(err, tap.ErrHeadTooLong):
		return &refusal{status: http.StatusRequestHeaderFieldsTooLarge,
			body: "the request is longer than 64 KiB"}, nil
	case err != nil && len(head) > 0 && isTimeout(err):
		return &refusal{status: http.StatusRequestTimeout,
			body: "the request did not end within " + headTime.String()}, nil
	case err != nil:
		return nil, err
	}
	req, f := parseRequest(head)
	if f != nil {
		return f, nil
	}
	if f := r.server.cfg.admit(req); f != nil {
		return f, nil
	}
	return r.agree(req), nil
}

func isTimeout(err error) bool {
	var late net.Error
	return errors.As(err, &late) && late.Timeout()
}

// secure does the TLS handshake. Who speaks HTTP gets an answer in HTTP.
func (r *Request) secure(cfg *tls.Config) (*refusal, error) {
	ctx, cancel := context.WithTimeout(context.Background(), headTime)
	defer cancel()
	tc := tls.Server(r.nc, cfg)
	if err := tc.HandshakeContext(ctx); err != nil {
		var record tls.RecordHeaderError
		if errors.As(err, &record) && record.Conn != nil && isMethod(record.RecordHeader[:]) {
			return &refusal{status: http.StatusBadRequest, body: "this port speaks TLS: use wss://"}, nil
		}
		return nil, err
	}
	state := tc.ConnectionState()
	r.handshake.TLS = &state
	r.nc = tc
	return nil, nil
}

func isMethod(b []byte) bool {
	for _, c := range b {
		if (c < 'A' || c > 'Z') && c != ' ' && c != '/' {
			return false
		}
	}
	return true
}

// readHead reads the head of a request, without empty lines that stand before it (RFC 9112 §2.2).
func readHead(t *tap.Conn) ([]byte, error) {
	var first [1]byte
	for n := 0; n == 0 || n <= maxBlank && (first[0] == '\r' || first[0] == '\n'); n++ {
		if _, err := t.Read(first[:]); err != nil {
			return nil, err
		}
		if n == 0 && first[0] == tlsRecord {
			return nil, errTLS
		}
	}
	rest, err := t.ReadHead(maxHead - 1)
	return append(first[:], rest...), err
}

var headReaders = sync.Pool{New: func() any { return bufio.NewReader(nil) }}

// parseRequest reads a head and checks it against RFC 6455 §4.2.1.
func parseRequest(head []byte) (*http.Request, *refusal) {
	in := headReaders.Get().(*bufio.Reader)
	defer headReaders.Put(in) // a request that has a body is refused
	in.Reset(bytes.NewReader(head))
	req, err := http.ReadRequest(in)
	if err != nil {
		return nil, &refusal{status: http.StatusBadRequest, body: "this is not an HTTP/1.1 request"}
	}
	h := req.Header
	upgrade := []dial.Field{
		{Name: "Upgrade", Value: "websocket"}, {Name: "Connection", Value: "Upgrade"},
	}
	switch {
	case !req.ProtoAtLeast(1, 1) || req.ProtoMajor > 1:
		return nil, &refusal{status: http.StatusHTTPVersionNotSupported, body: "HTTP/1.1 is needed"}
	case req.Method != http.MethodGet:
		return nil, &refusal{status: http.StatusMethodNotAllowed, body: "the method must be GET",
			fields: []dial.Field{{Name: "Allow", Value: "GET"}}}
	case !isTarget(req):
		return nil, &refusal{status: http.StatusBadRequest,
			body: fmt.Sprintf("a GET cannot ask for %q", short(req.RequestURI))}
	case req.Host == "":
		return nil, &refusal{status: http.StatusBadRequest, body: "the Host field is missing"}
	case !isHost(hostField(in, head)):
		return nil, &refusal{status: http.StatusBadRequest,
			body: fmt.Sprintf("%q is no Host", hostField(in, head))}
	case req.ContentLength != 0:
		return nil, &refusal{status: http.StatusBadRequest, body: "the request has a body"}
	case !hasToken(h, "Upgrade", "websocket"), !hasToken(h, "Connection", "upgrade"):
		return nil, &refusal{status: http.StatusUpgradeRequired, fields: upgrade,
			body: "this is a WebSocket endpoint"}
	case strings.Join(h.Values("Sec-Websocket-Version"), ",") != "13":
		return nil, &refusal{status: http.StatusUpgradeRequired, body: "the version must be 13",
			fields: append(upgrade, dial.Field{Name: "Sec-WebSocket-Version", Value: "13"})}
	case !isKey(h.Values("Sec-Websocket-Key")):
		return nil, &refusal{status: http.StatusBadRequest,
			body: "Sec-WebSocket-Key must be there once, with 16 bytes in base64"}
	}
	return req, nil
}

// isTarget says whether the target of a GET is a path, or a whole URL, whose host then counts and
// not that of the Host field. "*" is for OPTIONS, and a host with a port for CONNECT (RFC 9112
// §3.2); a fragment is no part of either (RFC 6455 §3).
func isTarget(req *http.Request) bool {
	switch u := req.URL; {
	case strings.Contains(req.RequestURI, "#"):
		return false
	case u.Scheme != "":
		return slices.Contains([]string{"ws", "wss", "http", "https"}, u.Scheme) && u.Host != ""
	}
	return strings.HasPrefix(req.RequestURI, "/")
}

// short is as much of what a client sent as is told.
func short(s string) string { return s[:min(len(s), 100)] }

// hostField is the value of the Host field of a head, which http.ReadRequest takes out, and of which it
// takes no second one.
func hostField(in *bufio.Reader, head []byte) string {
	in.Reset(bytes.NewReader(head))
	text := textproto.NewReader(in)
	_, _ = text.ReadLine()
	h, _ := text.ReadMIMEHeader() // its errors were http.ReadRequest's
	return h.Get("Host")
}

// isHost says whether a Host field is a host with or without a port (RFC 9112 §3.2, RFC 9110 §7.2).
func isHost(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`/?#@"<>`, c) >= 0 {
			return false
		}
	}
	u, err := url.Parse("ws://" + s)
	return err == nil && u.Hostname() != ""
}

// hasToken reports whether one of the elements of a field is token, in any case.
func hasToken(h http.Header, name, token string) bool {
	for element := range elements(h, name) {
		if strings.EqualFold(element, token) {
			return true
		}
	}
	return false
}

// elements are those of a field that is a list (RFC 9110 §5.6.1), but the empty ones.
func elements(h http.Header, name string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for element := range strings.SplitSeq(strings.Join(h.Values(name), ","), ",") {
			if element = strings.Trim(element, " \t"); element != "" && !yield(element) {
				return
			}
		}
	}
}

func isKey(values []string) bool {
	if len(values) != 1 {
		return false
	}
	b, err := base64.StdEncoding.DecodeString(values[0])
	return err == nil && len(b) == 16
}

// agree fills in what the request asks for and what is agreed to; it may be refused for that.
func (r *Request) agree(req *http.Request) *refusal {
	cfg := r.server.cfg
	r.Header = req.Header
	r.URL = &url.URL{Scheme: r.server.Scheme(), Host: req.Host, Path: req.URL.Path,
		RawPath: req.URL.RawPath, RawQuery: req.URL.RawQuery}
	h := &r.handshake
	h.URL, h.Request, h.Remote = r.URL, r.Head, r.Remote
	h.Key = req.Header.Get("Sec-Websocket-Key")
	h.Accept = wire.Accept(h.Key)
	for name := range elements(req.Header, "Sec-Websocket-Protocol") {
		h.OfferedProtocols = append(h.OfferedProtocols, name)
	}
	h.OfferedExtensions = strings.Join(req.Header.Values("Sec-Websocket-Extensions"), ", ")
	if h.Subprotocol = cfg.subprotocol(h.OfferedProtocols); h.Subprotocol == "" &&
		cfg.RequireSubprotocol {
		return &refusal{status: http.StatusBadRequest,
			body: "one of these subprotocols must be offered: " + strings.Join(cfg.Subprotocols, ", ")}
	}
	r.Subprotocol = h.Subprotocol
	if cfg.Compress {
		h.Extensions = deflate(h.OfferedExtensions)
		h.Compressed = h.Extensions != ""
	}
	return nil
}
