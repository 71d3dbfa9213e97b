package dial

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wstest"
)

// What there was until a failure is told with it.
func TestErrorHandshake(t *testing.T) {
	for _, tt := range []struct {
		name, response string
		accepted       string
	}{
		{"refused", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", ""},
		{"not HTTP", "SSH-2.0-x\r\n", ""},
		{"broken off", "HTTP/1.1 101 Switch", ""},
		{"wrong accept", "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: upgrade\r\n" +
			"Sec-WebSocket-Accept: x\r\n\r\n", "x"},
		{"silence", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := piped(t, "ws://example.com/", respond(tt.response))
			cfg.Subprotocols, cfg.Compress = []string{"chat"}, true
			hs := dialError(t, t.Context(), cfg).Handshake
			if hs == nil || hs.Remote == nil || hs.TLS != nil || hs.Timings.Total <= 0 ||
				hs.Timings.Upgrade <= 0 || hs.URL != cfg.URL {
				t.Fatalf("handshake %+v", hs)
			}
			if !strings.HasPrefix(string(hs.Request), "GET / HTTP/1.1\r\n") || len(hs.Key) != 24 ||
				hs.Accept != acceptKey(hs.Key) || hs.AcceptGot != tt.accepted ||
				hs.OfferedExtensions != "permessage-deflate" || hs.OfferedProtocols[0] != "chat" {
				t.Errorf("handshake %+v", hs)
			}
			head, _, _ := strings.Cut(tt.response, "no")
			if tt.name == "not HTTP" {
				head = head[:len("SSH-2")]
			}
			if string(hs.Response) != head {
				t.Errorf("response %q, want %q", hs.Response, head)
			}
			if (tt.name == "refused") != (hs.Status == 403) {
				t.Errorf("status %d, header %v", hs.Status, hs.Header)
			}
		})
	}
}

func TestErrorHandshakeBeforeTheRequest(t *testing.T) {
	cfg := piped(t, "ws://example.com/", nil)
	cfg.NetDial = func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no")
	}
	if hs := dialError(t, t.Context(), cfg).Handshake; hs == nil || hs.URL != cfg.URL ||
		hs.Remote != nil || hs.Request != nil || hs.Timings.Total <= 0 {
		t.Errorf("nothing was connected: %+v", hs)
	}
	ca := wstest.NewCA(t)
	cfg = securely(t, ca.ServerConfig(t, wstest.For("a.example")), accept())
	cfg.TLS.CA = ca.PEM()
	hs := dialError(t, t.Context(), cfg).Handshake
	if hs == nil || hs.TLS == nil || hs.TLS.Version != tls.VersionTLS13 || hs.Timings.TLS <= 0 ||
		len(hs.TLS.PeerCertificates) != 1 || hs.TLS.PeerCertificates[0].DNSNames[0] != "a.example" ||
		hs.Request != nil {
		t.Errorf("handshake %+v", hs)
	}
	cfg = piped(t, "wss://example.com/", func(p *wstest.Peer) { p.Hangup() })
	if hs := dialError(t, t.Context(), cfg).Handshake; hs == nil || hs.TLS != nil {
		t.Errorf("handshake %+v", hs)
	}
}

func TestErrorHandshakeAtTheTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := piped(t, "ws://example.com/", func(p *wstest.Peer) {
			p.Request()
			p.Stall(nil)
		})
		cfg.Timeout = time.Minute
		hs := dialError(t, t.Context(), cfg).Handshake
		if hs == nil || len(hs.Request) == 0 || hs.Timings.Total != time.Minute ||
			hs.Timings.Upgrade != time.Minute {
			t.Errorf("handshake %+v", hs)
		}
	})
}
