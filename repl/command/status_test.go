package command

import (
	"crypto/tls"
	"net/url"
	"strings"
	"testing"
	"time"

	"wsline/internal/dial"
	"wsline/session"
)

func TestStatusText(t *testing.T) {
	u, err := url.Parse("wss://bob:geheim@example.com/chat")
	if err != nil {
		t.Fatal(err)
	}
	h := &dial.Handshake{
		URL: u, Proxy: &url.URL{Scheme: "http", Host: "proxy:3128", User: url.UserPassword("a", "b")},
		Subprotocol: "chat\x1b[2J", Extensions: "permessage-deflate",
		TLS: &tls.ConnectionState{Version: tls.VersionTLS13, CipherSuite: tls.TLS_AES_128_GCM_SHA256},
	}
	st := session.Stats{
		Since: time.Now().Add(-61 * time.Second), MessagesIn: 1, MessagesOut: 2, BytesIn: 3, BytesOut: 1,
		PingsIn: 4, PongsIn: 1, PingsOut: 5, RTT: 1234567,
	}
	want := `address      wss://bob:xxxxx@example.com/chat
proxy        http://a:xxxxx@proxy:3128
TLS          TLS 1.3, TLS_AES_128_GCM_SHA256
subprotocol  "chat\x1b[2J"
extensions   permessage-deflate
received     1 message, 3 bytes
sent         2 messages, 1 byte
pings        5 sent, 4 received; 1 pong received
uptime       1m1s
round trip   1.235ms`
	if got := StatusText(h, st, Hiding{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestStatusOfTheHandshake(t *testing.T) {
	h := &dial.Handshake{
		URL: &url.URL{Scheme: "ws", Host: "a", RawQuery: "token=x"}, Subprotocol: "b",
		OfferedProtocols: []string{"a", "b"}, Extensions: "", OfferedExtensions: "permessage-deflate",
		Timings: dial.Timings{TCP: 1234567, Upgrade: 2 * time.Second, Total: 2*time.Second + 1234567},
	}
	hide := Hiding{
		URL: func(*url.URL) string { return "hidden" },
		Protocol: func(value string) string { // b is a secret behind a
			return strings.Replace(value, "a, b", "a, hidden", 1)
		},
	}
	got := StatusText(h, session.Stats{Since: time.Now()}, hide)
	want := `address      hidden
TLS          none
subprotocol  hidden (offered: a, hidden)
extensions   none (offered: permessage-deflate)
handshake    2s: TCP 1.23ms, upgrade 2s
`
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
