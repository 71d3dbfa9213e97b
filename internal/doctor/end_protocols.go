package doctor

import (
	"strings"

	"wsline/internal/doctor/software"
	"wsline/internal/wire"
	"wsline/session"
)

const connectionInit = `{"type":"connection_init"}`

// graphQL explains the close codes of graphql-transport-ws (the GraphQL over WebSocket Protocol); "" for
// other servers.
func graphQL(e *session.End) string {
	if !strings.Contains(urlPath(e), "graphql") && !speaks(e, "graphql") && e.Reason != "Subprotocol not acceptable" {
		return ""
	}
	switch e.Code {
	case 4400:
		return "a message was not one of the GraphQL protocol: JSON with a type, such as " + connectionInit
	case 4401:
		return "send " + connectionInit + " first, and wait for connection_ack before anything else"
	case 4403:
		return "the payload of connection_init did not log in"
	case 4406:
		if e.Handshake != nil && len(e.Handshake.OfferedProtocols) > 0 {
			return "it speaks another subprotocol: -s graphql-transport-ws, or the older -s graphql-ws"
		}
		return "-s graphql-transport-ws offers the subprotocol that it wants"
	case 4408:
		return "it waits for " + connectionInit + ": --on-open sends it at once"
	case 4409:
		return "an operation with this id is under way: each needs its own"
	case 4429:
		return "connection_init was sent more than once"
	}
	return ""
}

// centrifugo explains the codes of a Centrifugo server; "" for others. Its reasons are fixed texts.
func centrifugo(e *session.End) string {
	for _, c := range []struct {
		code         wire.StatusCode
		reason, hint string
	}{
		{3005, "connection expired", "its token has expired: a new one goes into the connect command"},
		{3008, "slow", "what it sent was not read fast enough"},
		{3012, "no pong", "it sends {} as a ping, and wants {} back"},
		{3500, "invalid token", `the token of {"id":1,"connect":{"token":"…"}} is not valid`},
		{3501, "bad request", `its first command is {"id":1,"connect":{"token":"…"}}; without credentials it says this too`},
		{3502, "stale", `it waited for {"id":1,"connect":{}}: --on-open sends it at once`},
		{3507, "permission denied", "this user may not do that"},
	} {
		if e.Code == c.code && e.Reason == c.reason {
			return c.hint
		}
	}
	return ""
}

// nchan explains how the module nchan of nginx ends a subscriber, with HTTP's statuses as reasons; "" for
// other servers.
func nchan(e *session.End) string {
	if e.Handshake == nil || software.Proxy(e.Handshake.Header) != "nginx" {
		return ""
	}
	switch {
	case strings.HasPrefix(e.Reason, "408 "):
		return "nginx's module nchan ends so whoever has waited too long for a message of the channel, " +
			"whatever pings are sent: connect again, or raise nchan_subscriber_timeout"
	case e.Reason == "410 Gone":
		return "nginx's module nchan ends so when the channel is deleted"
	case e.Code == wire.StatusPolicyViolation && e.Reason == "Publish":
		return "nginx's module nchan lets nobody publish at this path: it needs nchan_pubsub, or " +
			"nchan_publisher beside nchan_subscriber"
	}
	return ""
}

// isSocketIO reports whether a Socket.IO server closed in its way, without a code.
func isSocketIO(e *session.End) bool {
	return e.Cause == session.CauseClosed && e.Code == wire.StatusNoStatusRcvd &&
		strings.HasPrefix(urlPath(e), "/socket.io/")
}

func socketIOEnd(e *session.End) string {
	switch {
	case e.Last == "2":
		return "Socket.IO: its ping 2 wants the answer 3"
	case strings.HasPrefix(e.Last, `0{`) && e.MessagesOut == 0:
		return "Socket.IO: it waited for 40, which joins the main namespace"
	case strings.HasPrefix(e.Last, `0{`):
		return "Socket.IO: send 40 first, and wait for its answer before 42[…]"
	}
	return "Socket.IO closes without a code, also when it did not understand a packet (42[\"event\",…])"
}
