package format

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"strings"
	"testing"
	"time"

	"wsline/internal/dial"
)

const (
	sampleKey    = "dGhlIHNhbXBsZSBub25jZQ==" // of RFC 6455 §1.3
	sampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

var shakeNow = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

func head(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n") + "\r\n\r\n") }

// upgraded is a plain handshake that went well.
func upgraded(t *testing.T) *dial.Handshake {
	return &dial.Handshake{
		URL: parseURL(t, "ws://127.0.0.1:8080/chat"),
		Request: head("GET /chat HTTP/1.1", "Host: 127.0.0.1:8080", "Upgrade: websocket",
			"Connection: Upgrade", "Sec-WebSocket-Key: "+sampleKey, "Sec-WebSocket-Version: 13",
			"User-Agent: wsline"),
		Response: head("HTTP/1.1 101 Switching Protocols", "upgrade: websocket",
			"Connection: Upgrade", "Sec-WebSocket-Accept: "+sampleAccept),
		Status: 101, Key: sampleKey, Accept: sampleAccept, AcceptGot: sampleAccept,
		Remote:  &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080},
		Timings: dial.Timings{TCP: 312456, Upgrade: 2987654, Total: 3412345},
	}
}

func sampleCert(names ...string) *x509.Certificate {
	return &x509.Certificate{
		Subject:     pkix.Name{CommonName: "example.com", Organization: []string{"Example, Inc."}},
		Issuer:      pkix.Name{CommonName: "Example CA"},
		DNSNames:    names,
		IPAddresses: []net.IP{net.IPv6loopback},
		NotBefore:   shakeNow.Add(-24 * time.Hour),
		NotAfter:    shakeNow.Add(90*24*time.Hour + time.Hour),
	}
}

// secured is a handshake with everything that one can have, and with secrets wherever they can be.
func secured(t *testing.T) *dial.Handshake {
	h := upgraded(t)
	const token = "an-access-token-of-37-bytes-in-length"
	const offer = "permessage-deflate; client_max_window_bits"
	const chosen = "permessage-deflate; server_no_context_takeover; client_max_window_bits=12"
	h.URL = parseURL(t, "wss://user:hunter2@example.com/chat?room=1&token="+token)
	h.Proxy = parseURL(t, "http://me:hunter2@127.0.0.1:3128")
	h.Remote = &net.TCPAddr{IP: net.IPv6loopback, Port: 3128}
	h.Request = head("GET /chat?room=1&token="+token+" HTTP/1.1", "Host: example.com",
		"Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: "+sampleKey,
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Extensions: "+offer,
		"Sec-WebSocket-Protocol: chat, bearer, hunter2", "Authorization: Basic dXNlcjpodW50ZXIy",
		"Cookie: sid=hunter2", "X-API-Key: hunter2")
	h.Response = head("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket",
		"Connection: Upgrade", "Sec-WebSocket-Accept: "+sampleAccept,
		"Sec-WebSocket-Extensions: "+chosen, "Sec-WebSocket-Protocol: hunter2",
		"Set-Cookie: sid=hunter2; HttpOnly")
	h.OfferedProtocols, h.Subprotocol = []string{"chat", "bearer", "hunter2"}, "hunter2"
	h.OfferedExtensions, h.Extensions, h.Compressed = offer, chosen, true
	cert := sampleCert("example.com", "www.example.com")
	h.TLS = &tls.ConnectionState{
		Version: tls.VersionTLS13, CipherSuite: tls.TLS_AES_128_GCM_SHA256,
		NegotiatedProtocol: "http/1.1", HandshakeComplete: true,
		PeerCertificates: []*x509.Certificate{cert},
		VerifiedChains:   [][]*x509.Certificate{{cert}},
	}
	h.Timings = dial.Timings{
		DNS: 1234567, TCP: 298765, Proxy: 3 * time.Millisecond, TLS: 12345678, Upgrade: 2987654,
		Total: 1234567890,
	}
	return h
}

func TestHandshakeGolden(t *testing.T) {
	refused := upgraded(t)
	refused.Response = head("HTTP/1.1 401 Unauthorized", `WWW-Authenticate: Bearer realm="x"`,
		"Content-Length: 0")
	refused.Status, refused.AcceptGot = 0, ""
	refused.OfferedProtocols = []string{"chat"}

	insecure := secured(t)
	insecure.TLS.VerifiedChains = nil
	insecure.TLS.PeerCertificates[0].NotAfter = shakeNow.Add(-50 * time.Hour)
	insecure.TLS.PeerCertificates[0].DNSNames = strings.Fields(strings.Repeat("a.example ", 12))

	partial := &dial.Handshake{URL: parseURL(t, "wss://localhost:8443/")}
	partial.Remote = &net.TCPAddr{IP: net.IPv6loopback, Port: 8443}
	partial.TLS = &tls.ConnectionState{
		Version: tls.VersionTLS12, PeerCertificates: []*x509.Certificate{sampleCert()},
	}
	partial.TLS.PeerCertificates[0].NotBefore = shakeNow.Add(time.Hour)
	partial.Timings = dial.Timings{TCP: 250 * time.Microsecond, TLS: 2 * time.Second}

	hostile := upgraded(t)
	hostile.Response = []byte("HTTP/1.1 101 \x1b[31mred\x1b[0m\n" +
		"Server: \u202egnp\u202c\r\r\nX: tab\there \xff\x9b\r\n" +
		"\tfolded\r\nSet-Cookie:\r\n a=hunter2\r\n")
	hostile.AcceptGot = "\x1b[2J, " + sampleAccept
	hostile.Remote = &net.UnixAddr{Name: "/run/\x07.sock", Net: "unix"}
	hostile.OfferedProtocols = []string{"chat", "superchat"}
	hostile.OfferedExtensions = "permessage-deflate"

	missing := upgraded(t)
	missing.AcceptGot, missing.Response = "", []byte("HTTP/1.1 101 Switching Protocols\r\nUpgr")

	for name, h := range map[string]*dial.Handshake{
		"ws": upgraded(t), "wss": secured(t), "refused": refused, "insecure": insecure,
		"partial": partial, "hostile": hostile, "missing": missing,
	} {
		t.Run(name, func(t *testing.T) {
			style := HandshakeStyle{Now: shakeNow}
			plain := Handshake([]byte("# before\n"), h, style)
			golden(t, "testdata/handshake."+name+".golden", plain)
			if bytes.Contains(plain, []byte("hunter2")) {
				t.Error("a secret is shown")
			}
			for line := range bytes.Lines(plain) {
				if text := bytes.TrimSuffix(line, []byte("\n")); !safe(text) {
					t.Errorf("%q is not safe", text)
				}
			}
			style.Secrets, style.Color = true, true
			golden(t, "testdata/handshake."+name+".color.golden", Handshake(nil, h, style))
		})
	}
}

// safe reports whether text, but for tabs, is what Escape leaves as it is.
func safe(text []byte) bool { return bytes.Equal(Escape(nil, text, false), text) }

func TestHandshakeShowsTheHeadsAsTheyWere(t *testing.T) {
	h := secured(t)
	got := string(Handshake(nil, h, HandshakeStyle{Secrets: true}))
	for mark, head := range map[string][]byte{"> ": h.Request, "< ": h.Response} {
		var want strings.Builder
		for line := range strings.Lines(string(head)) {
			want.WriteString(strings.TrimSuffix(mark+line, "\r\n") + "\n")
		}
		text := strings.Replace(want.String(), "\n"+mark+"\n", "\n"+mark[:1]+"\n", 1)
		if !strings.Contains(got, text) {
			t.Errorf("%s\nis not in\n%s", text, got)
		}
	}
}

func TestHandshakeOfNothing(t *testing.T) {
	if got := Handshake(nil, nil, HandshakeStyle{}); got != nil {
		t.Errorf("%q", got)
	}
	if got := Handshake(nil, new(dial.Handshake), HandshakeStyle{}); got != nil {
		t.Errorf("%q", got)
	}
	h := &dial.Handshake{TLS: new(tls.ConnectionState)}
	if got := string(Handshake(nil, h, HandshakeStyle{})); got != "* TLS: 0x0000, no ALPN\n" {
		t.Errorf("%q", got)
	}
}

func TestHandshakeBare(t *testing.T) {
	for _, color := range []bool{false, true} {
		h := secured(t)
		style := HandshakeStyle{Now: shakeNow, Color: color, Bare: true}
		got := NewTalk(Style{}).Status(nil, string(Handshake(nil, h, style)))
		for line := range bytes.Lines(got) {
			text, found := bytes.CutPrefix(line, []byte("* "))
			if !found || bytes.HasPrefix(text, []byte("*")) || bytes.Contains(text, []byte("[2m")) {
				t.Errorf("%q", line)
			}
		}
	}
}

func TestDeflateText(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"mystery", ""},
		{"server_max_window_bits=8",
			"the server looks back at most 256 bytes, RFC 7692 §7.1.2.1"},
		{"server_max_window_bits = \"15\"",
			"the server looks back at most 32 KiB, RFC 7692 §7.1.2.1"},
		{"client_max_window_bits=10", "we look back at most 1 KiB, RFC 7692 §7.1.2.2"},
		{"client_max_window_bits=99", "we look back at most 2^99 bytes, RFC 7692 §7.1.2.2"},
	}
	for _, tt := range tests {
		if got := deflateText(tt.in); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestValidity(t *testing.T) {
	cert := sampleCert()
	tests := []struct {
		now  time.Time
		want string
	}{
		{time.Time{}, "UTC\n"},
		{cert.NotBefore, "UTC, 91 days left\n"},
		{cert.NotBefore.Add(-time.Hour), "UTC, begins in 1 hour\n"},
		{cert.NotAfter, "UTC, 0 hours left\n"},
		{cert.NotAfter.Add(-48 * time.Hour), "UTC, 2 days left\n"},
		{cert.NotAfter.Add(47 * time.Hour), "UTC, expired 47 hours ago\n"},
	}
	for _, tt := range tests {
		p := &shakePrinter{style: HandshakeStyle{Now: tt.now}}
		if p.validity(cert); !strings.HasSuffix(string(p.dst), tt.want) {
			t.Errorf("%s: %s, want %s", tt.now, p.dst, tt.want)
		}
	}
}

// TestOpenHidesSecrets is about the status line of a connection.
func TestOpenHidesSecrets(t *testing.T) {
	h := secured(t)
	got := openText(h, false)
	want := `connected to wss://example.com/chat?room=1&token=<37 bytes hidden> ` +
		`(through http://127.0.0.1:3128, subprotocol "<7 bytes hidden>", permessage-deflate, TLS 1.3)`
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := openText(h, true); !strings.Contains(got, "token=an-access-token-") ||
		!strings.Contains(got, `"hunter2"`) {
		t.Errorf("secrets are wanted: %s", got)
	}
}
