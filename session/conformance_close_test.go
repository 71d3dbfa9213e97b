package session_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wsline/internal/wire"
	"wsline/internal/wstest"
	"wsline/session"
)

const closed = session.CauseClosed

func TestConformanceClose(t *testing.T) {
	hello := []answer{{wire.OpText, "Hello World!"}}
	big := strings.Repeat("BAsd7&jh23", 26215) // 256 KiB
	parts := fragments(wire.OpText, 0, "fragment1", "fragment2")
	end := closing(1000, "")
	cases := slices.Concat(
		chopped(conformance{id: "7.1.1", send: [][]byte{text("Hello World!"), end},
			want: hello, code: 1000, as: closed}),
		chopped(conformance{id: "7.1.2", send: [][]byte{end, end}, code: 1000, as: closed}),
		chopped(conformance{id: "7.1.3", send: [][]byte{end, ping("after")}, code: 1000, as: closed}),
		chopped(conformance{id: "7.1.4", send: [][]byte{end, text("after")}, code: 1000, as: closed}),
		chopped(conformance{id: "7.1.5", send: [][]byte{parts[0], end, parts[1]},
			code: 1000, as: closed}),
		[]conformance{{id: "7.1.6",
			send: [][]byte{text(big), text("Hello World!"), end, ping("after")},
			want: append([]answer{{wire.OpText, big}}, hello...), code: 1000, as: closed}},
		chopped(conformance{id: "7.3.1", send: write(closing(0, "")), code: 1005, as: closed}),
		chopped(conformance{id: "7.3.2", send: write(frame(fin|0x8, "a")), code: 1002}),
		chopped(conformance{id: "7.3.3", send: write(end), code: 1000, as: closed}),
		chopped(conformance{id: "7.3.4", send: write(closing(1000, "Hello World!")),
			code: 1000, as: closed}),
		chopped(conformance{id: "7.3.5", send: write(closing(1000, strings.Repeat("*", 123))),
			code: 1000, as: closed}),
		chopped(conformance{id: "7.3.6", send: write(closing(1000, strings.Repeat("*", 124))),
			code: 1002}),
		chopped(conformance{id: "7.5.1",
			send: write(closing(1000, "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited")),
			code: 1007}),
		chopped(conformance{id: "7.5.x reason that ends within a character",
			send: write(closing(1000, "\xce\xba\xe1\xbd")), code: 1007}),
	)
	runAll(t, cases)
}

func TestConformanceCloseCodes(t *testing.T) {
	var cases []conformance
	for _, code := range []wire.StatusCode{
		1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
		3000, 3999, 4000, 4999,
	} {
		cases = append(cases,
			conformance{id: fmt.Sprintf("7.7 code %d", code),
				send: write(closing(code, "")), code: code, as: closed},
			conformance{id: fmt.Sprintf("7.7 code %d with a reason", code),
				send: write(closing(code, "tschüs")), code: code, as: closed})
	}
	for _, code := range []wire.StatusCode{
		0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535,
	} {
		payload := string([]byte{byte(code >> 8), byte(code)})
		cases = append(cases,
			conformance{id: fmt.Sprintf("7.9 code %d", code),
				send: write(frame(fin|0x8, payload)), code: 1002},
			conformance{id: fmt.Sprintf("7.9 code %d with a reason", code),
				send: write(frame(fin|0x8, payload+"bye")), code: 1002})
	}
	runAll(t, cases)
}

// What a Close frame of the server's says must be in the session's end.
func TestConformanceCloseEnd(t *testing.T) {
	tests := []struct {
		frame  []byte
		code   wire.StatusCode
		reason string
		sent   wire.StatusCode
	}{
		{closing(1001, "tschüs"), 1001, "tschüs", 1001},
		{closing(4321, ""), 4321, "", 4321},
		{closing(0, ""), 1005, "", 0},
		{closing(1000, strings.Repeat("*", 123)), 1000, strings.Repeat("*", 123), 1000},
	}
	for _, tt := range tests {
		server := wstest.Serve(t, func(p *wstest.Peer) {
			p.Accept()
			p.Write(tt.frame)
			p.ReadFrame()
		})
		end := echo(t, server.URL(), false)
		want := session.End{Cause: closed, Received: true,
			Code: tt.code, Reason: tt.reason, Sent: tt.sent}
		if end.Before = (session.Before{}); *end != want {
			t.Errorf("%q: %+v, want %+v", tt.frame, *end, want)
		}
	}
}
