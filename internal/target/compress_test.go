package target

import (
	"testing"

	"wsline/internal/dial"
)

func TestParseCompression(t *testing.T) {
	const bad = ` is not bits, 8 to 15, client:N or server:N`
	tests := []struct {
		arg            string
		on             bool
		server, client int
		err            string
	}{
		{"true", true, 0, 0, ""},
		{"false", false, 0, 0, ""},
		{"bits", true, 0, dial.AnyWindowBits, ""},
		{"8", true, 8, 8, ""},
		{"15", true, 15, 15, ""},
		{"server:9", true, 9, 0, ""},
		{"client:9", true, 0, 9, ""},
		{"client:9,server:10", true, 10, 9, ""},
		{"bits,server:10", true, 10, dial.AnyWindowBits, ""},
		{"7", false, 0, 0, `"7"` + bad},
		{"16", false, 0, 0, `"16"` + bad},
		{"1", false, 0, 0, `"1"` + bad},
		{"client", false, 0, 0, `"client"` + bad},
		{"bits,", false, 0, 0, `""` + bad},
		{"peer:9", false, 0, 0, `"peer:9"` + bad},
		{":9", false, 0, 0, `":9"` + bad},
		{"", false, 0, 0, `""` + bad},
	}
	for _, tt := range tests {
		c, err := parseCompression(tt.arg)
		switch {
		case tt.err != "":
			if err == nil || err.Error() != tt.err {
				t.Errorf("%q: %v, want %s", tt.arg, err, tt.err)
			}
		case err != nil || c != (compression{tt.on, tt.server, tt.client}):
			t.Errorf("%q: %+v, %v", tt.arg, c, err)
		}
	}
}
