package flags

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"500ms": 500 * time.Millisecond, "2s": 2 * time.Second, "1m": time.Minute,
		"1m30s": 90 * time.Second,
		"3":     3 * time.Second, "0": 0, "0.25": 250 * time.Millisecond, "1e-3": time.Millisecond,
	} {
		if got, err := parseDuration(in); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "-1", "-1s", "soon", "2 s", "NaN", "Inf", "1e300", "9999999h"} {
		_, err := parseDuration(in)
		want := `"` + in + `" is not a time such as 500ms, 2s, 1m or a number of seconds`
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", in, err, want)
		}
	}
}

func TestParseSize(t *testing.T) {
	for in, want := range map[string]int64{
		"0": 0, "1": 1, "4096": 4096, "64K": 64 << 10, "64k": 64 << 10, "10M": 10 << 20,
		"1G": 1 << 30, "2t": 2 << 40,
	} {
		if got, err := parseSize(in); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", "K", "-1", "1.5M", "64KB", "9223372036854775808", "9223372036854775807K", "+1",
	} {
		_, err := parseSize(in)
		want := `"` + in + `" is not a size such as 4096, 64K, 10M or 1G`
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", in, err, want)
		}
	}
}

func TestCookies(t *testing.T) {
	for in, good := range map[string]bool{
		"a=1": true, "a=": true, "a=1; b=2": true, "a=1;": true, "a=b=c": true,
		"": false, "a": false, "=1": false, ";": false, "a=1; b": false,
	} {
		var got []string
		if err := Cookies(&got).Set(in); (err == nil) != good || good && got[0] != in {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
}
