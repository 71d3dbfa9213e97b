package doctor

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/doctor/software"
)

// loginFindings are for a server that wants to know who asks, or from where.
func loginFindings() []finding {
	return []finding{
		{name: "foreign login", when: func(e *dial.Error) bool {
			return refused(http.StatusUnauthorized)(e) && e.Foreign != ""
		}, cause: func(e *dial.Error) string {
			return "it wants a login with " + short(e.Foreign) + ", which wsline does not speak"
		}, hint: always("wsline logs in with Basic and Digest (--auth) and tokens (--bearer); " +
			"-H 'Authorization: ...' sends a value made elsewhere")},
		{name: "login refused", when: func(e *dial.Error) bool {
			_, given := sent(e, "Authorization")
			return refused(http.StatusUnauthorized)(e) && given
		}, cause: always("it does not take the credentials that were sent"),
			hint: func(e *dial.Error) string { return credentialsHint(e) + within(askedText(e.Header)) }},
		{name: "login", when: refused(http.StatusUnauthorized), cause: func(e *dial.Error) string {
			return "it wants a login" + within(askedText(e.Header))
		}, hint: func(e *dial.Error) string { return loginHint(e.Header) }},
		{name: "proxy login in the answer", when: refused(http.StatusProxyAuthRequired),
			cause: always("a proxy answered, and wants a login"),
			hint:  func(*dial.Error) string { return proxyLoginHint(nil) }},
		{name: "challenge", when: func(e *dial.Error) bool {
			return e.Reason == dial.ReasonStatus && e.Header.Get("Cf-Mitigated") == "challenge"
		}, cause: always("Cloudflare wants to see a browser first"), hint: always(
			"--cookie with the cf_clearance of a browser, and its --user-agent, may get through")},
		{name: "origin", when: func(e *dial.Error) bool {
			_, given := sent(e, "Origin")
			return speaksOfOrigin(e) && !given
		}, cause: always("it wants an Origin"), hint: func(e *dial.Error) string {
			return "-o " + siteOrigin(e.URL) + " sends the server's own; --diagnose finds out"
		}},
		{name: "other origin", when: speaksOfOrigin, cause: originCause,
			hint: always("-o ORIGIN sends another one; --diagnose tries some")},
		{name: "forbidden, empty", when: func(e *dial.Error) bool {
			_, given := sent(e, "Origin")
			isEmpty := len(e.Body) == 0 && rejectReason(e) == ""
			return refused(http.StatusForbidden)(e) && isEmpty && !given
		}, fact: "with an empty body", cause: emptyCause, hint: func(e *dial.Error) string {
			return "check the path, then -o " + siteOrigin(e.URL) + ", then " + loginOrOther(e) +
				"; --diagnose finds out"
		}},
		{name: "forbidden", when: func(e *dial.Error) bool {
			_, given := sent(e, "Origin")
			return refused(http.StatusForbidden)(e) && !given
		}, cause: always("it does not let this connection in"), hint: func(e *dial.Error) string {
			return "it may want " + loginOrOther(e) + ", or an Origin (-o " + siteOrigin(e.URL) +
				"); --diagnose finds out"
		}},
		{name: "forbidden, with an origin", when: refused(http.StatusForbidden),
			cause: always("it does not let this connection in"), hint: func(e *dial.Error) string {
				given, _ := sent(e, "Origin")
				return "it may not know the origin " + short(given) +
					", or want " + loginOrOther(e) + "; --diagnose tries other origins"
			}},
	}
}

// emptyCause is for a 403 without a reason. One without a field is none of uvicorn's, which sends some.
func emptyCause(e *dial.Error) string {
	if len(e.Header) == 0 {
		return "that is all it says; it may not know the path, or want an Origin or a login"
	}
	return "apps on uvicorn (FastAPI) refuse so an unknown path, others for want of an Origin or a login"
}

// speaksOfOrigin reports whether a 403, or a 400, is about the Origin.
func speaksOfOrigin(e *dial.Error) bool {
	return refused(http.StatusForbidden, http.StatusBadRequest)(e) && SpeaksOfOrigin(said(e))
}

// credentialsHint says what to check of the credentials that were sent.
func credentialsHint(e *dial.Error) string {
	value, _ := sent(e, "Authorization")
	scheme, _, _ := strings.Cut(value, " ")
	switch strings.ToLower(scheme) {
	case "basic", "digest":
		return "check the user and the password"
	case "bearer":
		return "check the token: it may have expired, or be for another server"
	}
	return "check them"
}

// loginOrOther is what a server may want of who asks.
func loginOrOther(e *dial.Error) string {
	for _, name := range []string{"Authorization", "Cookie"} {
		if _, given := sent(e, name); given {
			return "other credentials than those that were sent"
		}
	}
	return "a login (--auth, --bearer, --cookie)"
}

func originCause(e *dial.Error) string {
	given, _ := sent(e, "Origin")
	return "it does not let the origin " + short(given) + " in"
}

func within(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// askedText is how a server wants one to log in, as it says it (RFC 9110 §11.6.1).
func askedText(h http.Header) string {
	return short(strings.Join(h.Values("WWW-Authenticate"), ", "))
}

// loginHint goes by the schemes that the server asks for, the ones that flags exist for first.
func loginHint(h http.Header) string {
	asked := strings.ToLower(strings.Join(h.Values("WWW-Authenticate"), ","))
	switch {
	case strings.Contains(asked, "basic"), strings.Contains(asked, "digest"):
		return "--auth USER logs in"
	case strings.Contains(asked, "bearer"):
		return "--bearer TOKEN logs in"
	}
	return "--auth USER, --bearer TOKEN or --cookie NAME=VALUE logs in"
}

// gatewayFindings are for what stands before a server and answers in its place.
func gatewayFindings() []finding {
	return []finding{
		{name: "bad gateway", when: refused(http.StatusBadGateway), cause: func(e *dial.Error) string {
			return gateway(e) + " got no answer from the server behind it"
		}, hint: always("is that server running, and at the address that the gateway knows? " +
			"if it is, check the path: some cut off an upgrade at an unknown one")},
		{name: "gateway timeout", when: refused(http.StatusGatewayTimeout),
			cause: func(e *dial.Error) string {
				return gateway(e) + " waited for the server behind it in vain"
			}, hint: always("is that server stuck? if it is not, check the path: " +
				"some ignore an upgrade at an unknown one")},
		{name: "unavailable", when: refused(http.StatusServiceUnavailable),
			cause: func(e *dial.Error) string {
				if behind(e) {
					return gateway(e) + " has no server behind it that is ready"
				}
				return "the server is not ready"
			}, hint: func(e *dial.Error) string { return laterHint(e.Header) }},
		{name: "Cloudflare", when: refused(520, 521, 522, 523, 524, 525, 526, 527, 530),
			cause: func(e *dial.Error) string {
				return "Cloudflare cannot talk to the server behind it (" + strconv.Itoa(e.Status) +
					" is its own status)"
			}, hint: always("is that server running, and is its certificate good?")},
	}
}

// behind reports whether a gateway made itself known.
func behind(e *dial.Error) bool {
	return e.Header.Get("Via") != "" || software.Proxy(e.Header) != ""
}

// gateway names what answered.
func gateway(e *dial.Error) string {
	if server := short(e.Header.Get("Server")); server != "" {
		return "a gateway (" + server + ")"
	}
	return "a gateway"
}

// pathText is a URL's path in quotes; the query, which may hold secrets, is left out.
func pathText(u *url.URL) string {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return strconv.Quote(path)
}
