package plural

import (
	"testing"
	"time"
)

func TestRounded(t *testing.T) {
	tests := map[time.Duration]string{
		0: "0s", 999: "999ns", 1234: "1.23µs", 1234567: "1.23ms", 99999999: "100ms",
		1500 * time.Millisecond: "1.5s", 61234 * time.Millisecond: "1m1.2s",
	}
	for d, want := range tests {
		if got := Rounded(d).String(); got != want {
			t.Errorf("%d: %s, want %s", d, got, want)
		}
	}
}
