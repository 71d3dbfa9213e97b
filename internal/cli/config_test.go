package cli

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// at is an Env with terminals at these streams: "io" are stdin and stdout, "e" is stderr.
func at(terminals string) *Env {
	return &Env{
		Getenv:         func(string) string { return "" },
		Size:           func() (int, int) { return 80, 24 },
		StdinTerminal:  strings.Contains(terminals, "i"),
		StdoutTerminal: strings.Contains(terminals, "o"),
		StderrTerminal: strings.Contains(terminals, "e"),
	}
}

func resolved(t *testing.T, env *Env, args string) (*config, error) {
	t.Helper()
	given, err := parse(strings.Fields(args), flagTable())
	if err != nil {
		t.Fatal(err)
	}
	return resolve(given, env, &resolver{getenv: env.Getenv, ask: ask(env)})
}

func TestMode(t *testing.T) {
	for _, c := range []struct {
		terminals, args string
		want            mode
	}{
		{"ioe", "echo:", modeTalk},
		{"ie", "echo:", modeTalk},
		{"io", "echo:", modeTalk},
		{"i", "echo:", modePipe},
		{"oe", "echo:", modePipe},
		{"", "echo:", modePipe},
		{"ioe", "echo: hi", modeOneShot},
		{"", "echo: hi", modeOneShot},
		{"", "-x hi echo:", modeOneShot},
		{"ioe", "--on-open hi echo:", modeTalk},
		{"ioe", "-c echo:", modeTalk},
		{"ioe", "-c echo: hi", modeOneShot},
		{"ioe", "--echo echo:", modeOneShot},
		{"ioe", "--expect x echo:", modeOneShot},
		{"ioe", "--count 1 echo:", modeOneShot},
		{"ioe", "-w 1 echo:", modeOneShot},
		{"oe", "--expect x echo:", modePipe},
		{"ioe", "-0 echo:", modeTalk},
		{"ioe", "--json echo:", modePipe},
		{"ioe", "--input json echo:", modePipe},
		{"ioe", "--json echo: hi", modeOneShot},
		{"ioe", "--record a.har --frames -v echo:", modeTalk},
	} {
		cfg, err := resolved(t, at(c.terminals), c.args)
		if err != nil || cfg.mode != c.want {
			t.Errorf("%s at %q: got %+v, %v, want %v", c.args, c.terminals, cfg, err, c.want)
		}
	}
}

func TestModeConflicts(t *testing.T) {
	for args, want := range map[string]string{
		"-b echo:":         "--binary is for lines from a pipe, but stdin is a terminal",
		"--slash echo:":    "--slash is for a pipe, but stdin is a terminal",
		"--whole echo:":    "--whole sends all of stdin, which is not read here",
		"--whole echo: hi": "--whole sends all of stdin, which is not read here",
	} {
		if _, err := resolved(t, at("ioe"), args); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", args, err, want)
		}
	}
}

func TestTimes(t *testing.T) {
	for _, c := range []struct {
		args          string
		wait, timeout time.Duration
	}{
		{"echo: hi", time.Second, 0},
		{"-w 0 echo: hi", 0, 0},
		{"-w -1 echo: hi", forever, 0},
		{"--count 2 echo: hi", forever, 0},
		{"--count 2 --timeout 3 echo: hi", forever, 3 * time.Second},
		{"--expect x echo: hi", forever, 10 * time.Second},
		{"--expect x --timeout 3 echo: hi", forever, 3 * time.Second},
		{"--expect x -w 2s echo: hi", 2 * time.Second, 0},
		{"--echo echo:", forever, 0},
	} {
		cfg, err := resolved(t, at(""), c.args)
		if err != nil || cfg.wait != c.wait || cfg.timeout != c.timeout {
			t.Errorf("%s: got wait %v, timeout %v, %v", c.args, cfg.wait, cfg.timeout, err)
		}
	}
}

func TestText(t *testing.T) {
	for _, args := range []string{"echo: \xff", "--on-open \xff echo:"} {
		_, err := resolved(t, at(""), args)
		if want := `the message "\xff" is not valid UTF-8`; err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", args, err, want)
		}
		if _, err := resolved(t, at(""), "-b "+args); err != nil {
			t.Errorf("-b %q: %v", args, err)
		}
	}
}

func TestColor(t *testing.T) {
	for _, c := range []struct {
		args, env      string
		stdout, stderr bool
	}{
		{"echo:", "", true, false},
		{"echo:", "TERM=dumb", false, false},
		{"echo:", "NO_COLOR=1", false, false},
		{"echo:", "NO_COLOR=", true, false},
		{"echo:", "FORCE_COLOR=1", true, true},
		{"echo:", "FORCE_COLOR=0", true, false},
		{"echo:", "NO_COLOR=1 FORCE_COLOR=1", false, false},
		{"--color always echo:", "NO_COLOR=1", true, true},
		{"--color never echo:", "FORCE_COLOR=1", false, false},
		{"--no-color echo:", "FORCE_COLOR=1", false, false},
	} {
		env := at("io")
		env.Getenv = func(name string) string {
			for _, pair := range strings.Fields(c.env) {
				if value, ok := strings.CutPrefix(pair, name+"="); ok {
					return value
				}
			}
			return ""
		}
		cfg, err := resolved(t, env, c.args)
		if err != nil || cfg.look.stdoutColor != c.stdout || cfg.look.stderrColor != c.stderr {
			t.Errorf("%s with %s: got %+v, %v", c.args, c.env, cfg.look, err)
		}
	}
	env := at("io")
	env.NoColor = true
	if cfg, _ := resolved(t, env, "echo:"); cfg.look.stdoutColor {
		t.Error("colour on a terminal that does not understand it")
	}
}

func TestHistoryFile(t *testing.T) {
	for _, c := range []struct{ goos, xdg, home, local, want string }{
		{"linux", "", "/home/me", "", "/home/me/.local/state/wsline/history"},
		{"linux", "/state", "/home/me", "", "/state/wsline/history"},
		{"linux", "relative", "/home/me", "", "/home/me/.local/state/wsline/history"},
		{"linux", "", "", "", ""},
		{"linux", "relative", "", "", ""},
		{"windows", "", "", "/local", "/local/wsline/history"},
	} {
		getenv := func(name string) string {
			return map[string]string{
				"XDG_STATE_HOME": c.xdg, "HOME": c.home, "LocalAppData": c.local,
			}[name]
		}
		if got := filepath.ToSlash(historyFile(getenv, c.goos)); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}

// A /connect says everything anew: what is not in its words is not taken from the command line.
func TestConnectWords(t *testing.T) {
	cfg, err := resolved(t, at("ioe"), "--bearer secret -k --compress ws://first.example/a")
	if err != nil {
		t.Fatal(err)
	}
	env := at("")
	conn := &connector{resolver: &resolver{getenv: env.Getenv, ask: ask(env)}, target: cfg.target}
	defer conn.close()
	for _, c := range []struct{ words, url, header string }{
		{"ws://second.example/b", "ws://second.example/b", ""},
		{"-H X-One:1", "ws://second.example/b", "X-One"},
		{"--connect wss://third.example", "wss://third.example", ""},
	} {
		if err := conn.check(strings.Fields(c.words)); err != nil {
			t.Fatal(err)
		}
		if err := conn.retarget(strings.Fields(c.words)); err != nil {
			t.Fatal(err)
		}
		d := conn.target.session.Dial
		if d.URL.String() != c.url || d.TLS.Insecure || d.Compress {
			t.Errorf("%s: got %+v", c.words, d)
		}
		for _, f := range d.Header {
			if f.Name != "User-Agent" && f.Name != c.header {
				t.Errorf("%s: sends %s", c.words, f.Name)
			}
		}
	}
	before := conn.target
	for words, want := range map[string]string{
		"ws://a ws://u:p@b": `/connect takes one URL, but there is "ws://u:xxxxx@b" too`,
		"--expect x":        "unknown flag --expect",
		"-4 -6":             "-4 and -6 leave no address to connect to",
		"-H nocolon":        `the header field "nocolon" has no colon`,
		"--ca missing.pm":   `--ca: cannot read "missing.pm": no such file or directory`,
	} {
		if err := conn.check(strings.Fields(words)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", words, err, want)
		}
	}
	if err := conn.check([]string{"--auth", "me"}); err != nil {
		t.Errorf("a password that is to be asked for: %v", err)
	}
	if conn.target != before {
		t.Error("a check changed the target")
	}
}

func TestCompleteConnect(t *testing.T) {
	if got := strings.Join(completeConnect(""), " "); got != "echo: demo: ws:// wss://" {
		t.Errorf("got %s", got)
	}
	got := strings.Join(completeConnect("--"), " ")
	if !strings.Contains(got, "--header ") || strings.Contains(got, "--expect") {
		t.Errorf("got %s", got)
	}
}

func ask(env *Env) func(string) (string, error) {
	return func(prompt string) (string, error) { return env.ask(context.Background(), prompt) }
}

// What nobody looks at is not watched, so that it costs nothing.
func TestWatch(t *testing.T) {
	tests := []struct {
		terminals, args       string
		watch, frames, stream bool
	}{
		{"", "echo:", false, false, true},
		{"", "-v echo: hi", false, false, true},
		{"", "--ping-interval 1s echo:", false, false, true},
		{"", "--filter .a echo:", false, false, false},
		{"", "--slash echo:", true, false, true},
		{"", "--frames echo:", true, true, true},
		{"", "--json echo:", true, false, false},
		{"", "--input json echo:", true, false, true},
		{"", "--record a.jsonl echo:", true, true, false},
		{"", "--record a.har echo:", true, false, false},
		{"ioe", "echo:", true, false, false},
		{"ioe", "--frames=hex echo:", true, true, false},
	}
	for _, tt := range tests {
		c, err := resolved(t, at(tt.terminals), tt.args)
		if err != nil {
			t.Errorf("%s: %v", tt.args, err)
			continue
		}
		s := c.target.session
		if s.Watch != tt.watch || s.Frames != tt.frames || s.Stream != tt.stream {
			t.Errorf("%s: watch %v, frames %v, stream %v", tt.args, s.Watch, s.Frames, s.Stream)
		}
	}
}

func TestPings(t *testing.T) {
	c, err := resolved(t, at(""), "--ping-interval 20s --ping-timeout 5 --pong-delay 1s echo:")
	if err != nil {
		t.Fatal(err)
	}
	s := c.target.session
	got := [3]time.Duration{s.PingInterval, s.PingTimeout, s.PongDelay}
	if got != [3]time.Duration{20 * time.Second, 5 * time.Second, time.Second} {
		t.Errorf("got %v", got)
	}
}

func TestMoreConflicts(t *testing.T) {
	for args, want := range map[string]string{
		"--json --raw echo:":         "--raw is for payloads, but --json prints events",
		"--json --null echo:":        "--null is for payloads, but --json prints lines",
		"--ping-timeout 1s echo:":    "--ping-timeout is given without --ping-interval",
		"--ping-interval 1ms echo:":  "--ping-interval is shorter than 10ms",
		"--dry-run --diagnose echo:": "--dry-run and --diagnose ask for different things",
		"--input json -b echo:":      "--binary is for lines of text, but --input json reads objects",
		"--input json --slash echo:": "--slash is for lines of text, but --input json reads objects",
		"--input json echo: hi":      "--input json reads stdin, which is not read here",
		"--record a.txt echo:":       `--record: "a.txt" does not end with .jsonl, .har or .wst`,
		"--raw-header x echo:":       `--raw-header: "x" has no colon`,
	} {
		if _, err := resolved(t, at(""), args); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", args, err, want)
		}
	}
}
