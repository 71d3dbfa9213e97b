package format

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"maps"
	"math/big"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

const eventsDoc = "../docs/events.md"

func readDoc(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(eventsDoc)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Each example of a line is what the code prints of what it reads.
func TestDocExamples(t *testing.T) {
	block := regexp.MustCompile("(?s)```json events\n(.*?)```\n")
	var lines []byte
	types := make(map[string]bool)
	for _, m := range block.FindAllStringSubmatch(readDoc(t), -1) {
		lines = append(lines, m[1]...)
	}
	for line := range strings.Lines(string(lines)) {
		var l jsonLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		types[l.Type] = true
	}
	if len(types) != len(kinds)+3 {
		t.Errorf("there are examples of %v only", slices.Sorted(maps.Keys(types)))
	}
	got := strings.SplitAfter(string(printAgain(t, lines)), "\n")
	for i, want := range strings.SplitAfter(string(lines), "\n") {
		if i >= len(got) || got[i] != want {
			t.Errorf("the example\n%sis printed as\n%s", want, got[min(i, len(got)-1)])
		}
	}
}

// What the code can print is documented, and nothing else is.
func TestDocMembers(t *testing.T) {
	documented := documentedMembers(t)
	printed := make(map[string]bool)
	for line := range strings.Lines(string(everyMember(t))) {
		var l map[string]any
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		kind := l["type"].(string)
		for _, common := range []string{"type", "time", "at", "conn"} {
			delete(l, common)
		}
		members(printed, kind+" ", l)
	}
	for name := range printed {
		if !documented[name] {
			t.Errorf("%s is printed, and not documented", name)
		}
	}
	for name := range documented {
		if !printed[name] {
			t.Errorf("%s is documented, and not printed", name)
		}
	}
}

// members notes the names of an object's members, and of those within.
func members(names map[string]bool, prefix string, object map[string]any) {
	for name, value := range object {
		if inner, ok := value.(map[string]any); ok && name != "value" {
			members(names, prefix+name+".", inner)
			continue
		}
		names[prefix+name] = true
	}
}

// documentedMembers are the first columns of the tables, by type: "open timings.dns".
func documentedMembers(t *testing.T) map[string]bool {
	names := make(map[string]bool)
	name := regexp.MustCompile("`([a-z_0-9.]+)`")
	kind := ""
	for line := range strings.Lines(readDoc(t)) {
		switch {
		case strings.HasPrefix(line, "### "):
			kind = name.FindStringSubmatch(line)[1]
		case strings.HasPrefix(line, "## "):
			kind = ""
		case kind != "" && strings.HasPrefix(line, "| `"):
			cell, _, _ := strings.Cut(line[1:], "|")
			for _, m := range name.FindAllStringSubmatch(cell, -1) {
				names[kind+" "+m[1]] = true
			}
		}
	}
	return names
}

// everyMember are lines that have among them every member that there is.
func everyMember(t *testing.T) []byte {
	broken := &wire.Error{Code: 1002, Section: "RFC 6455 §5.5", Text: "too long"}
	header := wire.Header{Fin: true, Opcode: wire.OpText, Masked: true}
	odd := string([]byte{0xff})
	j := JSON{Conn: "alice", Connect: "echo:"}
	var dst []byte
	for _, ev := range []*session.Event{
		{Kind: session.KindOpen, Handshake: secureHandshake(t)},
		{Kind: session.KindOpen, Handshake: &dial.Handshake{Request: []byte("x"),
			Response: []byte("y")}},
		{Kind: session.KindMessage, Opcode: wire.OpText, More: true},
		{Kind: session.KindMessage, Opcode: wire.OpBinary, Auto: true},
		{Kind: session.KindMessage, Opcode: wire.OpText, Alive: true},
		{Kind: session.KindPing, Alive: true},
		{Kind: session.KindPing, Payload: []byte(odd)},
		{Kind: session.KindPong, RTT: 1, Alive: true},
		{Kind: session.KindGap, Gap: &session.Gap{Cause: "broken", Tries: 1, Unheard: 3, From: 1, To: 2,
			Resent: true}},
		{Kind: session.KindPong, Payload: []byte(odd)},
		{Kind: session.KindClose},
		{Kind: session.KindClose, Reason: odd},
		{Kind: session.KindNotice},
		{Kind: session.KindNotice, Text: odd},
		{Kind: session.KindFrame, Frame: &session.Frame{Header: header, Number: 1, Size: 1,
			Err: broken}},
		{Kind: session.KindFrame, Frame: &session.Frame{}},
		{Kind: session.KindEnd, End: &session.End{Err: broken}},
		{Kind: session.KindEnd, End: &session.End{Err: errors.New("x"), Reason: odd}},
	} {
		ev.Time = began
		dst = j.Event(dst, ev)
	}
	dst = j.Result(dst, &session.Event{Time: began}, []byte("{}"))
	for _, f := range []*Failure{
		{Hint: "hint"},
		{Handshake: secureHandshake(t), Body: []byte("no"), Cause: "cause", Foreign: true},
		{Body: []byte(odd),
			Handshake: &dial.Handshake{Request: []byte("x"), Response: []byte("y")}},
	} {
		dst = j.Failure(dst, f)
	}
	return dst
}

// secureHandshake is one through a proxy, with a certificate.
func secureHandshake(t *testing.T) *dial.Handshake {
	t.Helper()
	cert := certificate(t)
	return &dial.Handshake{
		URL:     parseURL(t, "wss://example.com/"),
		Request: []byte("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"), Status: 101,
		Response: []byte("HTTP/1.1 101 OK\r\nA: b\r\n\r\n"),
		Header:   map[string][]string{"A": {"b"}},
		Key:      "a", Accept: "b", AcceptGot: "c", Extensions: "permessage-deflate", Compressed: true,
		Remote: &net.TCPAddr{IP: net.IPv6loopback, Port: 443},
		Proxy:  parseURL(t, "http://proxy:3128"),
		TLS: &tls.ConnectionState{
			HandshakeComplete: true, Version: tls.VersionTLS13,
			CipherSuite: tls.TLS_AES_128_GCM_SHA256, NegotiatedProtocol: "http/1.1",
			ServerName: "example.com", PeerCertificates: []*x509.Certificate{cert},
			VerifiedChains: [][]*x509.Certificate{{cert}},
		},
		Timings: dial.Timings{DNS: 1, TCP: 2, Proxy: 3, TLS: 4, Upgrade: 5, Total: time.Hour},
	}
}

func certificate(t *testing.T) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a, b"},
		DNSNames: []string{"example.com"}, IPAddresses: []net.IP{net.IPv6loopback},
		URIs:      []*url.URL{{Scheme: "spiffe", Host: "a", Path: "/b"}},
		NotBefore: began.Add(-time.Hour), NotAfter: began.Add(49 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestSecureHandshakeReadsBack(t *testing.T) {
	ev := &session.Event{Kind: session.KindOpen, Time: began, Handshake: secureHandshake(t)}
	checkEvent(t, ev)
	j := JSON{}
	line := string(j.Event(nil, ev))
	for _, want := range []string{
		`"tls":{"version":"TLS 1.3","cipher":"TLS_AES_128_GCM_SHA256","alpn":"http/1.1",` +
			`"server_name":"example.com","verified":true,"certificate":{"subject":"CN=a\\, b",` +
			`"names":["example.com","::1","spiffe://a/b"],"issuer":"CN=a\\, b",` +
			`"not_before":"2026-01-02T14:04:05.000000000Z",` +
			`"not_after":"2026-01-04T16:04:05.000000000Z","days_left":2,"der":"`,
		`"remote":{"network":"tcp","address":"[::1]:443"},"proxy":"http://proxy:3128",`,
		`"timings":{"dns":0.000000001,"tcp":0.000000002,"proxy":0.000000003,` +
			`"tls":0.000000004,"upgrade":0.000000005,"total":3600.000000000}}`,
	} {
		if !strings.Contains(line, want) {
			t.Errorf("no %s in\n%s", want, line)
		}
	}
}
