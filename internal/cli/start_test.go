package cli_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"wsline/internal/cli"
	"wsline/internal/env/envtest"
)

// A start makes little: what most runs do without is made when it is first wanted. The bounds are a
// fifth above what there was; a pattern, a table or all flags once more exceed them.
func TestStartAllocates(t *testing.T) {
	for _, tt := range []struct {
		args string
		most float64
	}{
		{"--version", 330},
		{"--dry-run ws://127.0.0.1:9/chat", 480},
		{"--wait 0 --count 1 --dry-run ws://127.0.0.1:9/chat hello", 510},
	} {
		var stdout, stderr bytes.Buffer
		got := testing.AllocsPerRun(20, func() {
			stdout.Reset()
			e := envtest.At("")
			e.Args, e.Stdin = strings.Fields(tt.args), strings.NewReader("")
			e.Stdout, e.Stderr = &stdout, &stderr
			if code := cli.Run(context.Background(), e); code != 0 {
				t.Fatalf("%s: %d, %s", tt.args, code, &stderr)
			}
		})
		if got > tt.most {
			t.Errorf("%s: %v allocations, more than %v", tt.args, got, tt.most)
		}
	}
}

// What our packages make before main: no pattern is compiled and no template parsed, each of which
// takes some KiB, see package lazy.
func TestInitAllocates(t *testing.T) {
	cmd := exec.Command("wsline", "--version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace strings.Builder
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^init (wsline/\S*[a-z]) @.* (\d+) bytes, \d+ allocs$`)
	total := 0
	for _, m := range line.FindAllStringSubmatch(trace.String(), -1) {
		size, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(m[1], "test") || strings.HasSuffix(m[1], "/world") {
			continue // in the program as the tests have it alone
		}
		if total += size; size > 3<<10 {
			t.Errorf("%s makes %d bytes before main", m[1], size)
		}
	}
	if most := 14 << 10; total == 0 || total > most {
		t.Errorf("%d bytes are made before main, more than %d", total, most)
	}
}
