package dial

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"wsline/internal/exit"
	"wsline/internal/tap"
)

// A Field is one header field, its name in the case in which it is sent.
type Field struct{ Name, Value string }

// Config says where and how to connect. It is not changed by Dial and may be used by several dials.
type Config struct {
	URL    *url.URL // ws or wss, with a host; for a Unix socket it is for the Host field only
	Socket string   // path of a Unix socket, dialled instead of the URL's host; "" for TCP
	Header []Field  // the user's fields, sent in this order and case
	// RawHeader are fields that are sent as they stand, for testing servers: those with the name of one
	// that the request has already stand in its place, the others come last.
	RawHeader    []Field
	Host         string   // instead of the URL's host in the Host field
	Subprotocols []string // offered, in this order
	// IsToken says which of them are tokens and no names, and do not go to another host with a redirect;
	// nil: none is.
	IsToken  func(subprotocols []string) []bool
	Compress bool // offer permessage-deflate (RFC 7692)
	// ServerWindowBits and ClientWindowBits are the largest window that is then asked of the server, and
	// the largest that we use, 8 to 15, or AnyWindowBits for what the server says; 0: nothing is said.
	ServerWindowBits, ClientWindowBits int
	// Plain asks for the URL as a browser asks for a page, without the fields of an upgrade that are the
	// handshake's own: whatever is answered is then an *Error, with ReasonStatus also for 101.
	Plain     bool
	TLS       TLS
	Proxy     func(*url.URL) (*url.URL, error) // for a ws or wss URL; nil or a nil answer: none
	Redirects int                              // how many redirects are followed; 0: none
	Network   string                           // "tcp" (also ""), "tcp4" or "tcp6"
	Resolve   []Resolve                        // addresses that stand in for DNS
	Resolver  *net.Resolver                    // nil: the system's
	Notice    func(string)                     // told of a redirect followed, a field left out
	ShowURL   func(*url.URL) string            // a URL in a Notice; nil: without its password
	// Hide takes secrets out of what is told of a server's or proxy's answer, and of the end of the
	// connection: of a text, which may have been cut at its end. Messages are not its. nil: none.
	Hide    func(text string, isCut bool) string
	Timeout time.Duration // for all of Dial; 0: only the context's

	// Prefer is the address that was connected to last, a Handshake.Remote as text or an IP address: of
	// those that DNS gives it is tried first, or one of its family when it is not among them, and then
	// the others as ever. Behind a proxy it is the proxy's. "": none is.
	Prefer string
	// UserTimeout is how long what was sent over TCP, to a proxy too, may stay unacknowledged before the
	// system ends the connection (RFC 5482); otherwise that is as long as it sends again, with Linux a
	// quarter of an hour. Linux also counts the time for which a peer has no room left to take more. It
	// is rounded up to whole seconds where the system counts these. 0: the system's, which is also what
	// holds where it cannot be set.
	UserTimeout time.Duration

	// NetDial dials instead of a net.Dialer, when it is not nil: the host's name, or with a
	// Resolver its addresses, several at a time.
	NetDial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// TLS is how a wss connection is secured. The zero value verifies against the system's roots, TLS
// 1.2 or later.
type TLS struct {
	CA         []byte // PEM certificates trusted instead of the system's roots
	Cert       *tls.Certificate
	Insecure   bool   // accept any certificate
	ServerName string // instead of the URL's host, for SNI and verification
	MinVersion uint16 // tls.VersionTLS12 when 0
	KeyLog     io.Writer
}

// Resolve makes Host:Port connect to Address, as curl's --resolve does. The host "*" is any host.
type Resolve struct{ Host, Port, Address string }

// Conn is an upgraded connection.
type Conn struct {
	Tap       *tap.Conn
	Handshake Handshake
}

// Handshake is what was said to open a connection.
type Handshake struct {
	URL               *url.URL // the one connected to, after redirects
	Request, Response []byte   // the heads as they were on the wire
	Status            int
	Header            http.Header // of the response
	Key, Accept       string      // Sec-WebSocket-Key, and the accept value that it calls for
	AcceptGot         string      // the Sec-WebSocket-Accept that was received
	OfferedProtocols  []string    // the subprotocols that the request offers
	OfferedExtensions string      // the extensions that it offers, as they stand there
	Subprotocol       string      // chosen by the server, "" for none
	Extensions        string      // chosen by the server, as it wrote them
	Compressed        bool        // permessage-deflate is in use
	Remote            net.Addr    // that was connected to: the proxy's, where there is one
	Proxy             *url.URL    // nil for none
	TLS               *tls.ConnectionState
	Timings           Timings
}

// Timings are how long each part of the handshake took; 0 for a part that was not needed.
type Timings struct{ DNS, TCP, Proxy, TLS, Upgrade, Total time.Duration }

// Kind is the stage at which a dial failed, one for each exit code.
type Kind int

const (
	KindConnect   Kind = iota // DNS, TCP, the proxy
	KindTLS                   // certificate, name, version
	KindHandshake             // refused, or not a valid answer
	KindTimeout               // Config.Timeout or the context's deadline passed
	KindCanceled              // the context was cancelled
)

// Reason says precisely what failed, so that a hint can be chosen from it.
type Reason int

const (
	ReasonOther Reason = iota
	// KindConnect
	ReasonNameNotFound // DNS knows no such name
	ReasonDNS          // DNS did not answer
	ReasonPortClosed   // connection refused
	ReasonNoRoute      // network or host unreachable
	ReasonNoSocket     // the Unix socket's file is missing or not a socket
	ReasonProxyDial    // the proxy itself cannot be reached
	ReasonProxyTLS     // the https proxy's certificate or TLS is not acceptable
	ReasonProxyOther   // the proxy speaks another protocol than its URL says
	ReasonProxyClosed  // the proxy closed the connection instead of answering
	ReasonProxyAuth    // the proxy wants (other) credentials: 407, SOCKS auth failure
	ReasonProxyRefused // the proxy does not connect on; Status or Reply says why
	// KindTLS
	ReasonNotTLS      // the server does not speak TLS (wss to a plain port)
	ReasonCertUnknown // signed by an unknown authority; Got
	ReasonCertSelf    // signed by itself
	ReasonCertWeak    // signed with an algorithm that can be forged (SHA-1, MD5); Got
	ReasonCertExpired // no longer valid
	ReasonCertNotYet  // not yet valid
	ReasonCertName    // for another name
	ReasonCertOther   // otherwise not acceptable
	ReasonCertMalformed
	ReasonClientCert // the server wants (another) client certificate
	ReasonNoHTTP1    // ALPN: the server does not speak HTTP/1.1
	ReasonServerName // the server knows no such name (SNI); Got
	ReasonTLSVersion // no version in common; Want is the lowest that we take, "1.2" or "1.3"
	ReasonTLSAlert   // the server ended the TLS handshake
	ReasonTLSCiphers // it did, and may share no cipher with us
	ReasonTLSOurs    // we ended what was TLS, with an alert
	// KindHandshake
	ReasonStatus        // a status other than 101 (and not a redirect)
	ReasonRedirect      // a redirect that is not followed; Location says to where
	ReasonRedirectLimit // more redirects than allowed
	ReasonRedirectLoop  // redirects that lead back to a place already visited
	ReasonNotHTTP       // the answer is not HTTP
	ReasonMalformed     // the answer is HTTP, but for a field that is none; Got is its line
	ReasonTLSServer     // the server speaks TLS (ws to a TLS port)
	ReasonHTTP2         // the server speaks HTTP/2 only
	ReasonBroken        // the connection ended before the answer did
	ReasonHeadTooLong   // response head over 64 KiB
	ReasonNoUpgrade     // 101 without "Upgrade: websocket" or "Connection: Upgrade"
	ReasonAccept        // wrong Sec-WebSocket-Accept; Got and Want
	ReasonSubprotocol   // a subprotocol that was not offered; Got
	ReasonExtension     // an extension, or a parameter of one, that was not offered; Got
	// KindTimeout: what was waited for
	ReasonLateDNS
	ReasonLateTCP
	ReasonLateProxy
	ReasonLateTLS
	ReasonLateUpgrade
)

// Error is why a dial failed. Its text is one plain cause in lower case, with the host or value it
// is about.
type Error struct {
	Kind   Kind
	Reason Reason
	URL    *url.URL // the one being connected to
	Proxy  *url.URL // that was to be used, nil for none
	// Handshake is what there was until it failed: fields that were not reached are empty. Nil when
	// nothing was tried, as the Config cannot be used.
	Handshake *Handshake
	Addr      string // host:port or path being dialled, where known
	Status    int    // of the response, where there was one
	Phrase    string // its reason phrase as the server wrote it, "" for an empty one
	Proto     string // "HTTP/1.1", where there was a response
	Header    http.Header
	Body      []byte // the first 4 KiB
	BodyCut   bool   // the body is longer
	Reply     byte   // of a SOCKS proxy (RFC 1928 §6), 0 for none
	Location  string // where a redirect points
	Foreign   string // names of schemes, when the login that is wanted is one that wsline cannot do
	Plain     *Error // what the same request without an upgrade came to; nil: nobody asked
	Got       string
	Want      string
	Text      string // what Error returns
	Err       error  // the cause, nil where there is none
}

func (e *Error) Error() string { return e.Text }
func (e *Error) Unwrap() error { return e.Err }

// Fault is the error in its own words, with the exit code of its kind; that of a Config which cannot
// be used is what was typed wrongly.
func (e *Error) Fault() exit.Fault {
	var usage *exit.UsageError
	if errors.As(e.Err, &usage) {
		return usage.Fault()
	}
	codes := map[Kind]int{
		KindConnect: exit.Connect, KindTLS: exit.TLS, KindHandshake: exit.Handshake,
		KindTimeout: exit.Timeout, KindCanceled: exit.Interrupted,
	}
	return exit.Fault{Message: e.Text, Code: cmp.Or(codes[e.Kind], exit.Own)}
}
