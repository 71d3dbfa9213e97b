package test_test

import (
	"flag"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"wsline/internal/clitest"
	"wsline/internal/wstest"
)

var update = flag.Bool("update", false, "write the expected texts anew")

func TestMain(m *testing.M) { clitest.Main(m) }

// What a person sees of each kind of failure, and the exit code.
func TestFailures(t *testing.T) {
	refuses := wstest.Serve(t, func(p *wstest.Peer) { p.Refuse(403, nil, "only members may chat\n") })
	closes := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		p.ReadFrame()
		p.Close(4001, "go away")
		p.ReadFrame()
	})
	tests := []struct {
		name string
		code int
		args []string
	}{
		{"mismatch", 9, nil},
		{"text", 9, nil},
		{"lines", 9, nil},
		{"binary", 9, nil},
		{"kind", 9, []string{"--timeout", "1s"}},
		{"regexp", 9, nil},
		{"query", 9, nil},
		{"timeout", 9, nil},
		{"silence", 9, nil},
		{"slow", 9, nil},
		{"closed", 9, []string{"--url", "echo:"}},
		{"gone", 8, []string{"--url", closes.URL()}},
		{"connect", 3, nil},
		{"refused", 5, []string{"--url", refuses.URL()}},
		{"accepted", 9, nil},
		{"otherwise", 9, []string{"--url", refuses.URL()}},
		{"command", 2, nil},
		{"variable", 9, nil},
		{"capture", 9, nil},
		{"unordered", 9, nil},
		{"included", 9, nil},
		{"limit", 9, nil},
		{"maxtime", 6, []string{"--max-time", "1s"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := "testdata/failures/" + tt.name
			code, stdout, stderr := clitest.Run(t, "", "", slices.Concat(
				[]string{"test"}, tt.args, []string{path + ".wst"})...)
			if code != tt.code || stderr != "" {
				t.Errorf("exit code %d, want %d; stderr %q", code, tt.code, stderr)
			}
			clitest.Golden(t, path+".txt", withoutTimes(stdout), *update)
		})
	}
	files, _ := filepath.Glob("testdata/failures/*.wst")
	if len(files) != len(tests) {
		t.Errorf("%d files, but %d tests", len(files), len(tests))
	}
}

// withoutTimes puts TIME in the place of how long things took.
func withoutTimes(s string) string {
	took := regexp.MustCompile(
		`(?m)(^(?:ok|FAIL|ERROR|skip|stop) .*  )(?:[0-9]+m)?[0-9.]+(?:µs|ms|s)`)
	s = took.ReplaceAllString(s, "${1}TIME")
	return regexp.MustCompile(`(?m) in [0-9.]+ s$`).ReplaceAllString(s, " in TIME")
}
