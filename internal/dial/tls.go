package dial

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"reflect"
	"slices"
	"strings"
	"time"

	"wsline/internal/exit"
)

// TLS alerts that say more than that the handshake failed (RFC 8446 §6).
const (
	alertHandshakeFailure    = 40
	alertInsufficient        = 71
	alertBadCertificate      = 42
	alertUnknownCA           = 48
	alertAccessDenied        = 49
	alertProtocolVersion     = 70
	alertUnrecognizedName    = 112
	alertCertificateRequired = 116
	alertNoApplication       = 120
)

// secure does the TLS handshake with the host.
func (a *attempt) secure(ctx context.Context, nc net.Conn) (*tls.Conn, error) {
	a.stage = stageTLS
	start := time.Now()
	defer func() { a.timings.TLS += time.Since(start) }()
	cfg, err := a.cfg.TLS.forHost(a.cfg.URL.Hostname())
	if err != nil {
		return nil, a.fail(ctx, &Error{Kind: KindTLS, Text: plain(err), Err: err})
	}
	cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		a.certAsked = true
		if a.cfg.TLS.Cert != nil {
			return a.cfg.TLS.Cert, nil // whichever authorities are asked for: the server judges
		}
		return &tls.Certificate{}, nil
	}
	watch := &tlsWatch{Conn: nc}
	tc := tls.Client(watch, cfg)
	err = tc.Handshake()
	a.hs.TLS = tlsState(tc, err)
	if err != nil {
		return nil, a.fail(ctx, a.tlsError(err, watch))
	}
	return tc, nil
}

// tlsState is what was agreed until err, nil when no answer of the server came so far. crypto/tls
// keeps a certificate that it does not accept in the error only.
func tlsState(tc *tls.Conn, err error) *tls.ConnectionState {
	state := tc.ConnectionState()
	if state.Version == 0 {
		return nil
	}
	var verification *tls.CertificateVerificationError
	if errors.As(err, &verification) {
		state.PeerCertificates = verification.UnverifiedCertificates
	}
	return &state
}

// serverName is the name that the server is asked for.
func (a *attempt) serverName() string {
	return cmp.Or(a.cfg.TLS.ServerName, a.cfg.URL.Hostname())
}

// forHost is the configuration for a host named so in the URL.
func (t *TLS) forHost(host string) (*tls.Config, error) {
	cfg := &tls.Config{
		ServerName:         t.ServerName,
		MinVersion:         t.MinVersion,
		NextProtos:         []string{"http/1.1"},
		InsecureSkipVerify: t.Insecure,
		KeyLogWriter:       t.KeyLog,
		// With TLS 1.2 a server may ask for the client's certificate once it knows the path.
		Renegotiation: tls.RenegotiateOnceAsClient,
	}
	if cfg.ServerName == "" {
		name, _, _ := strings.Cut(host, "%") // an IPv6 zone means nothing to the other side
		cfg.ServerName = strings.TrimSuffix(name, ".")
	}
	if cfg.MinVersion == 0 {
		cfg.MinVersion = tls.VersionTLS12
	}
	if len(t.CA) == 0 {
		return cfg, nil
	}
	cfg.RootCAs = x509.NewCertPool()
	return cfg, addCA(cfg.RootCAs, t.CA)
}

// forProxy is the configuration for an https proxy: its certificate is always verified, against the
// system's roots and CA, and no client certificate goes to it.
func (t *TLS) forProxy(host string) (*tls.Config, error) {
	system := TLS{MinVersion: t.MinVersion, KeyLog: t.KeyLog}
	cfg, err := system.forHost(host)
	if err != nil || len(t.CA) == 0 {
		return cfg, err
	}
	if cfg.RootCAs, err = x509.SystemCertPool(); err != nil {
		cfg.RootCAs = x509.NewCertPool()
	}
	return cfg, addCA(cfg.RootCAs, t.CA)
}

func addCA(pool *x509.CertPool, pem []byte) error {
	if pool.AppendCertsFromPEM(pem) {
		return nil
	}
	return &exit.UsageError{
		Text: "no certificate in the CA file", Hint: "a CA file holds certificates in PEM form",
	}
}

// tlsError says why a TLS handshake failed.
func (a *attempt) tlsError(err error, watch *tlsWatch) *Error {
	if e := a.certError(err); e != nil {
		return e
	}
	if alert, ok := remoteAlert(err); ok {
		return a.alertError(alert, err)
	}
	e := &Error{Kind: KindTLS, Err: err}
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &record):
		e.Reason, e.Text = ReasonNotTLS, a.peer()+" does not speak TLS"
		e.Got = string(record.RecordHeader[:])
	case isBroken(err) && !watch.answered:
		e.Reason = ReasonNotTLS
		e.Text = a.peer() + " closed the connection instead of answering the TLS handshake"
	case isBroken(err):
		e.Reason, e.Text = ReasonTLSAlert, a.peer()+" broke off the TLS handshake"
	case watch.sent == alertProtocolVersion:
		return a.versionError(err)
	case strings.HasPrefix(err.Error(), badCertificate):
		// crypto/tls has no type for it. Without -k it would be refused as well.
		e.Reason = ReasonCertMalformed
		e.Text = "the certificate of " + a.peer() + " cannot be read: " +
			strings.TrimPrefix(strings.TrimPrefix(err.Error(), badCertificate), "x509: ")
	default:
		e.Text = "the TLS handshake with " + a.peer() + " failed: " +
			plain(err)
	}
	return e
}

// badCertificate begins the error of crypto/tls for a certificate that is malformed.
const badCertificate = "tls: failed to parse certificate from server: "

// certError is the error for a certificate that is not acceptable, nil for any other error.
func (a *attempt) certError(err error) *Error {
	var verification *tls.CertificateVerificationError
	if !errors.As(err, &verification) {
		return nil
	}
	e := &Error{Kind: KindTLS, Reason: ReasonCertOther, Err: err}
	subject := "the certificate of " + a.peer()
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown):
		a.unknownAuthority(e, verification.UnverifiedCertificates[0])
	case errors.As(err, &name):
		e.Reason, e.Want, e.Got = ReasonCertName, name.Host, certNames(name.Certificate)
		e.Text = subject + " is for " + exit.Quote(e.Got) + ", not for " + exit.Quote(e.Want)
		if e.Got == "" {
			e.Text = subject + " is for no name, not for " + exit.Quote(e.Want)
			if name.Certificate.Subject.CommonName != "" {
				e.Text += ": a common name alone no longer counts"
			}
		}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		const day = "2006-01-02"
		if c := invalid.Cert; time.Now().Before(c.NotBefore) {
			e.Reason = ReasonCertNotYet
			e.Text = subject + " is not valid before " + c.NotBefore.Format(day)
		} else {
			e.Reason, e.Text = ReasonCertExpired, subject+" expired on "+c.NotAfter.Format(day)
		}
	default:
		e.Text = subject + " is not acceptable: " + plain(err)
	}
	return e
}

// unknownAuthority says what is wrong with a certificate whose signature leads to no known authority.
func (a *attempt) unknownAuthority(e *Error, c *x509.Certificate) {
	subject := "the certificate of " + a.peer()
	e.Got = c.Issuer.String()
	switch c.SignatureAlgorithm {
	case x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1, x509.MD5WithRSA, x509.MD2WithRSA:
		e.Reason, e.Got = ReasonCertWeak, c.SignatureAlgorithm.String()
		e.Text = subject + " is signed with " + e.Got + ", which can be forged"
		return
	}
	if c.Issuer.String() == c.Subject.String() {
		e.Reason, e.Text = ReasonCertSelf, subject+" is signed by itself"
		return
	}
	e.Reason, e.Text = ReasonCertUnknown, subject+" is signed by an unknown authority"
	if e.Got != "" {
		e.Text += ": " + exit.Quote(e.Got)
	}
}

// certNames are the names that a certificate is for.
func certNames(c *x509.Certificate) string {
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return strings.Join(names, ", ")
}

// alertError says what a TLS alert of the server means.
func (a *attempt) alertError(alert uint8, err error) *Error {
	e := &Error{Kind: KindTLS, Reason: ReasonTLSAlert, Err: err}
	switch {
	case alert == alertProtocolVersion:
		return a.versionError(err)
	case alert == alertNoApplication:
		e.Reason = ReasonNoHTTP1
		e.Text = a.peer() + " does not speak HTTP/1.1 behind TLS, which an upgrade needs"
	case alert == alertUnrecognizedName:
		e.Reason, e.Got = ReasonServerName, a.serverName()
		e.Text = a.peer() + " knows no host " + exit.Quote(e.Got)
	case alert == alertCertificateRequired,
		alertBadCertificate <= alert && alert <= alertUnknownCA && alert != 47,
		alert == alertAccessDenied,
		alert == alertHandshakeFailure && a.certAsked:
		e.Reason, e.Text = ReasonClientCert, a.peer()+" did not accept the client certificate"
		if a.cfg.TLS.Cert == nil {
			e.Text = a.peer() + " wants a client certificate"
		}
	default:
		e.Text = a.peer() + " ended the TLS handshake: " + alertText(alert)
		if alert == alertHandshakeFailure || alert == alertInsufficient {
			e.Reason = ReasonTLSCiphers
		}
	}
	return e
}

// versionError is the error for a server that speaks no version that we take.
func (a *attempt) versionError(err error) *Error {
	e := &Error{
		Kind: KindTLS, Reason: ReasonTLSVersion, Err: err,
		Want: "1.2", Text: a.peer() + " speaks neither TLS 1.2 nor 1.3",
	}
	if a.cfg.TLS.MinVersion == tls.VersionTLS13 {
		e.Want, e.Text = "1.3", a.peer()+" does not speak TLS 1.3"
	}
	return e
}

func alertText(alert uint8) string {
	return strings.TrimPrefix(tls.AlertError(alert).Error(), "tls: ")
}

// remoteAlert is the alert that a server sent, and localAlert the one that we did.
func remoteAlert(err error) (uint8, bool) { return alertOf(err, "remote error") }
func localAlert(err error) (uint8, bool)  { return alertOf(err, "local error") }

// alertOf is an alert of one side. The type of crypto/tls for it is not exported, so it is recognised
// by its kind.
func alertOf(err error, side string) (uint8, bool) {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != side {
		return 0, false
	}
	v := reflect.ValueOf(op.Err)
	if v.Kind() != reflect.Uint8 {
		return 0, false
	}
	return uint8(v.Uint()), true
}

// isBroken reports whether the other side ended the connection.
func isBroken(err error) bool {
	for _, end := range []error{
		io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed,
		errnoReset, errnoAborted, errnoPipe,
	} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}

// tlsWatch sees what crypto/tls does not tell. Its fields change during the handshake only.
type tlsWatch struct {
	net.Conn
	answered bool  // a byte came
	sent     uint8 // the alert that we sent in the clear
}

func (w *tlsWatch) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 && !w.answered {
		w.answered = true
	}
	return n, err
}

func (w *tlsWatch) Write(p []byte) (int, error) {
	const typeAlert, size = 0x15, 7
	if len(p) == size && p[0] == typeAlert {
		w.sent = p[size-1]
	}
	return w.Conn.Write(p)
}
