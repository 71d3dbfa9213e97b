package examine

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/doctor"
	"wsline/internal/lazy"
)

// evidence is all that is known so far.
type evidence struct {
	cfg   dial.Config    // as asked for
	place doctor.Variant // where the examination goes on: the zero value is what was asked for
	asked *outcome       // of the connection as it was asked for
	here  *outcome       // of the connection to place
	lost  *try           // one at another path, where the upgrade got lost on the way: nil, none
	plain *outcome       // of the same URL without an upgrade; nil: not asked
	tries []try
}

// at is the configuration for place.
func (e *evidence) at() *dial.Config {
	d := e.cfg
	e.place.Apply(&d)
	return &d
}

// grow takes in what came of a candidate, and reports whether it is the way in.
func (e *evidence) grow(c candidate, o *outcome) bool {
	switch {
	case c.plain:
		return false
	case e.asked.isIn(): // but mute: a subprotocol that the server takes is the way to speak with it
		return o.isIn() && o.shake.Subprotocol != ""
	case o.isIn():
		return true
	}
	isElsewhere := c.URL != nil && e.place.URL == nil
	if isElsewhere && e.lost == nil && lostUpgrade(o) && !lostUpgrade(e.here) {
		e.lost = &try{c, o}
		return false
	}
	isPlace := isElsewhere && level(o) > e.level() && !o.isLike(e.here) &&
		!(e.here.status() >= 500 && o.isBlank()) // a path where the app fails is one that it knows
	isPlace = isPlace || isElsewhere && o.showsTLS() && !e.answersHTTP()
	if isPlace || e.isFurther(c, o) {
		e.place, e.here = c.Variant, o
	}
	return false
}

// plainer is a way in without a subprotocol that was offered with a place and that the server did not
// choose: it may have been no more than a guess.
func (e *evidence) plainer(way *try) (c candidate, ok bool) {
	if way == nil || way.URL == nil || way.shake.Subprotocol != "" || len(e.cfg.Subprotocols) > 0 ||
		len(way.Add) != 2 || way.Add[0] != "-s" {
		return candidate{}, false
	}
	return candidate{Variant: doctor.AtPath(&e.cfg, way.URL.RequestURI())}, true
}

// isFurther reports whether a variant has met what the place wanted, and is refused for something
// else.
func (e *evidence) isFurther(c candidate, o *outcome) bool {
	if o.isLike(e.here) || o.err != nil && o.status() == 0 {
		return false
	}
	if o.status() >= 500 && c.group != anOrigin { // who takes the Origin may fail at the path
		return false
	}
	then := evidence{cfg: e.cfg, here: o}
	switch c.group {
	case anOrigin:
		return (e.here.status() == http.StatusForbidden || e.isOriginNamed()) &&
			o.status() != http.StatusForbidden && !then.isOriginNamed()
	case aHost:
		return !then.isHostNamed()
	case aSubprotocol:
		return e.isSubprotocolDoubted() && !then.isSubprotocolDoubted()
	case aHandshake:
		return true
	}
	return false
}

// level is how much of a WebSocket place has been.
func (e *evidence) level() int {
	if !e.here.isLibrarys() && e.here.err != nil {
		return 0 // what every path answers alike is no WebSocket's refusal
	}
	return level(e.here)
}

func level(o *outcome) int {
	switch {
	case o.err == nil:
		return 2
	case o.isLibrarys():
		return 1
	}
	switch o.status() {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden,
		http.StatusUpgradeRequired:
		if !nginxPage().MatchString(o.reason()) {
			return 1
		}
	}
	return 0
}

// nginxPage is one that nginx writes itself, where it has no server behind it to ask.
var nginxPage = lazy.Regexp(`<hr><center>(nginx|openresty)`)

// isLike reports whether two refusals are the same.
func (o *outcome) isLike(other *outcome) bool {
	a, b := o.refusal(), other.refusal()
	return a != nil && b != nil && a.Reason == b.Reason && a.Status == b.Status &&
		string(a.Body) == string(b.Body)
}

// says is all that was said of the place, and of the same without an upgrade.
func (e *evidence) says() string { return e.here.says() + e.plain.says() }

// isRefused reports whether the place lets nobody in.
func (e *evidence) isRefused() bool { return !e.here.isIn() }

// isSettled reports whether no variant would help.
func (e *evidence) isSettled() bool { return e.wantsLogin() || e.isFinal() }

// isUpgradeLost reports whether a server of WebSockets saw no upgrade in the request: something on the
// way took it out.
func (e *evidence) isUpgradeLost() bool {
	return lostUpgrade(e.here) || e.here.status() == http.StatusBadRequest && e.here.isLibrarys() &&
		e.plain != nil && e.here.isLike(e.plain)
}

// lostUpgrade reports whether an outcome alone shows it: 426, but for a subprotocol that it names, or
// what Engine.IO says.
func lostUpgrade(o *outcome) bool {
	switch o.status() {
	case http.StatusUpgradeRequired:
		return o.refusal().Header.Get("Sec-WebSocket-Protocol") == ""
	case http.StatusBadRequest:
		return strings.Contains(string(o.refusal().Body), `{"code":3,"message":"Bad request"}`)
	}
	return false
}

// isOpen reports whether the request itself may be what is refused.
func (e *evidence) isOpen() bool { return e.isRefused() && !e.isUpgradeLost() }

// isFinal reports whether it failed where no variant of the request helps: DNS, a certificate, a
// proxy, a server that is asked too often.
func (e *evidence) isFinal() bool {
	r := e.here.refusal()
	if r == nil {
		return e.here.err != nil
	}
	switch r.Reason {
	case dial.ReasonNotTLS, dial.ReasonLateTLS:
		return false
	case dial.ReasonLateUpgrade, dial.ReasonBroken:
		return false
	case dial.ReasonPortClosed:
		return e.cfg.URL.Port() != "" || e.cfg.Socket != "" // with TLS it is the same port
	}
	return r.Kind != dial.KindHandshake || r.Status == http.StatusTooManyRequests
}

// wantsLogin reports whether the server, or a proxy, wants to know who asks.
func (e *evidence) wantsLogin() bool {
	return isLogin(e.here.status()) && !e.isUnchallenged() ||
		e.here.isDropped() && isLogin(e.plain.status()) ||
		e.here.closedWith(3000, 3003, 4401, 4403) ||
		e.here.closedWith(1008) && doctor.SpeaksOfLogin(e.here.reason())
}

// isUnchallenged reports whether the place wants a login and does not say which, as RFC 9110 §15.5.2
// has it, while all the world may have a page: some libraries refuse so whatever an app does not like.
func (e *evidence) isUnchallenged() bool {
	return e.here.isUnchallenged() && e.plain != nil && !isLogin(e.plain.status())
}

func (o *outcome) isUnchallenged() bool {
	return o.status() == http.StatusUnauthorized && o.refusal().Header.Get("WWW-Authenticate") == ""
}

func isLogin(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusProxyAuthRequired,
		http.StatusNetworkAuthenticationRequired:
		return true
	}
	return false
}

// isLost reports whether there is nothing at the path: the refusal says so, or it says nothing and
// the same without an upgrade does, or is told that there are WebSockets: they are not here.
func (e *evidence) isLost() bool {
	if noPath(e.here.status()) {
		return true
	}
	plain := e.plain.status()
	return e.isBlank() && (noPath(plain) ||
		plain == http.StatusUpgradeRequired && e.here.status() == http.StatusBadRequest)
}

func noPath(status int) bool {
	switch status {
	case http.StatusNotFound, http.StatusGone, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return status/100 == 2
}

// isBlank reports whether a refusal gives no reason that a person could read.
func (e *evidence) isBlank() bool {
	return e.here.isBlank() || e.here.isDropped() && e.here.err != nil || e.here.isSilent() ||
		e.here.status() >= 500
}

// isBlank reports whether a refusal has a status and no more.
func (o *outcome) isBlank() bool {
	r := o.refusal()
	if r == nil || o.isLibrarys() || r.Reason != dial.ReasonStatus ||
		r.Phrase != "" && r.Phrase != http.StatusText(r.Status) {
		return false
	}
	body := strings.TrimSpace(string(r.Body))
	return (r.Status == http.StatusForbidden || r.Status == http.StatusBadRequest) &&
		(body == "" || body == http.StatusText(r.Status))
}

// answersHTTP reports whether the port has spoken HTTP as the scheme says, so that the other scheme
// is ruled out there. One that speaks of TLS may want it all the same.
func (e *evidence) answersHTTP() bool {
	for _, t := range e.tries {
		r := t.refusal()
		isHTTP := t.err == nil || r != nil && r.Status != 0 && r.Kind == dial.KindHandshake
		isSame := t.URL == nil || t.URL.Scheme == e.cfg.URL.Scheme
		if isHTTP && isSame && !doctor.SpeaksOfTLS(t.says()) {
			return true
		}
	}
	return false
}

// isOriginDoubted reports whether the Origin is the likely cause.
func (e *evidence) isOriginDoubted() bool {
	return e.here.closedWith(1008) || e.here.isUnchallenged() ||
		e.here.status() == http.StatusForbidden && !e.isLost()
}

// isOriginNamed reports whether what came says that it is the Origin.
func (e *evidence) isOriginNamed() bool {
	return e.isOpen() && doctor.SpeaksOfOrigin(e.here.reason())
}

// isSubprotocolDoubted reports whether the subprotocol is the likely cause. Servers of libwebsockets
// end a connection that offers one which they do not know.
func (e *evidence) isSubprotocolDoubted() bool {
	return e.here.closedWith(4406) || e.here.isDropped() && len(e.cfg.Subprotocols) > 0 ||
		e.isOpen() && doctor.SpeaksOfSubprotocol(e.here.reason())
}

// has reports whether a field is in the request that was asked for, and its value.
func (e *evidence) has(name string) (value string, ok bool) {
	for _, f := range slices.Concat(e.cfg.Header, e.cfg.RawHeader) {
		if strings.EqualFold(f.Name, name) {
			value, ok = f.Value, true
		}
	}
	return value, ok
}

// debuggingURL is the URL of a target that a debugging port has named, but on the host and port that
// were asked for: what a body says sends no credentials elsewhere.
func (e *evidence) debuggingURL() (path string) {
	for _, t := range e.tries {
		r := t.refusal()
		if !t.plain || r == nil {
			continue
		}
		if found := debuggerURL().FindSubmatch(r.Body); found != nil {
			if u, err := url.Parse(string(found[1])); err == nil && u.Path != "" {
				return u.RequestURI()
			}
		}
	}
	return ""
}

var debuggerURL = lazy.Regexp(`"webSocketDebuggerUrl"\s*:\s*"(ws://[^"\s]+)"`)
