package completion

import (
	"regexp"
	"strings"
	"testing"
)

// Every script asks the program for the word that is typed, and says how it is installed.
func TestScripts(t *testing.T) {
	for _, s := range shells {
		b, err := scripts.ReadFile("wsline." + s.ending)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		for _, want := range []string{"__complete \"=$", "wsline completion " + s.name, "2>"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: there is no %q", s.name, want)
			}
		}
		if !strings.HasSuffix(text, "\n") || regexp.MustCompile(`\beval\b|\r`).MatchString(text) {
			t.Errorf("%s: its last line has no end, it evaluates something, or has a CR", s.name)
		}
	}
}

// There is no PowerShell to run the script in: what is open in it is closed, in order.
func TestPowerShellIsClosed(t *testing.T) {
	b, err := scripts.ReadFile("wsline.ps1")
	if err != nil {
		t.Fatal(err)
	}
	var open []byte
	for n, line := range strings.Split(string(b), "\n") {
		quote := byte(0)
		for i := 0; i < len(line); i++ {
			c := line[i]
			switch {
			case quote == '"' && c == '`':
				i++
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"' || c == '\'':
				quote = c
			case c == '#':
				i = len(line)
			case strings.IndexByte("({[", c) >= 0:
				open = append(open, c)
			case strings.IndexByte(")}]", c) >= 0:
				if len(open) == 0 || c-open[len(open)-1] > 2 {
					t.Fatalf("line %d: %q closes nothing", n+1, c)
				}
				open = open[:len(open)-1]
			}
		}
		if quote != 0 {
			t.Errorf("line %d: a text is open", n+1)
		}
	}
	if len(open) > 0 {
		t.Errorf("%q is open at the end", open)
	}
}
