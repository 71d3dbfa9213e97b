package dial

import (
	"cmp"
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"wsline/internal/exit"
)

// stage is how far an attempt has come, for what is said when the time is up.
type stage int

const (
	stageDNS stage = iota
	stageTCP
	stageProxy
	stageTLS
	stageUpgrade
)

// fail completes e, unless the context ended: that is then what happened, whatever broke because of
// it.
func (a *attempt) fail(ctx context.Context, e *Error) error {
	if cause := contextError(ctx); cause != nil {
		return a.interrupted(cause)
	}
	return a.complete(e)
}

// complete adds what every error tells.
func (a *attempt) complete(e *Error) *Error {
	e.URL, e.Proxy, e.Handshake = a.cfg.URL, a.proxy, a.hs
	if e.Handshake == nil {
		e.Handshake = &Handshake{URL: e.URL, Proxy: e.Proxy}
	}
	if e.Addr == "" {
		e.Addr = a.addr
	}
	return e
}

// contextError is ctx.Err, and does not lag behind the clock: the network compares the same
// deadline and may be first.
func contextError(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d, ok := ctx.Deadline(); ok && !time.Now().Before(d) {
		return context.DeadlineExceeded
	}
	return nil
}

// interrupted is the error for a context that ended.
func (a *attempt) interrupted(cause error) error {
	e := a.complete(&Error{Err: cause})
	if !errors.Is(cause, context.DeadlineExceeded) {
		e.Kind, e.Text = KindCanceled, "connecting to "+a.peer()+" was cancelled"
		return e
	}
	e.Kind = KindTimeout
	switch a.stage {
	case stageDNS:
		e.Reason, e.Text = ReasonLateDNS, "no answer from DNS for "+exit.Quote(a.name)
	case stageTCP:
		e.Reason, e.Text = ReasonLateTCP, "no answer to the TCP connect from "+a.dialledText()
		if a.others > 0 {
			e.Text += " and its other addresses (" + strconv.Itoa(a.others) + ")"
		}
	case stageProxy:
		e.Reason, e.Text = ReasonLateProxy, "no answer from the proxy "+a.proxy.Host
	case stageTLS:
		e.Reason, e.Text = ReasonLateTLS, "no answer to the TLS handshake from "+a.peer()
	case stageUpgrade:
		e.Reason, e.Text = ReasonLateUpgrade, "no answer to the upgrade request from "+a.peer()
	}
	e.Text += " within " + a.limitText()
	return e
}

// limitText is the time limit as a person gave it.
func (a *attempt) limitText() string {
	if a.cfg.Timeout <= 0 {
		return "the time limit"
	}
	text := a.cfg.Timeout.String()
	if s, ok := strings.CutSuffix(text, "m0s"); ok {
		text = s + "m"
	}
	if s, ok := strings.CutSuffix(text, "h0m"); ok {
		text = s + "h"
	}
	return text
}

// dialledText is what is dialled as it is known to a person, with the address that it stands for.
func (a *attempt) dialledText() string {
	host, _, _ := net.SplitHostPort(a.dialled)
	if a.tried == "" || a.tried == host {
		return a.dialled
	}
	return a.dialled + " (" + a.tried + ")"
}

// connectError is the error for a host, or a proxy, that cannot be reached.
func (a *attempt) connectError(ctx context.Context, err error) *Error {
	e := &Error{Kind: KindConnect, Addr: a.dialled, Err: err}
	var dns *net.DNSError
	var addr *net.AddrError
	dialled := a.dialledText()
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Reason, e.Text = ReasonNameNotFound, "no address is known for "+exit.Quote(a.name)
		if family := a.family(); family != "" {
			e.Text = "no " + family + " address is known for " + exit.Quote(a.name)
		}
	case errors.As(err, &dns):
		e.Reason, e.Text = ReasonDNS, "DNS gave no answer for "+exit.Quote(a.name)
	case errors.As(err, &addr):
		e.Reason, e.Text = ReasonNoRoute, cmp.Or(a.tried, a.name)+" has no "+a.family()+" address"
	case errors.Is(err, errnoRefused):
		e.Reason, e.Text = ReasonPortClosed, "connection refused by "+dialled
	case errors.Is(err, errnoNetUnreachable), errors.Is(err, errnoHostUnreachable),
		errors.Is(err, errnoNoAddress):
		e.Reason, e.Text = ReasonNoRoute, "no route to "+dialled
	case errors.Is(err, errnoTimedOut):
		e.Reason, e.Text = ReasonNoRoute, "no answer to the TCP connect from "+dialled
	default:
		e.Text = "cannot connect to " + dialled + ": " + plain(err)
	}
	return e
}

// family is the one family of addresses that may be used, "" for both.
func (a *attempt) family() string {
	switch a.cfg.Network {
	case "tcp4":
		return "IPv4"
	case "tcp6":
		return "IPv6"
	}
	return ""
}

// socketError is the error for a Unix socket that cannot be reached.
func (a *attempt) socketError(err error) *Error {
	path := a.cfg.Socket
	e := &Error{Kind: KindConnect, Reason: ReasonNoSocket, Err: err}
	info, statErr := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrPermission):
		e.Reason, e.Text = ReasonOther, "no permission for the socket "+exit.Quote(path)
	case statErr != nil:
		e.Text = "there is no socket " + exit.Quote(path)
	case info.Mode()&os.ModeSocket == 0:
		e.Text = exit.Quote(path) + " is not a socket"
	case errors.Is(err, errnoRefused):
		e.Reason, e.Text = ReasonPortClosed, "nobody listens on the socket "+exit.Quote(path)
	default:
		e.Reason, e.Text = ReasonOther, "cannot connect to the socket "+exit.Quote(path)+": "+plain(err)
	}
	return e
}

// plain is the innermost cause, which says what happened without who called whom.
func plain(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	text := strings.TrimPrefix(err.Error(), "tls: ")
	return strings.TrimPrefix(text, "x509: ")
}
