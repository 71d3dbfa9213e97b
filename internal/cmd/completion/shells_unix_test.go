//go:build unix

package completion_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wsline/internal/clitest"
)

func TestMain(m *testing.M) { clitest.Main(m) }

// Each shell has wsline print the words that it was given, [a][b], but when it completes: then it has
// two profiles for a first word.
const (
	posixRC = `PS1='ready> '
wsline() {
  if [ "$1" = __complete ]; then
    command wsline "$@"
    [ $# != 2 ] || printf '@staging\tprofile\n@two words\tprofile\n'
  else printf '[%s]' "$@"; echo '<end>'; fi
}
`
	fishRC = `function fish_prompt; printf 'ready> '; end
function fish_greeting; end
function wsline
  if test "$argv[1]" = __complete
    command wsline $argv
    test (count $argv) != 2; or printf '@staging\tprofile\n@two words\tprofile\n'
  else; printf '[%s]' $argv; echo '<end>'; end
end
`
	// Otherwise Tab in zsh runs a $(command) that it stands behind, before it completes anything.
	zshRC = "unsetopt beep\nbindkey '^I' complete-word\n"

	bashCompletion = "/usr/share/bash-completion/bash_completion"
)

// typed are lines with Tabs, and the words that come of them.
var typed = []struct{ keys, words string }{
	{"comp\tba\t", "[completion][bash]"},
	{"help imp\t", "[help][import]"},
	{"man imp\t", "[man][import]"},
	{"@sta\tx", "[@staging][x]"},
	{"@tw\tx", "[@two words][x]"},
	{"--show-s\tec\t", "[--show-secrets][echo:]"}, // the word ends, the next begins
	{"--binary-\thex ws:\tlocalhost", "[--binary-out][hex][ws://localhost]"},
	{"--color ne\tx", "[--color][never][x]"},
	{"--color=ne\tx", "[--color=never][x]"},
	{"--pretty=al\t", "[--pretty=always]"},
	{"--frames=h\tx", "[--frames=hex][x]"},
	{"-kvH 'Origin: http://a.example' --ca plain.\tx", "[-kvH][Origin: http://a.example][--ca][plain.pem][x]"},
	{"--cert=plain.\tx", "[--cert=plain.pem][x]"},
	{"--ca with\tx", "[--ca][with a blank & more.pem][x]"},
	{"--ca=with\tx", "[--ca=with a blank & more.pem][x]"},
	{"--bearer @pl\tx", "[--bearer][@plain.pem][x]"},
	{"-H @with\tx", "[-H][@with a blank & more.pem][x]"},
	{"--header=@pl\tx", "[--header=@plain.pem][x]"},
	{"--bearer @fol\tinn\tx", "[--bearer][@folder/inner.txt][x]"},
	{"test fol\tinn\tx", "[test][folder/inner.txt][x]"},
	{"show quo\t", "[show][quote's $(touch pwned).jsonl]"},
	{"import -o fol\tx", "[import][-o][folder/x]"},
	{"test --repe\t3", "[test][--repeat][3]"},
	{"test --repo\tju\ta", "[test][--report-junit][a]"}, // what all have in common
	{"--ca 'with\tx", "[--ca][with a blank & more.pem][x]"},
	{"--ca ~/pl\tx", "/plain.pem][x]"},
	{"--prett x\x1b[D\x1b[D\t", "[--pretty][x]"}, // in the middle
	{"| wsline --show-s\tx", "[--show-secrets][x]"},
}

// atTab are lines that a Tab leaves as they are.
var atTab = []struct{ keys, words string }{
	{"echo: pl\tx", "[echo:][plx]"},            // messages are no files
	{"-w pl\tx", "[-w][plx]"},                  // nor is a time
	{"echo: -- --he\tx", "[echo:][--][--hex]"}, // a message
	{"'$(touch pwned)' --he\t\x15wsline a", "[a]"},
	{"--ca $(touch pwned)/\t\x15wsline c", "[c]"},
	{"--ca (touch pwned)/\t\x15wsline d", "[d]"},
	{"--bearer @$(touch pwned)\t\x15wsline e", "[e]"},
	{"`touch pwned` --he\t\x15wsline b", "[b]"},
}

func TestShells(t *testing.T) {
	for _, s := range []struct {
		name, program string
		start         func(t *testing.T, dir string) *exec.Cmd
	}{
		{"bash", "bash", func(t *testing.T, dir string) *exec.Cmd {
			rc := posixRC + "bind 'set bell-style none'\nsource <(command wsline completion bash)\n"
			return exec.Command("bash", "--noprofile", "--rcfile", write(t, dir, ".rc", rc), "-i")
		}},
		{"bash-completion", bashCompletion, func(t *testing.T, dir string) *exec.Cmd {
			rc := posixRC + "bind 'set bell-style none'\nsource " + bashCompletion + "\n"
			write(t, dir, ".data/bash-completion/completions/wsline", script(t, "bash"))
			return exec.Command("bash", "--noprofile", "--rcfile", write(t, dir, ".rc", rc), "-i")
		}},
		{"zsh", "zsh", func(t *testing.T, dir string) *exec.Cmd {
			write(t, dir, ".zshrc", posixRC+zshRC+"autoload -Uz compinit\ncompinit -D -u\n"+
				"source <(command wsline completion zsh)\n")
			return exec.Command("zsh", "-i", "-d")
		}},
		{"zsh-fpath", "zsh", func(t *testing.T, dir string) *exec.Cmd {
			write(t, dir, ".functions/_wsline", script(t, "zsh"))
			write(t, dir, ".zshrc", posixRC+zshRC+"fpath=($ZDOTDIR/.functions $fpath)\n"+
				"autoload -Uz compinit\ncompinit -D -u\n")
			return exec.Command("zsh", "-i", "-d")
		}},
		{"fish", "fish", func(t *testing.T, dir string) *exec.Cmd {
			write(t, dir, ".config/fish/config.fish", fishRC)
			write(t, dir, ".config/fish/completions/wsline.fish", script(t, "fish"))
			return exec.Command("fish", "-i")
		}},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			need(t, s.program)
			dir := t.TempDir()
			for _, name := range []string{
				"plain.pem", "with a blank & more.pem", "quote's $(touch pwned).jsonl", "folder/inner.txt",
			} {
				write(t, dir, name, "")
			}
			cmd := s.start(t, dir)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "HOME="+dir, "ZDOTDIR="+dir, "XDG_CONFIG_HOME="+dir+"/.config",
				"XDG_DATA_HOME="+dir+"/.data", "TERM=xterm", "INPUTRC=/dev/null", "HISTFILE=", "LC_ALL=C.UTF-8")
			shell := clitest.AtShell(t, cmd)
			for _, c := range append(typed, atTab...) {
				shell.Sees("ready> ")
				line := "wsline " + c.keys
				if strings.HasPrefix(c.keys, "|") {
					line = "true " + c.keys
				}
				shell.Types(line + "\r")
				if got := shell.Sees("<end>"); !strings.HasSuffix(got, c.words) {
					t.Errorf("%q: got %q, want %s", c.keys, got[max(0, len(got)-100):], c.words)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
				t.Error("what was typed was run")
			}
		})
	}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func script(t *testing.T, shell string) string {
	t.Helper()
	code, stdout, stderr := clitest.Run(t, "", "", "completion", shell)
	if code != 0 {
		t.Fatal(stderr)
	}
	return stdout
}

// need skips the test without a program; where live peers are required it fails.
func need(t *testing.T, program string) {
	t.Helper()
	_, err := exec.LookPath(program)
	if strings.HasPrefix(program, "/") {
		_, err = os.Stat(program)
	}
	if err == nil {
		return
	}
	if os.Getenv("WSLINE_REQUIRE_LIVE") == "1" {
		t.Fatalf("%s is not installed, and WSLINE_REQUIRE_LIVE is set", program)
	}
	t.Skip(program + " is not installed")
}
