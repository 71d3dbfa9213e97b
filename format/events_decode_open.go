package format

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"wsline/internal/dial"
)

type jsonOpen struct {
	URL      *string   `json:"url"`
	Connect  string    `json:"connect"`
	Status   *int      `json:"status"`
	Request  *jsonHead `json:"request"`
	Response *jsonHead `json:"response"`
	Key      string    `json:"key"`
	Accept   struct {
		Expected string `json:"expected"`
		Received string `json:"received"`
	} `json:"accept"`
	Subprotocols struct {
		Offered []string `json:"offered"`
		Chosen  string   `json:"chosen"`
	} `json:"subprotocols"`
	Extensions struct {
		Offered string `json:"offered"`
		Chosen  string `json:"chosen"`
	} `json:"extensions"`
	Compressed bool        `json:"compressed"`
	Remote     *jsonRemote `json:"remote"`
	Proxy      *string     `json:"proxy"`
	TLS        *jsonTLS    `json:"tls"`
	Timings    struct {
		DNS     seconds `json:"dns"`
		TCP     seconds `json:"tcp"`
		Proxy   seconds `json:"proxy"`
		TLS     seconds `json:"tls"`
		Upgrade seconds `json:"upgrade"`
		Total   seconds `json:"total"`
	} `json:"timings"`
}

// jsonHead is the head of a request or a response: its lines, or its bytes.
type jsonHead struct {
	Line   string     `json:"line"`
	Fields [][]string `json:"fields"`
	Base64 []byte     `json:"base64"`
}

type jsonRemote struct {
	Network string `json:"network"`
	Address string `json:"address"`
}

type jsonTLS struct {
	Version     string `json:"version"`
	Cipher      string `json:"cipher"`
	ALPN        string `json:"alpn"`
	ServerName  string `json:"server_name"`
	Verified    bool   `json:"verified"`
	Certificate *struct {
		DER []byte `json:"der"`
	} `json:"certificate"`
}

// handshake is nil for a line that says nothing of it.
func (l *jsonLine) handshake() (*dial.Handshake, error) {
	if l.Status == nil {
		return nil, nil
	}
	h := &dial.Handshake{
		Status: *l.Status, Key: l.Key, Accept: l.Accept.Expected, AcceptGot: l.Accept.Received,
		OfferedProtocols: l.Subprotocols.Offered, Subprotocol: l.Subprotocols.Chosen,
		OfferedExtensions: l.Extensions.Offered, Extensions: l.Extensions.Chosen,
		Compressed: l.Compressed, Remote: l.Remote.addr(),
		Timings: dial.Timings{
			DNS: time.Duration(l.Timings.DNS), TCP: time.Duration(l.Timings.TCP),
			Proxy: time.Duration(l.Timings.Proxy), TLS: time.Duration(l.Timings.TLS),
			Upgrade: time.Duration(l.Timings.Upgrade), Total: time.Duration(l.Timings.Total),
		},
	}
	var err error
	if h.URL, err = hiddenURL(l.URL); err != nil {
		return nil, err
	}
	if h.Proxy, err = hiddenURL(l.Proxy); err != nil {
		return nil, err
	}
	if h.Request, err = l.Request.bytes(); err != nil {
		return nil, err
	}
	if h.Response, err = l.Response.bytes(); err != nil {
		return nil, err
	}
	h.Header = headerOf(h.Response)
	h.TLS, err = l.TLS.state()
	return h, err
}

// hiddenURL parses a URL in which secrets may be hidden.
func hiddenURL(s *string) (*url.URL, error) {
	if s == nil {
		return nil, nil
	}
	u, err := url.Parse(strings.Replace(*s, "//<hidden>@", "//", 1))
	if err != nil {
		return nil, fmt.Errorf("%s is not a URL", shown(*s))
	}
	if usual, err := url.Parse(u.String()); err == nil {
		u = usual // one that was written in another way, such as with a blank
	}
	if strings.Contains(*s, "//<hidden>@") {
		u.User = url.User("hidden")
	}
	return u, nil
}

func (h *jsonHead) bytes() ([]byte, error) {
	if h == nil {
		return nil, nil
	}
	if len(h.Base64) > 0 {
		return h.Base64, nil
	}
	fields := make([]dial.Field, len(h.Fields))
	for i, f := range h.Fields {
		if len(f) != 2 {
			return nil, fmt.Errorf("a field of %d strings, not of a name and a value", len(f))
		}
		fields[i] = dial.Field{Name: f[0], Value: f[1]}
	}
	return joinHead(h.Line, fields), nil
}

// headerOf are the fields of a response's head; nil when there are none.
func headerOf(head []byte) http.Header {
	_, fields, ok := splitHead(head)
	if !ok {
		return nil
	}
	header := make(http.Header, len(fields))
	for _, f := range fields {
		header.Add(f.Name, f.Value)
	}
	return header
}

// textAddr is an address as it was written.
type textAddr struct{ network, address string }

func (a textAddr) Network() string { return a.network }
func (a textAddr) String() string  { return a.address }

func (r *jsonRemote) addr() net.Addr {
	if r == nil {
		return nil
	}
	switch r.Network {
	case "tcp":
		if a, err := netip.ParseAddrPort(r.Address); err == nil {
			return net.TCPAddrFromAddrPort(a)
		}
	case "unix":
		return &net.UnixAddr{Name: r.Address, Net: "unix"}
	}
	return textAddr{r.Network, r.Address}
}

// state is nil for a connection without TLS.
func (t *jsonTLS) state() (*tls.ConnectionState, error) {
	if t == nil {
		return nil, nil
	}
	state := &tls.ConnectionState{
		HandshakeComplete: true, Version: tlsVersion(t.Version), CipherSuite: cipherSuite(t.Cipher),
		NegotiatedProtocol: t.ALPN, ServerName: t.ServerName,
	}
	if t.Certificate == nil || len(t.Certificate.DER) == 0 {
		return state, nil
	}
	cert, err := x509.ParseCertificate(t.Certificate.DER)
	if err != nil {
		return nil, fmt.Errorf("a certificate that cannot be read: %w", err)
	}
	state.PeerCertificates = []*x509.Certificate{cert}
	if t.Verified {
		state.VerifiedChains = [][]*x509.Certificate{state.PeerCertificates}
	}
	return state, nil
}

// tlsVersion is the version with a name that tls.VersionName gives, 0 for none.
func tlsVersion(name string) uint16 {
	for v := uint16(tls.VersionTLS10); v <= tls.VersionTLS13; v++ {
		if tls.VersionName(v) == name {
			return v
		}
	}
	return hexNumber(name)
}

func cipherSuite(name string) uint16 {
	for _, c := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if c.Name == name {
			return c.ID
		}
	}
	return hexNumber(name)
}

// hexNumber reads what stands for what has no name: 0x1301.
func hexNumber(s string) uint16 {
	n, _ := strconv.ParseUint(strings.TrimPrefix(s, "0x"), 16, 16)
	return uint16(n)
}
