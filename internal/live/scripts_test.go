package live

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestScripts runs the conversations of testdata/scripts as a user's CI would.
func TestScripts(t *testing.T) {
	rooms := nodeServer(t, "rooms.js")
	for dir, base := range map[string]string{"walkthrough": node(t).addr, "rooms": rooms.addr} {
		report := filepath.Join(t.TempDir(), "junit.xml")
		r := pipe(t, "", "test", "-j", "4", "--url", "ws://"+base, "--report-junit", report,
			"../../testdata/scripts/"+dir)
		if r.code != 0 {
			t.Errorf("%s: exit code %d\n%s%s", dir, r.code, r.stdout, r.stderr)
		}
		src, err := os.ReadFile(report)
		if err != nil {
			t.Fatal(err)
		}
		var suites struct {
			Suites []struct {
				Tests    int `xml:"tests,attr"`
				Failures int `xml:"failures,attr"`
				Errors   int `xml:"errors,attr"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal(src, &suites); err != nil {
			t.Fatal(err)
		}
		files, _ := filepath.Glob("../../testdata/scripts/" + dir + "/*.wst")
		tests := 0
		for _, s := range suites.Suites {
			tests += s.Tests
			if s.Failures+s.Errors > 0 {
				t.Errorf("%s: %s", dir, src)
			}
		}
		if len(files) < 2 || tests != len(files) {
			t.Errorf("%s: %d tests of %d files", dir, tests, len(files))
		}
	}
}

// TestScriptFails shows that a script tells a server that answers otherwise.
func TestScriptFails(t *testing.T) {
	r := pipe(t, "", "test", "--url", "ws://"+node(t).addr, "--timeout", "2s",
		"../../testdata/scripts/rooms/push.wst")
	if r.code != 9 || !regexp.MustCompile(`push\.wst:3: `).MatchString(r.stdout+r.stderr) {
		t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}
