package cli

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"wsline/internal/cmd"
)

// pages are the man pages by the names of their commands, "" for the program's.
func pages() map[string]string {
	list := map[string]string{"": ManPage()}
	for _, name := range commandNames() {
		list[name] = ManPage(name)
	}
	return list
}

// A page has all that the help has: each flag, its text and the exit codes.
func TestManPages(t *testing.T) {
	plain := strings.NewReplacer(`\-`, "-", `\fB`, "", `\fR`, "", `\fI`, "", `\(aq`, "'", `\(dq`, `"`, `\e`, `\`)
	root, _ := find(nil)
	for _, c := range append([]*cmd.Command{root.Command}, commands()...) {
		page := plain.Replace(pages()[c.Name])
		if c.Name != "" && !strings.Contains(page, "wsline-"+c.Name+" - "+c.Summary+"\n") {
			t.Errorf("%s: there is no name with a summary", c.Name)
		}
		if c.Read != nil {
			continue // its flags are another program's
		}
		for _, g := range (&invocation{Command: c}).groups() {
			for _, f := range g.Rows {
				for _, s := range f.Spellings() {
					if !strings.Contains(page, "--"+s.Name) {
						t.Errorf("%s: there is no --%s", c.Usage(), s.Name)
					}
				}
				if !strings.Contains(page, "\n"+f.Summary+".\n") {
					t.Errorf("%s: --%s lacks its summary", c.Usage(), f.Name)
				}
			}
		}
	}
	for _, code := range []string{"0", "5", "9", "130", "143"} {
		_, codes, _ := strings.Cut(pages()[""], "EXIT STATUS")
		if !regexp.MustCompile(`\b` + code + `\b`).MatchString(codes) {
			t.Errorf("the exit code %s is not in the page", code)
		}
	}
}

// groff and man have nothing to say, and both show what begins a line with a dot or a quote.
func TestManIsClean(t *testing.T) {
	for _, args := range [][]string{
		{"groff", "-man", "-ww", "-Tutf8", "-z"}, {"man", "--warnings", "-E", "UTF-8", "-l", "-"},
	} {
		if _, err := exec.LookPath(args[0]); err != nil {
			if os.Getenv("WSLINE_REQUIRE_LIVE") == "1" {
				t.Fatal(args[0] + " is not installed, and WSLINE_REQUIRE_LIVE is set")
			}
			t.Log(args[0] + " is not installed")
			continue
		}
		for name, page := range pages() {
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Env = append(os.Environ(), "MANWIDTH=100", "MAN_KEEP_FORMATTING=")
			cmd.Stdin = strings.NewReader(page)
			var shown, complaints strings.Builder
			cmd.Stdout, cmd.Stderr = &shown, &complaints
			if err := cmd.Run(); err != nil || complaints.Len() > 0 {
				t.Errorf("%s %q: %v\n%s", args[0], name, err, &complaints)
			}
			if args[0] == "man" && !strings.Contains(shown.String(), "SEE ALSO") {
				t.Errorf("man %q: got %s", name, &shown)
			}
		}
	}
}
