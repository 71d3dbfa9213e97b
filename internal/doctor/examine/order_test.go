package examine

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"wsline/internal/dial"
	"wsline/internal/doctor"
	"wsline/internal/wire"
	"wsline/session"
)

// answered is the outcome of a request that was answered.
func answered(status int, body string, fields ...string) *outcome {
	h := http.Header{}
	head := "HTTP/1.1 " + http.StatusText(status) + "\r\n"
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		h.Add(name, value)
		head += f + "\r\n"
	}
	return &outcome{err: &dial.Error{Kind: dial.KindHandshake, Reason: dial.ReasonStatus, Status: status,
		Header: h, Body: []byte(body), Handshake: &dial.Handshake{Response: []byte(head)}}}
}

func failed(kind dial.Kind, reason dial.Reason, after time.Duration) *outcome {
	return &outcome{took: after, err: &dial.Error{Kind: kind, Reason: reason}}
}

func closed(code int, reason string) *outcome {
	return &outcome{shake: &dial.Handshake{}, end: &session.End{Cause: session.CauseClosed, Received: true,
		Code: wire.StatusCode(code), Reason: reason}}
}

// What is tried first, by what is known. Each row is a judgement about real servers.
func TestOrder(t *testing.T) {
	ended := failed(dial.KindHandshake, dial.ReasonBroken, 2*time.Millisecond)
	late := failed(dial.KindTimeout, dial.ReasonLateUpgrade, 5*time.Second)
	mute := &outcome{shake: &dial.Handshake{}}
	version := "Sec-Websocket-Version: 13"
	for _, tt := range []struct {
		name        string
		url         string
		change      func(*dial.Config)
		here, plain *outcome
		want        string // the first candidates
	}{
		{name: "a path that is not known", here: answered(404, ""), plain: answered(404, ""),
			want: "at /chat/, at /ws, at /websocket"},
		{name: "uvicorn, an unknown path", here: answered(403, ""), plain: answered(404, "Not Found"),
			want: "at /chat/, at /ws, at /websocket"},
		{name: "gorilla, an Origin", here: answered(403, "Forbidden\n", version),
			plain: answered(400, "Bad Request\n", version),
			want:  "with -o http://a.example:81, with -o https://a.example:81, with -o http://localhost:3000"},
		{name: "an Origin that is named", here: answered(403, "invalid Origin header: x."),
			change: func(d *dial.Config) { d.Header = []dial.Field{{Name: "Origin", Value: "x"}} },
			want:   "without an Origin, with -o http://a.example:81"},
		{name: "an origin server is none", here: answered(404, "The origin server did not find it"),
			want: "at /chat/"},
		{name: "ws, another path", here: answered(400, "Bad Request"), plain: answered(426, "Upgrade Required"),
			want: "at /chat/, at /ws"},
		{name: "the upgrade lost", here: answered(426, "Upgrade Required"),
			plain: answered(426, "Upgrade Required"), want: ""},
		{name: "the upgrade lost, gorilla", here: answered(400, "Bad Request\n", version),
			plain: answered(400, "Bad Request\n", version), want: ""},
		{name: "a subprotocol", here: answered(400, "missing subprotocol"),
			want: "with -s graphql-transport-ws, with -s graphql-ws, with -s mqtt"},
		{name: "a subprotocol that is named", here: answered(426, "", "Sec-WebSocket-Protocol: v12.stomp, x"),
			want: "with -s v12.stomp, with -s x"},
		{name: "a path that names one", url: "ws://a.example:81/api/mqtt", here: answered(400, "no"),
			want: "with -s mqtt, with -s mqttv3.1, at /mqtt with -s mqtt"},
		{name: "Prosody", here: answered(501, "That's all I know."),
			plain: answered(200, "It works! Now point your WebSocket client to this URL"),
			want:  "at /xmpp-websocket with -s xmpp"},
		{name: "Engine.IO, by its text", url: "ws://a.example:81/socket.io/", here: answered(400, "Transport unknown"),
			want: "at /socket.io/?EIO=4&transport=websocket"},
		{name: "Engine.IO, by its second", here: failed(dial.KindHandshake, dial.ReasonBroken, time.Second),
			plain: late, want: "with wss://, at /socket.io/?EIO=4&transport=websocket"},
		{name: "SockJS", url: "ws://a.example:81/echo", here: answered(200, "Welcome to SockJS!\n"),
			want: "at /echo/websocket"},
		{name: "a debugging port", url: "ws://a.example:9222", here: answered(404, ""),
			want: "a plain GET of /json/version, a plain GET of /json/list"},
		{name: "libwebsockets, another subprotocol", here: ended, plain: answered(200, "hello"),
			change: func(d *dial.Config) { d.Subprotocols = []string{"chat"} },
			want:   "with -s mqtt, with -s graphql-transport-ws"},
		{name: "libwebsockets, a login", here: ended, plain: answered(401, ""), want: ""},
		{name: "nothing speaks", here: late, plain: late, want: "with wss://, at /chat/, at /ws"},
		{name: "a port that speaks HTTP", here: ended, plain: answered(404, ""), want: "at /chat/"},
		{name: "mosquitto, none", here: mute, plain: ended, want: "with -s mqtt"},
		{name: "let in, and mute", here: mute, plain: answered(404, ""), want: ""},
		{name: "compressed, and an error", here: answered(500, "x"),
			change: func(d *dial.Config) { d.Compress = true }, want: "without compression"},
		{name: "everything forbidden", here: answered(403, "no"), plain: answered(403, "no"),
			want: "with -o http://a.example:81"},
		{name: "a login", here: answered(401, "", "WWW-Authenticate: Basic"), want: ""},
		{name: "ws, an app that refuses", here: answered(401, "Unauthorized"), plain: answered(426, ""),
			want: "with -o http://a.example:81, with -o https://a.example:81, with -o http://localhost:3000"},
		{name: "too many", here: answered(429, ""), want: ""},
		{name: "a certificate", here: failed(dial.KindTLS, dial.ReasonCertExpired, 0), want: ""},
		{name: "a closed port", here: failed(dial.KindConnect, dial.ReasonPortClosed, 0), want: ""},
		{name: "a closed port of the scheme", url: "ws://a.example/",
			here: failed(dial.KindConnect, dial.ReasonPortClosed, 0), want: "with wss://"},
		{name: "a raw field", here: answered(400, "no"),
			change: func(d *dial.Config) { d.RawHeader = []dial.Field{{Name: "Upgrade", Value: "x"}} },
			want:   "without --raw-header"},
		{name: "another Host", here: answered(404, ""), change: func(d *dial.Config) { d.Host = "b.example" },
			want: "without --host, at /chat/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.url == "" {
				tt.url = "ws://a.example:81/chat"
			}
			e := &evidence{here: tt.here, asked: tt.here, plain: tt.plain}
			e.cfg.URL, _ = url.Parse(tt.url)
			if refused := tt.here.refusal(); refused != nil {
				refused.URL = e.cfg.URL
			}
			if tt.change != nil {
				tt.change(&e.cfg)
			}
			e.tries = []try{{outcome: tt.here}}
			if tt.plain != nil {
				e.tries = append(e.tries, try{candidate{plain: true}, tt.plain})
			}
			var got []string
			for range strings.Count(tt.want, ", ") + 1 {
				c, ok := e.next()
				if !ok {
					break
				}
				got = append(got, c.What)
				e.tries = append(e.tries, try{c, failed(dial.KindHandshake, dial.ReasonOther, 0)})
			}
			if got := strings.Join(got, ", "); got != tt.want {
				t.Errorf("tries %s\nwant  %s", got, tt.want)
			}
		})
	}
}

// A path that refuses as a WebSocket does is where the examination goes on.
func TestGrow(t *testing.T) {
	u, _ := url.Parse("ws://a.example:81/")
	for _, tt := range []struct {
		name       string
		here, then *outcome
		moves      bool
	}{
		{"as all paths do", answered(403, ""), answered(403, ""), false},
		{"a login", answered(404, ""), answered(401, ""), true},
		{"an Origin", answered(404, ""), answered(403, "no"), true},
		{"another page", answered(404, ""), answered(200, "hello"), false},
		{"let in and closed", answered(400, "Bad Request"), closed(4406, "Subprotocol not acceptable"), true},
		{"TCP end", answered(404, ""), failed(dial.KindHandshake, dial.ReasonBroken, 0), false},
	} {
		e := &evidence{here: tt.here, asked: tt.here}
		e.cfg.URL = u
		v := doctor.AtPath(&e.cfg, "/ws")
		if e.grow(candidate{Variant: v}, tt.then) || (e.place.URL != nil) != tt.moves {
			t.Errorf("%s: at %v", tt.name, e.place.URL)
		}
	}
}
