package cli_test

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/cli"
	"wsline/internal/env/envtest"
	"wsline/internal/wstest/world"
)

const worldFolder = "../../testdata/world"

// TestWorld plays what real software answers, and holds what the program makes of it. Minutes pass
// at once. After a change that is meant: go test ./internal/cli -run World -update
func TestWorld(t *testing.T) {
	all, err := world.Read(worldFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, software := range all {
		for _, scene := range software.Scenes {
			name := strings.TrimSuffix(filepath.Base(software.Path), ".txtar") + "/" + scene.Name
			t.Run(name, func(t *testing.T) {
				got, took := play(t, software, scene)
				if limit := 15 * time.Second; isDiagnosis(scene) && took > limit {
					t.Errorf("a diagnosis took %v, more than %v", took, limit)
				}
				if *cli.Update {
					if err := software.Update(scene, got); err != nil {
						t.Error(err)
					}
				} else if got != scene.Want {
					t.Errorf("it said\n%swant\n%s", got, scene.Want)
				}
			})
		}
	}
}

func isDiagnosis(s *world.Scene) bool {
	for _, arg := range s.Args {
		if arg == "--diagnose" {
			return true
		}
	}
	return false
}

// play is one run of the program: what it wrote on stdout and on stderr, its exit code, and how long
// it took by a clock that stands still while anybody works.
func play(t *testing.T, software *world.Software, scene *world.Scene) (said string, took time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		e := envtest.At("")
		var stdout, stderr strings.Builder
		e.Stdin, e.Stdout, e.Stderr = stdin(t, scene), &stdout, &stderr
		e.Args, e.Dial = scene.Args, software.Dial(t)
		start := time.Now()
		code := cli.Run(context.Background(), e)
		took = time.Since(start)
		said = fmt.Sprintf("%s%s(exit code %d after %v)\n\n", stdout.String(), stderr.String(), code,
			took.Round(100*time.Millisecond))
	})
	return said, took
}

// stdin is what a scene pipes in: its fact "stdin", once the time of "stdin after" has passed,
// after which the pipe ends, or with "stdin stays open: yes" does not until the test ends.
func stdin(t *testing.T, scene *world.Scene) io.Reader {
	text := ""
	if quoted, ok := scene.Facts["stdin"]; ok {
		var err error
		if text, err = strconv.Unquote(quoted); err != nil {
			t.Fatalf("stdin %s: %v", quoted, err)
		}
	}
	var in io.Reader = strings.NewReader(text)
	if after, ok := scene.Facts["stdin after"]; ok {
		d, err := time.ParseDuration(after)
		if err != nil {
			t.Fatalf("stdin after %s: %v", after, err)
		}
		in = &lateReader{in, d}
	}
	if scene.Facts["stdin stays open"] != "yes" {
		return in
	}
	r, w := io.Pipe()
	t.Cleanup(func() { w.Close() })
	return io.MultiReader(in, r)
}

// A lateReader has nothing to read at first.
type lateReader struct {
	io.Reader
	after time.Duration
}

func (r *lateReader) Read(p []byte) (int, error) {
	time.Sleep(r.after)
	r.after = 0
	return r.Reader.Read(p)
}
