package doctor

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"wsline/internal/dial"
)

func answering(t *testing.T, address string, e dial.Error) (*dial.Error, *dial.Config) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	e.Kind, e.Reason, e.URL = dial.KindHandshake, dial.ReasonStatus, u
	if e.Header == nil {
		e.Header = http.Header{}
	}
	return &e, &dial.Config{URL: u}
}

// What an answer names is tried first.
func TestNamed(t *testing.T) {
	field := func(name, value string) http.Header { return http.Header{name: {value}} }
	for _, c := range []struct {
		name string
		url  string
		e    dial.Error
		want []string
	}{
		{"a subprotocol in a body", "ws://a/x", dial.Error{Status: 400,
			Body: []byte(`{"error":"subprotocol: use graphql-transport-ws."}`)},
			[]string{"with -s graphql-transport-ws"}},
		{"in a reason phrase", "ws://a/x", dial.Error{Status: 400, Phrase: "Subprotocol v12.stomp required"},
			[]string{"with -s v12.stomp"}},
		{"in a field", "ws://a/x", dial.Error{Status: 400, Header: field("Sec-Websocket-Protocol", "chat.v2, x")},
			[]string{"with -s chat.v2", "with -s x"}},
		{"in the path", "ws://a/api/graphql", dial.Error{Status: 400},
			[]string{"with -s graphql-transport-ws", "with -s graphql-ws"}},
		{"in the path, for 501", "ws://a/mqtt", dial.Error{Status: 501},
			[]string{"with -s mqtt", "with -s mqttv3.1"}},
		{"nothing", "ws://a/x", dial.Error{Status: 400}, nil},
		{"a place", "ws://a/x?y=1", dial.Error{Status: 300, Header: field("Location", "/ws?z=2")},
			[]string{"at /ws?z=2"}},
		{"a place with a token", "ws://a/x", dial.Error{Status: 300, Header: field("Location", "/ws?token=hunter2")},
			[]string{"at /ws?token=<7 bytes hidden>"}},
		{"a place elsewhere", "ws://a/x", dial.Error{Status: 300, Header: field("Location", "http://b/ws")}, nil},
		{"the URL of a hint", "ws://a/socket.io/", dial.Error{Status: 400, Body: []byte("Transport unknown")},
			[]string{"at /socket.io/?EIO=4&transport=websocket"}},
		{"a Host in a body", "ws://a/x", dial.Error{Status: 403,
			Body: []byte(`request Origin "a" is not authorized for Host "b:1"`)},
			[]string{"with -o http://b:1", "with -o https://b:1"}},
		{"a Host that is none", "ws://a/x", dial.Error{Status: 403,
			Body: []byte(`request Origin "a" is not authorized for Host "b c/d"`)}, nil},
		{"a 500 about the Host", "ws://a/x", dial.Error{Status: 500,
			Body: []byte("Host header is specified and is not an IP address or localhost.")},
			[]string{"with --host localhost"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, d := answering(t, c.url, c.e)
			var got []string
			if try := examine(e).try; try != nil {
				for _, v := range try(e, d) {
					got = append(got, v.What)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, want %q", examine(e).name, got, c.want)
			}
		})
	}
}

// What a server says is quoted where it may be pasted into a shell.
func TestHintQuotes(t *testing.T) {
	e, _ := answering(t, "ws://a/x", dial.Error{Status: 400, Body: []byte(
		"Failed to open a WebSocket connection: invalid subprotocol; expected one of $(reboot).\n")})
	if got, want := examine(e).advice(e), "-s '$(reboot)' offers the one that it names"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
