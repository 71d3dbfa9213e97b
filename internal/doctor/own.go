package doctor

import (
	"encoding/base64"
	"strconv"
	"strings"

	"wsline/internal/dial"
)

// ownFindings are for what the user changed of the request himself: a server that refuses such a one
// has no fault.
func ownFindings() []finding {
	return []finding{
		{name: "own handshake", when: func(e *dial.Error) bool {
			return isAnswered(e) && ownField(e) != ""
		}, cause: func(e *dial.Error) string {
			return "--raw-header made it a request " + ownField(e)
		}, hint: always("without --raw-header the handshake is as RFC 6455 §4.1 has it; --diagnose tries it")},
		{name: "own host", when: func(e *dial.Error) bool {
			return refused(400, 404, 421, 500)(e) && ownHost(e) != ""
		}, cause: func(e *dial.Error) string {
			return "it may not serve the host " + strconv.Quote(short(ownHost(e))) + " that the request names"
		}, hint: always("without --host the request names the URL's own; or check the path; " +
			"--diagnose tries both")},
	}
}

// isAnswered reports whether the server judged the request: it answered, or ended the connection.
func isAnswered(e *dial.Error) bool {
	return e.Reason == dial.ReasonStatus || e.Reason == dial.ReasonBroken
}

// ownField says what is wrong with the fields of the handshake, which wsline alone sends right: "" for
// nothing. A version is told of elsewhere, where the answer names one.
func ownField(e *dial.Error) string {
	if e.Handshake == nil || len(e.Handshake.Request) == 0 {
		return ""
	}
	for _, must := range []struct{ name, value string }{
		{"Upgrade", "websocket"}, {"Connection", "upgrade"}, {"Sec-WebSocket-Version", "13"},
	} {
		value, ok := sent(e, must.name)
		is := strings.Contains(strings.ToLower(value), must.value)
		isVersion := must.name == "Sec-WebSocket-Version" && e.Header.Get(must.name) != ""
		switch {
		case !ok:
			return "without " + must.name
		case !is && !isVersion:
			return "with " + strconv.Quote(must.name+": "+short(value))
		}
	}
	key, ok := sent(e, "Sec-WebSocket-Key")
	if raw, err := base64.StdEncoding.DecodeString(key); !ok || err != nil || len(raw) != 16 {
		return "with a key that is not the base64 of 16 bytes"
	}
	return ""
}

// ownHost is the Host of a request that is not its URL's, "" for the URL's own.
func ownHost(e *dial.Error) string {
	host, ok := sent(e, "Host")
	if !ok || e.URL == nil {
		return ""
	}
	own, _, _ := strings.Cut(strings.ToLower(e.URL.Host), "%") // a zone is not sent
	for _, port := range []string{":80", ":443"} {
		own = strings.TrimSuffix(own, port)
	}
	if strings.HasPrefix(strings.ToLower(host), own) {
		return ""
	}
	return host
}
