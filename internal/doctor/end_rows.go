package doctor

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"wsline/internal/lazy"
	"wsline/internal/wire"
	"wsline/session"
)

// An ending is one row of the table of ends: when it applies to a connection that is over, the cause in
// plain words, and what to try. What the peer said, and what happened before, decide; a row that rests
// on a guess says "may".
type ending struct {
	name  string
	when  func(e *session.End) bool
	after func(e *session.End) string // after what it ended; nil where nothing is to be said of that
	cause func(e *session.End) string // nil where how it ended says all
	hint  func(e *session.End) string // nil where there is nothing better to say
	told  bool                        // also of an end that went well
}

// endings is the table: the first row that applies is the one. Protocols that ride on WebSockets come
// before what is the same for all.
func endings() []ending {
	return []ending{
		{name: "GraphQL", when: func(e *session.End) bool { return graphQL(e) != "" }, hint: graphQL},
		{name: "Centrifugo", when: func(e *session.End) bool { return centrifugo(e) != "" }, hint: centrifugo},
		{name: "nchan", told: true, when: func(e *session.End) bool { return nchan(e) != "" }, hint: nchan},
		{name: "Socket.IO", told: true, when: isSocketIO, hint: socketIOEnd},
		{name: "said before", told: true, cause: saidBefore,
			when: func(e *session.End) bool { return saidBefore(e) != "" },
			hint: loginMessage},
		{name: "unanswered pings", when: saying(unansweredPing), cause: endAlways("it had no pong from here"),
			hint: pongHint},
		{name: "idle", told: true, when: isIdle, after: idleAfter, hint: idleHint},
		{name: "login late", when: saying(loginLate), hint: loginMessage},
		{name: "login", when: wantsLogin, hint: endAlways("it may want another login: --auth, --bearer or " +
			"--cookie, or one in a message that is sent first (--on-open)")},
		{name: "turned away", when: turnedAway, after: endAlways("right after the upgrade"),
			hint: endAlways("it may want a login (--auth, --bearer, --cookie, or a first message, --on-open) " +
				"or another origin (-o); --diagnose tries")},
		{name: "MQTT as text", when: func(e *session.End) bool {
			return e.Cause == session.CauseBroken && speaks(e, "mqtt") && e.MessagesOut > e.Binary
		}, hint: endAlways("MQTT's packets are binary messages: -b sends those")},
		{name: "binary to text", when: func(e *session.End) bool {
			return e.Binary > 0 && (e.Code == wire.StatusUnsupportedData ||
				e.Cause == session.CauseBroken && e.Unanswered > 0 && e.Idle < quietLeast)
		}, hint: endAlways("-b sends binary messages, and it may take text only")},
		{name: "text to binary", when: func(e *session.End) bool {
			return e.Code == wire.StatusUnsupportedData && e.MessagesOut > 0
		}, hint: endAlways("it may take binary messages only: -b sends those")},
		{name: "went away at once", when: func(e *session.End) bool {
			return e.Cause == session.CauseBroken && e.MessagesIn+e.MessagesOut == 0 && e.Life < atOnce
		}, hint: endAlways("it let the connection in and then ended it: the app may have turned it away, or " +
			"failed, which its log should say")},
		{name: "went away after a message", when: func(e *session.End) bool {
			return e.Cause == session.CauseBroken && e.Unanswered > 0 && e.Idle < quietLeast
		}, hint: endAlways("the app may have failed at what was sent: its log should say")},
		{name: "Hypercorn", told: true, when: func(e *session.End) bool {
			return e.Code == wire.StatusNormalClosure && e.Reason == "" && e.Unanswered > 0 &&
				e.Handshake != nil && strings.HasPrefix(e.Handshake.Header.Get("Server"), "hypercorn")
		}, hint: endAlways("Hypercorn closes so too when the app fails at a message: its log should say")},
		{name: "code", when: func(e *session.End) bool { return codeHint(e.Code) != "" },
			hint: func(e *session.End) string { return codeHint(e.Code) }},
	}
}

// endingOf is the row for an end, an empty one for none.
func endingOf(e *session.End) ending {
	if e.Cause != session.CauseClosed && e.Cause != session.CauseBroken ||
		e.Cause == session.CauseClosed && !e.Received {
		return ending{}
	}
	for _, row := range endings() {
		if row.when(e) {
			return row
		}
	}
	return ending{}
}

const (
	// idleLeast is how long nothing must have gone either way for that to be worth a word.
	idleLeast = 5 * time.Second
	// quietLeast is that before an end of TCP without a Close frame, which says nothing itself.
	quietLeast = time.Second
	// atOnce is how soon after the upgrade an end is a refusal.
	atOnce = 3 * time.Second
)

var (
	// Deno, python's websockets, Centrifugo and Phoenix in their words.
	unansweredPing = lazy.Regexp(`(?i)\bno response from ping|\bping timeout|\bpong timeout|\bno pong\b`)
	loginLate      = lazy.Regexp(`(?i)\bauth\w* time(d )?-?out|\blogin time(d )?-?out`)
	idleWords      = lazy.Regexp(`(?i)\bidle\b|\binactiv`)
	lateWords      = lazy.Regexp(`(?i)\btime(d )?-?out\b`)
)

func endAlways(text string) func(*session.End) string {
	return func(*session.End) string { return text }
}

// saying is the condition of rows for what the peer's reason says.
func saying(pattern func() *regexp.Regexp) func(*session.End) bool {
	return func(e *session.End) bool { return pattern().MatchString(e.Reason) }
}

// speaks reports whether the subprotocol that was chosen begins so.
func speaks(e *session.End, name string) bool {
	return e.Handshake != nil && strings.HasPrefix(e.Handshake.Subprotocol, name)
}

// urlPath is that of the URL.
func urlPath(e *session.End) string {
	if e.Handshake == nil || e.Handshake.URL == nil {
		return ""
	}
	return e.Handshake.URL.Path
}

// turnedAway reports whether the end is a refusal that came after the 101.
func turnedAway(e *session.End) bool {
	return e.Cause == session.CauseClosed && e.MessagesOut == 0 && e.MessagesIn == 0 && e.Life < atOnce &&
		(e.Code == wire.StatusPolicyViolation || e.Code >= 3000)
}

func wantsLogin(e *session.End) bool {
	switch e.Code {
	case 4401, 4403, 3000, 3003, wire.StatusPolicyViolation:
		return SpeaksOfLogin(e.Reason) || ofDenial().MatchString(e.Reason)
	}
	return e.Code >= 3000 && plainLogin().MatchString(e.Reason)
}

// loginMessage is for servers whose login is a message.
func loginMessage(e *session.End) string {
	if last := e.Last; strings.HasPrefix(last, "-ERR ") || strings.HasPrefix(last, "INFO {") || saying(loginLate)(e) {
		return "its login is a message and no header field: --on-open sends one first " +
			"(for NATS: --eol crlf --on-open 'CONNECT {\"auth_token\":\"…\"}')"
	}
	if strings.HasPrefix(e.Last, "ERROR") {
		return "STOMP logs in with the fields login and passcode of CONNECT"
	}
	return ""
}

// saidBefore is an error of the protocol that rides on the WebSocket, which came as the last message.
func saidBefore(e *session.End) string {
	last := e.Last
	switch {
	case e.LastOpcode == wire.OpBinary && speaks(e, "mqtt"):
		if text := mqttRefusal(last); text != "" {
			return "MQTT said before: " + text
		}
	case strings.HasPrefix(last, "-ERR "):
		line, _, _ := strings.Cut(last, "\r")
		return "NATS said before: " + strings.TrimPrefix(line, "-ERR ")
	case strings.HasPrefix(last, "ERROR\n"):
		for line := range strings.Lines(last) {
			if text, ok := strings.CutPrefix(strings.TrimSpace(line), "message:"); ok {
				return "STOMP said before: " + text
			}
		}
	}
	return ""
}

// mqttRefusal is what a CONNACK says that is no acceptance (MQTT 3.1.1 §3.2.2.3, MQTT 5 §3.2.2.2).
func mqttRefusal(packet string) string {
	if len(packet) < 4 || packet[0] != 0x20 {
		return ""
	}
	switch code := packet[3]; code {
	case 0:
		return ""
	case 1, 0x84:
		return "it does not speak this version of MQTT"
	case 2, 0x85:
		return "the client identifier is not acceptable"
	case 3, 0x88:
		return "the server is unavailable"
	case 4, 0x86:
		return "bad user name or password"
	case 5, 0x87:
		return "not authorized"
	default:
		return "refused with the code " + strconv.Itoa(int(code))
	}
}

// isIdle reports whether the end came after a time in which nothing went either way, and the peer
// says that, or nothing that speaks against it.
func isIdle(e *session.End) bool {
	if idleWords().MatchString(e.Reason) {
		return true
	}
	if e.Cause == session.CauseBroken && e.Idle >= quietLeast {
		return true
	}
	if e.Idle < idleLeast {
		return false
	}
	if lateWords().MatchString(e.Reason) {
		return true
	}
	return e.Cause == session.CauseClosed && normal(e.Code) && e.Reason == ""
}

func idleAfter(e *session.End) string {
	if e.Idle < time.Second {
		return ""
	}
	return "after " + seconds(e.Idle) + " in which nothing went either way"
}

// idleHint names the setting of the software where that is known.
func idleHint(e *session.End) string {
	if e.Idle < idleLeast {
		return "if it was for being idle, --ping-interval TIME keeps a connection open; else the server's log should say"
	}
	hint := "--ping-interval " + pingEvery(e.Idle) + " keeps it open"
	if e.Handshake == nil {
		return hint
	}
	server := strings.ToLower(e.Handshake.Header.Get("Server") + " " + e.Handshake.Header.Get("Via"))
	for _, s := range idleSettings {
		if strings.Contains(server, s.server) {
			return hint + "; " + s.setting
		}
	}
	return hint + "; a proxy or the server may end what is idle"
}

// idleSettings are what ends an idle connection, by what the Server or Via field of the 101 holds.
var idleSettings = []struct{ server, setting string }{
	{"nginx", "nginx: proxy_read_timeout, 60s unless set"},
	{"apache", "Apache: Timeout or ProxyTimeout"},
	{"varnish", "Varnish: pipe_timeout"},
	{"mojolicious", "Mojolicious: inactivity_timeout, 30 s unless set"},
	{"cowboy", "Cowboy: idle_timeout, 60 s unless set"},
	{"cloudflare", "Cloudflare ends what is idle for 100 s"},
}

// pingEvery is an interval in round figures that is at most half of an idle limit.
func pingEvery(idle time.Duration) string {
	for _, s := range []int{60, 30, 20, 10, 5} {
		if time.Duration(s)*time.Second <= idle/2 {
			return strconv.Itoa(s) + "s"
		}
	}
	return "2s"
}

func seconds(d time.Duration) string {
	return strconv.FormatInt(int64(d.Round(time.Second)/time.Second), 10) + " s"
}

func pongHint(e *session.End) string {
	if e.Ignored {
		return "--no-pong leaves its pings unanswered"
	}
	return "wsline answers pings while it reads: was the output not taken, or the program suspended?"
}

// codeHint says what to try after the peer closed with a code.
func codeHint(code wire.StatusCode) string {
	switch code {
	case 1002:
		return "it says that the protocol was broken, or failed itself: its log should say more, --frames shows " +
			"what was sent"
	case 1003, 1007:
		return "the server did not understand what was sent"
	case 1008:
		return "it may want a login (--auth, --bearer, --cookie), another origin (-o), or other messages"
	case 1009:
		return "the server does not take messages of this size: its own limit decides, also for messages in fragments"
	case 1011:
		return "the server failed at what it was doing: its log should say more"
	case 1012:
		return "it restarts: --reconnect goes on after it"
	case 1013:
		return "it is busy: try again later"
	case 1014:
		return "the gateway could not reach the server behind it"
	}
	return ""
}
