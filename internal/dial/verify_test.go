package dial

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"wsline/internal/dial/field"
	"wsline/internal/wstest"
)

// The key and its accept value of RFC 6455 §1.3.
const (
	rfcKey    = "dGhlIHNhbXBsZSBub25jZQ=="
	rfcAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

func TestAcceptKey(t *testing.T) {
	if got := acceptKey(rfcKey); got != rfcAccept {
		t.Errorf("got %q, want %q", got, rfcAccept)
	}
}

// What other servers write, and RFC 6455 §4.1 allows.
func TestVerifyIsNotTooStrict(t *testing.T) {
	tests := [][]wstest.AcceptOption{
		{wstest.NoUpgrade(), wstest.Field("upgrade:WebSocket")},
		{wstest.Without("Connection"), wstest.Field("Connection: keep-alive,UPGRADE , close")},
		{wstest.Without("Connection"), wstest.Field("Connection: a"),
			wstest.Field("Connection: upgrade")},
		{wstest.StatusLine("HTTP/1.1 101")},
		{wstest.Subprotocol("")},
		{wstest.Extensions("")},
		{wstest.Field("Content-Length: 0"), wstest.Field("Transfer-Encoding: chunked")},
	}
	for _, opts := range tests {
		mustDial(t, piped(t, "ws://example.com/", accept(opts...)))
	}
}

func TestExtensions(t *testing.T) {
	const malformed = "malformed"
	tests := []struct{ values, bad string }{
		{"", ""},
		{" , ,", ""},
		{"permessage-deflate", ""},
		{" , permessage-deflate,,", ""},
		{"permessage-deflate ;server_no_context_takeover; client_no_context_takeover", ""},
		{"permessage-deflate; server_max_window_bits=8", ""},
		{"permessage-deflate; server_max_window_bits=15", ""},
		{`permessage-deflate; server_max_window_bits="1\0"`, ""},
		{"permessage-deflate; server_max_window_bits=7", "server_max_window_bits=7"},
		{"permessage-deflate; server_max_window_bits=16", "server_max_window_bits=16"},
		{"permessage-deflate; server_max_window_bits=08", "server_max_window_bits=08"},
		{"permessage-deflate; server_max_window_bits=+9", "server_max_window_bits=+9"},
		{"permessage-deflate; server_max_window_bits", "server_max_window_bits"},
		{"permessage-deflate; client_max_window_bits=15", "client_max_window_bits=15"},
		{"permessage-deflate; client_max_window_bits", "client_max_window_bits"},
		{"permessage-deflate; server_no_context_takeover=1", "server_no_context_takeover=1"},
		{"permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
			"server_max_window_bits=9"},
		{"permessage-deflate; x", "x"},
		{"permessage-deflate, permessage-deflate", "permessage-deflate"},
		{"permessage-deflate\nx-other; a=b", "x-other; a=b"},
		{"x-webkit-deflate-frame", "x-webkit-deflate-frame"},
		{"Permessage-Deflate", "Permessage-Deflate"},
		{"permessage-deflate;", malformed},
		{"permessage-deflate; a=", malformed},
		{`permessage-deflate; a="b c"`, malformed},
		{`permessage-deflate; a=""`, malformed},
		{`permessage-deflate; a="b`, malformed},
		{`permessage-deflate; a="b\`, malformed},
		{"permessage-deflate x", malformed},
		{"(", malformed},
	}
	for _, tt := range tests {
		list, ok := field.Extensions(strings.Split(tt.values, "\n"))
		if ok != (tt.bad != malformed) {
			t.Errorf("%q: parsed %v, %v", tt.values, list, ok)
			continue
		}
		o := offer{deflates: []field.Extension{{Name: deflate}}}
		bad, _ := o.badExtension(list)
		got := strings.TrimPrefix(bad, "permessage-deflate; ")
		if ok && got != tt.bad {
			t.Errorf("%q: bad %q, want %q", tt.values, got, tt.bad)
		}
	}
}

// What a server answers to windows that were offered (RFC 7692 §7.1.2).
func TestWindowBits(t *testing.T) {
	const name = "permessage-deflate"
	both := Deflate{ServerBits: 15, ClientBits: 15}
	tests := []struct {
		server, client int // of the Config
		offer, answer  string
		want           Deflate
		bad            string
	}{
		{0, 0, "", "", both, ""},
		{0, 0, "", "; server_max_window_bits=9", Deflate{ServerBits: 9, ClientBits: 15}, ""},
		{0, AnyWindowBits, "; client_max_window_bits", "", both, ""},
		{0, AnyWindowBits, "; client_max_window_bits", "; client_max_window_bits=8",
			Deflate{ServerBits: 15, ClientBits: 8}, ""},
		{0, AnyWindowBits, "; client_max_window_bits", "; client_max_window_bits", both, "not offered"},
		{0, AnyWindowBits, "; client_max_window_bits", "; client_max_window_bits=16", both, "not offered"},
		{0, 10, "; client_max_window_bits=10", "; client_max_window_bits=12; server_no_context_takeover",
			Deflate{ServerForgets: true, ServerBits: 15, ClientBits: 10}, ""},
		{0, 10, "; client_max_window_bits=10", "; client_max_window_bits=9",
			Deflate{ServerBits: 15, ClientBits: 9}, ""},
		{0, 10, "; client_max_window_bits=10", "; client_no_context_takeover",
			Deflate{ClientForgets: true, ServerBits: 15, ClientBits: 10}, ""},
		{11, 0, "; server_max_window_bits=11", "; server_max_window_bits=11",
			Deflate{ServerBits: 11, ClientBits: 15}, ""},
		{11, 0, "; server_max_window_bits=11", "; server_max_window_bits=8",
			Deflate{ServerBits: 8, ClientBits: 15}, ""},
		{11, 0, "; server_max_window_bits=11", "; server_max_window_bits=12", both,
			"whose server_max_window_bits is more than 11"},
		{11, 0, "; server_max_window_bits=11", "", both,
			"without the server_max_window_bits that was asked for"},
		{11, 0, "; server_max_window_bits=11", "; server_max_window_bits=11; client_max_window_bits=11",
			both, "not offered"},
		{8, 15, "; server_max_window_bits=8; client_max_window_bits=15", "; server_max_window_bits=8",
			Deflate{ServerBits: 8, ClientBits: 15}, ""},
	}
	for _, tt := range tests {
		cfg := piped(t, "ws://example.com/", accept(wstest.Extensions(name+tt.answer)))
		cfg.Compress, cfg.ServerWindowBits, cfg.ClientWindowBits = true, tt.server, tt.client
		conn, err := Dial(t.Context(), cfg)
		switch {
		case tt.bad != "":
			if err == nil || !strings.Contains(err.Error(), tt.bad) {
				t.Errorf("%s to %s: %v", tt.answer, tt.offer, err)
			}
		case err != nil:
			t.Errorf("%s to %s: %v", tt.answer, tt.offer, err)
		case conn.Handshake.OfferedExtensions != name+tt.offer || conn.Handshake.Deflate() != tt.want:
			t.Errorf("%q: %+v, want %+v", conn.Handshake.OfferedExtensions, conn.Handshake.Deflate(), tt.want)
		}
		if conn != nil {
			conn.Tap.Close()
		}
	}
}

func TestUnaskedExtensionParameter(t *testing.T) {
	const chosen = "permessage-deflate; client_max_window_bits=10"
	cfg := piped(t, "ws://example.com/", accept(wstest.Extensions(chosen)))
	cfg.Compress = true
	sameError(t, dialError(t, t.Context(), cfg), &Error{
		Kind: KindHandshake, Reason: ReasonExtension, Status: 101, Got: chosen,
		Text: `example.com chose the extension "` + chosen + `", which was not offered`,
	})
}

// FuzzResponse reads any head. What is accepted, the library accepts in the form that it gets.
func FuzzResponse(f *testing.F) {
	const ok = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + rfcAccept + "\r\n"
	for _, s := range []string{
		ok + "\r\n",
		ok + "Sec-WebSocket-Protocol: chat\r\n\r\n",
		ok + "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=\"9\"\r\n\r\n",
		ok + "Sec-WebSocket-Extensions: a;b=c, d\r\n folded\r\n\r\n",
		"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 999\r\n\r\n", "HTTP/",
	} {
		f.Add([]byte(s))
	}
	o := offer{key: rfcKey, subprotocols: []string{"chat", "superchat"}, deflates: []field.Extension{{Name: deflate}}}
	f.Fuzz(func(t *testing.T, head []byte) {
		resp, err := parseHead(head)
		if err != nil {
			return
		}
		hs := new(Handshake)
		if e := o.verify(resp, hs); e != nil {
			if e.Text == "" || e.Kind != KindHandshake || e.Reason == ReasonOther {
				t.Fatalf("%q: %+v", head, e)
			}
			return
		}
		list, ok := field.Extensions([]string{hs.Extensions})
		for _, e := range list {
			again, _ := field.Extensions([]string{e.String()})
			if !ok || !reflect.DeepEqual(again, []field.Extension{e}) {
				t.Fatalf("%q became %q", hs.Extensions, again)
			}
		}
		libraryTakes(t, &o, hs)
	})
}

func libraryTakes(t *testing.T, o *offer, hs *Handshake) {
	t.Helper()
	conn, resp, err := websocket.Dial(context.Background(), "ws://peer/", &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: roundTrip(func(req *http.Request) *http.Response {
			again := *hs
			again.Accept = acceptKey(req.Header.Get("Sec-WebSocket-Key"))
			resp := again.forLibrary(req)
			resp.Body = noConn{}
			return resp
		})},
		Subprotocols: o.subprotocols,
	})
	if err != nil {
		t.Fatalf("%v: %v", resp, err)
	}
	conn.CloseNow()
}

type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req), nil }
