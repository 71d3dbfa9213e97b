package doctor

import (
	"net/http"
	"strconv"
	"strings"

	"wsline/internal/dial"
)

// plain is the finding that rests on a plain GET, where there was one that tells more.
func plain(e *dial.Error) (finding, bool) {
	if e.Plain == nil || e.Plain.Reason != dial.ReasonStatus {
		return finding{}, false
	}
	for _, f := range plainFindings() {
		if f.when(e) {
			return f, true
		}
	}
	return finding{}, false
}

// plainFindings rest on what the same request without an upgrade was answered: a diagnosis asks. Some
// servers, those of libwebsockets above all, end an upgrade that they refuse without a word, and say
// why to nothing but such a GET.
func plainFindings() []finding {
	dropped := func(e *dial.Error) bool {
		return e.Reason == dial.ReasonBroken && e.Got == "" || e.Reason == dial.ReasonLateUpgrade
	}
	plain := func(e *dial.Error, ok func(status int) bool) bool { return ok(e.Plain.Status) }
	return []finding{
		{name: "websockify", when: func(e *dial.Error) bool {
			return dropped(e) && strings.HasPrefix(e.Plain.Header.Get("Server"), "WebSockify")
		}, cause: always("this is websockify (noVNC), which ends so an upgrade whose token names no target"),
			hint: always("the URL needs ?token=NAME, with a name that its --token-source has")},
		{name: "login, for a plain GET", when: func(e *dial.Error) bool {
			return dropped(e) && plain(e, func(s int) bool { return s == 401 })
		}, cause: func(e *dial.Error) string { return answersPlain(e) + ", so it wants a login" },
			hint: func(e *dial.Error) string { return loginHint(e.Plain.Header) }},
		{name: "forbidden, for a plain GET", when: func(e *dial.Error) bool {
			return dropped(e) && plain(e, func(s int) bool { return s == 403 })
		}, cause: answersPlain,
			hint: always("it may want a login (--auth, --bearer, --cookie) or an Origin (-o)")},
		{name: "no such path, for a plain GET", when: func(e *dial.Error) bool {
			bare := refused(http.StatusForbidden)(e) && strings.TrimSpace(said(e)) == ""
			return (dropped(e) || bare) && plain(e, func(s int) bool { return s == 404 || s == 410 })
		}, cause: func(e *dial.Error) string { return answersPlain(e) + ": it may not know the path" },
			hint: always("check the path against the server's own list of WebSocket paths")},
		{name: "gateway, for a plain GET", when: func(e *dial.Error) bool {
			return dropped(e) && plain(e, func(s int) bool { return s == 502 || s == 503 || s == 504 })
		}, cause: func(e *dial.Error) string {
			return answersPlain(e) + ": the server behind it is not running, or not ready"
		}, hint: always("whoever runs that server can tell")},
		{name: "a plain GET is answered", when: func(e *dial.Error) bool {
			return dropped(e) && plain(e, func(s int) bool { return s != 0 })
		}, cause: func(e *dial.Error) string {
			return answersPlain(e) + ": the server runs, and does not want this upgrade"
		}, hint: always("check the path, the subprotocol (-s) and the Origin (-o); " +
			"the server's log should say more")},
	}
}

// answersPlain says what a plain GET was answered, and by whom.
func answersPlain(e *dial.Error) string {
	text := "a plain GET is answered " + strings.TrimSpace(
		strconv.Itoa(e.Plain.Status)+" "+http.StatusText(e.Plain.Status))
	if server := short(e.Plain.Header.Get("Server")); server != "" {
		text += " by " + server
	}
	return text
}
