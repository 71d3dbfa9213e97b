package plural

import (
	"testing"
)

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 1000: "1000 bytes", 1024: "1K", 1025: "1025 bytes",
		64 << 20: "64M", 1 << 30: "1G", 3 << 40: "3T", 5 << 50: "5120T",
	} {
		if got := Size(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}
