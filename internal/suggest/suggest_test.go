package suggest

import (
	"strings"
	"testing"
)

func TestSlip(t *testing.T) {
	names := []string{"show", "listen", "version"}
	for typed, want := range map[string]string{
		"shwo": "show", "hsow": "show", "how": "show", "shows": "show", "slow": "show", "verison": "version",
		"show": "", "host": "", "list": "", "slwo": "", "": "", strings.Repeat("show", 1000): "",
	} {
		if got := Slip(typed, names); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"ping", "pong", "connect", "close", "now", "edit"}
	for typed, want := range map[string]string{
		"ping": "ping", "conn": "connect", "pnig": "ping", "clsoe": "close", "colse": "close",
		"nope": "", "exit": "edit", "clotted": "", "conecct": "connect", "noww": "now", "xy": "",
		"po": "pong", "p": "", "x": "", "zebra": "", "": "", strings.Repeat("ping", 1000): "",
	} {
		if got := Nearest(typed, names); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}
