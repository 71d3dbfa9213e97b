package wire_test

import (
	"testing"

	"wsline/internal/wire"
)

func TestOpcode(t *testing.T) {
	tests := []struct {
		op                wire.Opcode
		control, reserved bool
		name              string
	}{
		{wire.OpContinuation, false, false, "continuation"},
		{wire.OpText, false, false, "text"},
		{wire.OpBinary, false, false, "binary"},
		{0x3, false, true, "reserved 0x3"},
		{0x4, false, true, "reserved 0x4"},
		{0x5, false, true, "reserved 0x5"},
		{0x6, false, true, "reserved 0x6"},
		{0x7, false, true, "reserved 0x7"},
		{wire.OpClose, true, false, "close"},
		{wire.OpPing, true, false, "ping"},
		{wire.OpPong, true, false, "pong"},
		{0xb, true, true, "reserved 0xb"},
		{0xc, true, true, "reserved 0xc"},
		{0xd, true, true, "reserved 0xd"},
		{0xe, true, true, "reserved 0xe"},
		{0xf, true, true, "reserved 0xf"},
	}
	for i, tt := range tests {
		if tt.op != wire.Opcode(i) {
			t.Fatalf("row %d is for opcode 0x%x", i, uint8(tt.op))
		}
		if got := tt.op.IsControl(); got != tt.control {
			t.Errorf("%v.IsControl() = %v", tt.op, got)
		}
		if got := tt.op.IsReserved(); got != tt.reserved {
			t.Errorf("%v.IsReserved() = %v", tt.op, got)
		}
		if got := tt.op.String(); got != tt.name {
			t.Errorf("opcode 0x%x is %q, want %q", uint8(tt.op), got, tt.name)
		}
	}
}

func TestAccept(t *testing.T) {
	// RFC 6455 §1.3
	got := wire.Accept("dGhlIHNhbXBsZSBub25jZQ==")
	if want := "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// wantError checks that err is an *Error of exactly this code, section and text.
func wantError(t *testing.T, err error, want wire.Error) {
	t.Helper()
	switch e, ok := err.(*wire.Error); {
	case err == nil:
		t.Errorf("no error, want %q", want.Error())
	case !ok:
		t.Errorf("error of type %T: %v", err, err)
	case *e != want:
		t.Errorf("got %d %q, want %d %q", e.Code, e, want.Code, want.Error())
	}
}
