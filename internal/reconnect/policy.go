// Package reconnect opens a connection again when it has ended: what is passed over and what is not,
// how long it waits before each try, when it gives up.
//
// What lies between two good connections to a service was tried with servers and proxies under
// reloads, restarts and dead backends: refused ports, handshakes that hang, TCP ends and resets
// before an answer, 500, 502 and 503, even a 200; and before that 1001, 1006, 1011 to 1013, no code
// at all, or one that may not be sent. So once a URL has let in, nearly everything passes.
package reconnect

import (
	"errors"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

// A Policy says when to connect again. Its zero value passes over what is listed in docs/stay.md, for
// ever.
type Policy struct {
	Start  bool // also when the first connect fails
	Always bool // whatever the cause but what we wanted ourselves
	// On are causes to go on after, GiveUp those to give up for, whatever the rules are; GiveUp counts
	// for more.
	On, GiveUp Causes
	Tries      int64         // in a row; 0: any number
	Timeout    time.Duration // after the end no try begins; 0: no limit
	Delay, Max time.Duration // see backoff; 0: the defaults
}

// Passes says whether to connect again after the end of a connection.
func (p *Policy) Passes(end *session.End) bool {
	switch {
	case end.Cause == session.CauseDropped, end.ByUs && end.Cause == session.CauseClosed:
		return false // as we wanted
	case p.GiveUp.end(end):
		return false
	case p.Always, p.On.end(end):
		return true
	}
	switch end.Cause {
	case session.CauseProtocol:
		return isForeign(end.Err)
	case session.CauseTooBig:
		return false
	case session.CauseClosed:
		return !isFinal(end.Code)
	}
	return true // broken, or silent
}

// isForeign says that what broke the protocol is of a proxy or a server about to go: HTTP in the
// middle of the frames, or a Close frame with a code that nobody may send (RFC 6455 §7.4.1).
func isForeign(err error) bool {
	var http *session.HTTPError
	var broken *wire.Error
	return errors.As(err, &http) || errors.As(err, &broken) && broken.Section == "RFC 6455 §7.4"
}

// isFinal says that the code of a Close frame would be that of the next connection too: its purpose is
// fulfilled, or it is about what we send, or the application's own (RFC 6455 §7.4.1, §7.4.2).
func isFinal(code wire.StatusCode) bool {
	switch code {
	case 1000, 1002, 1003, 1007, 1008, 1009, 3000, 3003: // the last two are unauthorized and forbidden
		return true
	}
	return code >= 4000 && code <= 4999
}

// failure says whether to try again after a connect that failed; let says that the URL has let in before.
func (p *Policy) failure(err error, let bool) bool {
	var e *dial.Error
	switch {
	case !errors.As(err, &e), e.Kind == dial.KindCanceled, e.Handshake == nil, e.Fault().Code == 2:
		return false // nothing that the network has to do with
	case p.GiveUp.failure(e):
		return false
	case p.Always, p.On.failure(e):
		return true
	case !let:
		return isNetwork(e) || e.Status == 429 || e.Status >= 502 && e.Status <= 504
	case isCertificate(e):
		return false
	}
	switch e.Status {
	case 401, 403, 404, 407, 410:
		return false
	}
	return true
}

// isNetwork says that nobody has answered the request.
func isNetwork(e *dial.Error) bool {
	return e.Kind == dial.KindConnect || e.Kind == dial.KindTimeout ||
		e.Reason == dial.ReasonBroken || e.Kind == dial.KindTLS && !isCertificate(e)
}

// isCertificate says that the certificates, ours or the server's, will not do the next time either.
func isCertificate(e *dial.Error) bool {
	switch e.Reason {
	case dial.ReasonCertUnknown, dial.ReasonCertSelf, dial.ReasonCertWeak, dial.ReasonCertExpired,
		dial.ReasonCertNotYet, dial.ReasonCertName, dial.ReasonCertOther, dial.ReasonCertMalformed,
		dial.ReasonClientCert, dial.ReasonTLSOurs:
		return true
	}
	return false
}
