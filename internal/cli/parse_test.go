package cli

import (
	"errors"
	"strings"
	"testing"
	"time"

	"wsline/internal/suggest"
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

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ args, text, hint string }{
		{"--exepct x", "unknown flag --exepct", "did you mean --expect?"},
		{"--cacertt x", "unknown flag --cacertt", "did you mean --cacert?"},
		{"--color=blue", `--color: "blue" is not auto, always or never`, ""},
		{"--pretty maybe", `--pretty: "maybe" is not auto, always or never`, ""},
		{"--binary-out x", `--binary-out: "x" is not raw, hex or base64`, ""},
		{"--tls-min 1.1", `--tls-min: "1.1" is not 1.2 or 1.3`, ""},
		{"--wait", "--wait needs an argument", "write --wait TIME"},
		{"-w", "--wait needs an argument", "write --wait TIME"},
		{"-w soon",
			`--wait: "soon" is not a time such as 500ms, 2s, 1m or a number of seconds`, ""},
		{"--timeout -1",
			`--timeout: "-1" is not a time such as 500ms, 2s, 1m or a number of seconds`, ""},
		{"--no-check=2", `--no-check: "2" is neither true nor false`, ""},
		{"--count 0", `--count: "0" is not a whole number of 1 or more`, ""},
		{"--expect (",
			`--expect: "(" is not a regular expression: missing closing ): ` + "`(`", ""},
		{"--zzzzzzzz", "unknown flag --zzzzzzzz", "wsline --help lists the flags"},
		{"-z", "unknown flag -z", "wsline --help lists the flags"},
		{"-expect=x", "unknown flag -expect", "did you mean --expect?"},
		{"-jsonrpcquery", `unknown flag -j in "-jsonrpcquery"`,
			"-- before it sends a message that begins with a dash"},
		{"---x", `"---x" is not a flag`, "wsline --help lists the flags"},
		{"--connect=", "--connect: an empty argument", ""},
	} {
		_, err := parse(strings.Fields(c.args), flagTable())
		var usage *UsageError
		if !errors.As(err, &usage) {
			t.Errorf("%s: no usage error: %v", c.args, err)
			continue
		}
		if usage.Text != c.text || usage.Hint != c.hint {
			t.Errorf("%s:\n got %+v\nwant %+v", c.args, *usage, UsageError{Text: c.text, Hint: c.hint})
		}
	}
}

func TestSecondNames(t *testing.T) {
	args := []string{"-n", "--ca", "a", "--passphrase", "-0", "ws://x", "hi", "--", "-x"}
	got, err := parse(args, flagTable())
	if err != nil {
		t.Fatal(err)
	}
	positional := strings.Join(got.positional, " ")
	if !got.insecure || got.ca != "a" || !got.null || positional != "ws://x hi -x" {
		t.Errorf("got %+v", got)
	}
	if got.passphrase == nil || *got.passphrase != "" {
		t.Errorf("--passphrase without an argument: got %v, want the empty text", got.passphrase)
	}
}

func TestNearest(t *testing.T) {
	names := longNames(flagTable())
	for typed, want := range map[string]string{
		"heaader": "header", "subprotcol": "subprotocol", "ws": "", "haeder": "header",
		"quite-another": "",
		"exit-onclose":  "exit-on-close", strings.Repeat("x", 5000): "",
	} {
		if got := suggest.Nearest(typed, names); got != want {
			t.Errorf("%.20q: got %q, want %q", typed, got, want)
		}
	}
}

// Every flag must parse into a place of its own: a row that was copied and not changed shows here.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range flagTable() {
		for _, f := range g.flags {
			if f.summary == "" || strings.HasSuffix(f.summary, ".") {
				t.Errorf("--%s: summary %q", f.name, f.summary)
			}
			for _, n := range append([]otherName{{f.name, f.short}}, f.also...) {
				for _, key := range []string{"--" + n.name, "-" + n.short} {
					if key != "-" && seen[key] {
						t.Errorf("%s stands twice", key)
					}
					seen[key] = true
				}
			}
		}
	}
}

func TestSizeText(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 bytes", 1: "1 bytes", 1000: "1000 bytes", 1024: "1K", 1025: "1025 bytes",
		64 << 20: "64M", 1 << 30: "1G", 3 << 40: "3T", 5 << 50: "5120T",
	} {
		if got := sizeText(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestCookies(t *testing.T) {
	for in, good := range map[string]bool{
		"a=1": true, "a=": true, "a=1; b=2": true, "a=1;": true, "a=b=c": true,
		"": false, "a": false, "=1": false, ";": false, "a=1; b": false,
	} {
		var got []string
		if err := cookies(&got).Set(in); (err == nil) != good || good && got[0] != in {
			t.Errorf("%q: got %q, %v", in, got, err)
		}
	}
}
