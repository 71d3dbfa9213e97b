package doctor

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

// ended is an end after a 101 at this URL, with this subprotocol.
func ended(address, subprotocol string, e session.End) *session.End {
	u, _ := url.Parse(address)
	e.Handshake = &dial.Handshake{URL: u, Subprotocol: subprotocol, Header: http.Header{}}
	if e.Cause == 0 {
		e.Cause, e.Received = session.CauseClosed, true
	}
	return &e
}

// TestEndings holds which row explains an end, for those that no server of testdata/world has.
func TestEndings(t *testing.T) {
	life := session.Before{Life: time.Minute, MessagesIn: 3, MessagesOut: 2}
	for _, tt := range []struct {
		end  *session.End
		row  string
		says string // part of the hint
	}{
		{ended("ws://h/connection/websocket", "", session.End{Code: 3502, Reason: "stale"}),
			"Centrifugo", `{"id":1,"connect":{}}`},
		{ended("ws://h/", "", session.End{Code: 3502, Reason: "another", Before: life}), "", ""},
		{ended("ws://h/", "", session.End{Code: 3000, Reason: "connection closed", Before: life}), "", ""},
		{ended("ws://h/graphql", "graphql-transport-ws", session.End{Code: 4408,
			Reason: "Connection initialisation timeout"}),
			"GraphQL", "connection_init"},
		{ended("ws://h/", "", session.End{Code: 4408,
			Reason: "Connection initialisation timeout", Before: life}), "", ""},
		{ended("ws://h/", "", session.End{Code: 1008, Reason: "token expired", Before: life}), "login", "--bearer"},
		{ended("ws://h/", "", session.End{Code: 1011,
			Reason: "keepalive ping timeout", Before: session.Before{Ignored: true}}),
			"unanswered pings", "--no-pong"},
		{ended("ws://h/", "mqtt", session.End{Code: 1000,
			Before: session.Before{Last: "\x20\x02\x00\x05", LastOpcode: wire.OpBinary}}),
			"said before", "MQTT said before: not authorized"},
		{ended("ws://h/", "", session.End{Code: 1003, Before: session.Before{MessagesOut: 1, Binary: 1}}),
			"binary to text", "-b"},
		{ended("ws://h/", "", session.End{Code: 1003, Before: session.Before{MessagesOut: 1}}), "text to binary", "-b"},
		{ended("ws://h/", "", session.End{Code: 1012, Before: life}), "code", "restarts"},
		{ended("ws://h/", "", session.End{Cause: session.CauseTimeout, Err: session.ErrPongTimeout}), "", ""},
	} {
		row := endingOf(tt.end)
		if row.name != tt.row {
			t.Errorf("%d %q: the row %q, want %q", tt.end.Code, tt.end.Reason, row.name, tt.row)
		}
		if hint := EndHint(tt.end); !strings.Contains(hint, tt.says) {
			t.Errorf("%d %q: %q says nothing of %q", tt.end.Code, tt.end.Reason, hint, tt.says)
		}
	}
}

// A line about an end that went well is for those that may not have.
func TestEndNotice(t *testing.T) {
	for _, tt := range []struct {
		end  *session.End
		want string
	}{
		{nil, ""},
		{ended("ws://h/", "", session.End{Code: 1000}), ""},
		{ended("ws://h/", "", session.End{Code: 1005}), ""},
		{ended("ws://h/", "", session.End{Code: 1001, ByUs: true, Sent: 1000}), ""},
		{ended("ws://h/", "", session.End{Code: 4000}), ""}, // is an error
		{ended("ws://h/", "", session.End{Code: 1000, Before: session.Before{Idle: 60 * time.Second}}),
			"the server closed the connection with 1000 (normal closure) after 60 s in which nothing went either way; " +
				"--ping-interval 30s keeps it open; a proxy or the server may end what is idle"},
		{ended("ws://h/", "", session.End{Code: 1005, Before: session.Before{MessagesOut: 3, Unanswered: 2}}),
			"the server closed the connection without a code; the last 2 messages had no answer"},
		{ended("ws://h/", "", session.End{Code: 1001, Reason: "Bye...",
			Before: session.Before{MessagesOut: 3, Unanswered: 1}}),
			"the server closed the connection with 1001 (going away): Bye; the last message had no answer"},
		{ended("ws://h/", "", session.End{Code: 1001, Reason: "idle:", Before: session.Before{Idle: 9 * time.Second}}),
			"the server closed the connection with 1001 (going away) after 9 s in which nothing went either way: idle; " +
				"--ping-interval 2s keeps it open; a proxy or the server may end what is idle"},
		{ended("ws://h/", "", session.End{Code: 1001, Reason: "Why?"}),
			"the server closed the connection with 1001 (going away): Why?"},
		{ended("ws://h/", "", session.End{Code: 1001, Reason: "Bye."}),
			"the server closed the connection with 1001 (going away): Bye."},
	} {
		if got := EndNotice(tt.end); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestSilenceNotice(t *testing.T) {
	left := func(subprotocol, last string, binary int64) *session.End {
		return ended("ws://h/", subprotocol, session.End{ByUs: true, Before: session.Before{
			MessagesIn: 1, MessagesOut: 1, Binary: binary, Unanswered: 1, Last: last}})
	}
	for _, tt := range []struct {
		end  *session.End
		want string
	}{
		{nil, ""}, {left("", "hello", 0), ""}, {left("", "INFO {}\r\n", 1), ""},
		{left("", "INFO {}\r\n", 0), "--eol crlf"}, {left("v12.stomp", "", 0), "--eol nul"},
		{left("", "+OK\r\n", 0), "--eol crlf"},
	} {
		if got := SilenceNotice(tt.end); !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
