package wire_test

import (
	"bytes"
	"strings"
	"testing"

	"wsline/internal/wire"
)

func TestStatusCode(t *testing.T) {
	// Every code of 16 bits, in ranges that begin at from.
	ranges := []struct {
		from   int
		name   string
		onWire bool
	}{
		{0, "", false},
		{1000, "normal closure", true},
		{1001, "going away", true},
		{1002, "protocol error", true},
		{1003, "unsupported data", true},
		{1004, "", false},
		{1005, "no status received", false},
		{1006, "abnormal closure", false},
		{1007, "invalid frame payload data", true},
		{1008, "policy violation", true},
		{1009, "message too big", true},
		{1010, "mandatory extension", true},
		{1011, "internal error", true},
		{1012, "service restart", true},
		{1013, "try again later", true},
		{1014, "bad gateway", true},
		{1015, "TLS handshake", false},
		{1016, "", false},
		{3000, "unauthorized", true},
		{3001, "", true},
		{3003, "forbidden", true},
		{3004, "", true},
		{3008, "timeout", true},
		{3009, "", true},
		{4000, "", true},
		{5000, "", false},
		{65536, "", false},
	}
	for i, r := range ranges[:len(ranges)-1] {
		for n := r.from; n < ranges[i+1].from; n++ {
			c := wire.StatusCode(n)
			if c.Name() != r.name || c.OnWire() != r.onWire {
				t.Errorf("%d: %q, %v, want %q, %v", n, c.Name(), c.OnWire(), r.name, r.onWire)
			}
		}
	}
}

func TestNameFor(t *testing.T) {
	for _, tt := range []struct {
		code         wire.StatusCode
		reason, want string
	}{
		{1001, "bye", "going away"}, {3000, "", "unauthorized"}, {3000, "Unauthorized: no token", "unauthorized"},
		{3000, "connection closed", ""}, {3008, "slow", ""}, {4401, "", ""},
	} {
		if got := tt.code.NameFor(tt.reason); got != tt.want {
			t.Errorf("%d %q: %q, want %q", tt.code, tt.reason, got, tt.want)
		}
	}
}

func TestAppendClose(t *testing.T) {
	tests := []struct {
		code   wire.StatusCode
		reason string
		want   string
	}{
		{0, "", ""},
		{0, "a reason needs a code", ""},
		{1000, "", "\x03\xe8"},
		{1001, "bye", "\x03\xe9bye"},
		{4999, "tschüs", "\x13\x87tsch\xc3\xbcs"},
		{1005, "", "\x03\xed"}, // wrong, but what was asked for
		{65535, "\xff", "\xff\xff\xff"},
		{1000, strings.Repeat("x", 123), "\x03\xe8" + strings.Repeat("x", 123)},
	}
	for _, tt := range tests {
		if got := wire.AppendClose([]byte("."), tt.code, tt.reason); string(got) != "."+tt.want {
			t.Errorf("%d %q: %q, want %q", tt.code, tt.reason, got[1:], tt.want)
		}
	}
}

func TestParseClose(t *testing.T) {
	bad := func(text string) wire.Error { return wire.Error{1002, "RFC 6455 §7.4", text} }
	half := wire.Error{1002, "RFC 6455 §5.5.1", "close frame with 1 byte of payload"}
	notUTF8 := wire.Error{1007, "RFC 6455 §8.1", "close reason that is not UTF-8"}
	tests := []struct {
		payload string
		code    wire.StatusCode
		reason  string
		err     wire.Error // zero for none
	}{
		{"", 1005, "", wire.Error{}},
		{"\x03\xe8", 1000, "", wire.Error{}},
		{"\x03\xe9bye", 1001, "bye", wire.Error{}},
		{"\x03\xf6", 1014, "", wire.Error{}},
		{"\x0b\xb8", 3000, "", wire.Error{}},
		{"\x13\x87tsch\xc3\xbcs", 4999, "tschüs", wire.Error{}},
		{"\x03", 0, "", half},
		{"\x00\x00", 0, "", bad("close frame with the code 0")},
		{"\x03\xe7", 999, "", bad("close frame with the code 999")},
		{"\x03\xec", 1004, "", bad("close frame with the code 1004")},
		{"\x03\xed", 1005, "", bad("close frame with the code 1005")},
		{"\x03\xee", 1006, "", bad("close frame with the code 1006")},
		{"\x03\xf7x", 1015, "x", bad("close frame with the code 1015")},
		{"\x03\xf8", 1016, "", bad("close frame with the code 1016")},
		{"\x07\xd0", 2000, "", bad("close frame with the code 2000")},
		{"\x0b\xb7", 2999, "", bad("close frame with the code 2999")},
		{"\x13\x88", 5000, "", bad("close frame with the code 5000")},
		{"\xff\xff\xff", 65535, "\xff", bad("close frame with the code 65535")},
		{"\x03\xe8\xce\xba\xff", 1000, "\xce\xba\xff", notUTF8},
		{"\x03\xe8tsch\xc3", 1000, "tsch\xc3", notUTF8},
		{"\x03\xe8\xed\xa0\x80", 1000, "\xed\xa0\x80", notUTF8},
	}
	for _, tt := range tests {
		code, reason, err := wire.ParseClose([]byte(tt.payload))
		if code != tt.code || reason != tt.reason {
			t.Errorf("%q: %d %q, want %d %q", tt.payload, code, reason, tt.code, tt.reason)
		}
		if tt.err != (wire.Error{}) {
			wantError(t, err, tt.err)
		} else if err != nil {
			t.Errorf("%q: %v", tt.payload, err)
		}
	}
}

func FuzzParseClose(f *testing.F) {
	for _, s := range []string{"", "\x03", "\x03\xe8", "\x03\xe9bye", "\x03\xed", "\x03\xe8\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		code, reason, err := wire.ParseClose(p)
		switch {
		case err == nil && len(p) == 0:
			if code != wire.StatusNoStatusRcvd || reason != "" {
				t.Fatalf("nothing: %d %q", code, reason)
			}
		case err == nil:
			if !code.OnWire() || !bytes.Equal(wire.AppendClose(nil, code, reason), p) {
				t.Fatalf("% x: %d %q", p, code, reason)
			}
		case len(p) == 0:
			t.Fatal(err)
		}
	})
}
