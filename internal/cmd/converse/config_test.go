package converse

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"wsline/internal/env"
	"wsline/internal/env/envtest"
	"wsline/internal/flags"
	"wsline/internal/profile"
	"wsline/internal/target"
)

// parsed are the options of a command line.
func parsed(t *testing.T, args []string) (*options, *flags.Line) {
	t.Helper()
	o := newOptions()
	line, err := flags.Parse(args, o.groups())
	if err != nil {
		t.Fatal(err)
	}
	o.conn.Take(line)
	return o, line
}

func resolved(t *testing.T, e *env.Env, args string) (*config, error) {
	t.Helper()
	o, _ := parsed(t, strings.Fields(args))
	return o.resolve(e, resolver(e))
}

func resolver(e *env.Env) *target.Resolver {
	return &target.Resolver{Getenv: e.Getenv, Ask: func(prompt string) (string, error) {
		return e.Ask(context.Background(), prompt)
	}}
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
		cfg, err := resolved(t, envtest.At(c.terminals), c.args)
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
		if _, err := resolved(t, envtest.At("ioe"), args); err == nil || err.Error() != want {
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
		cfg, err := resolved(t, envtest.At(""), c.args)
		if err != nil || cfg.wait != c.wait || cfg.timeout != c.timeout {
			t.Errorf("%s: got wait %v, timeout %v, %v", c.args, cfg.wait, cfg.timeout, err)
		}
	}
}

func TestText(t *testing.T) {
	for _, args := range []string{"echo: \xff", "--on-open \xff echo:"} {
		_, err := resolved(t, envtest.At(""), args)
		if want := `the message "\xff" is not valid UTF-8`; err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", args, err, want)
		}
		if _, err := resolved(t, envtest.At(""), "-b "+args); err != nil {
			t.Errorf("-b %q: %v", args, err)
		}
	}
}

func TestColor(t *testing.T) {
	for _, c := range []struct {
		args, env      string
		stdout, stderr bool
	}{
		{"echo:", "TERM=xterm", true, false},
		{"echo:", "TERM=dumb", false, false},
		{"echo:", "TERM=dumb FORCE_COLOR=1", true, true},
		{"echo:", "NO_COLOR=1", false, false},
		{"echo:", "TERM=xterm NO_COLOR=", true, false},
		{"echo:", "FORCE_COLOR=1", true, true},
		{"echo:", "TERM=xterm FORCE_COLOR=0", true, false},
		{"echo:", "NO_COLOR=1 FORCE_COLOR=1", false, false},
		{"--color always echo:", "NO_COLOR=1", true, true},
		{"--color never echo:", "FORCE_COLOR=1", false, false},
		{"--no-color echo:", "FORCE_COLOR=1", false, false},
	} {
		e := envtest.At("io")
		e.Getenv = func(name string) string {
			for _, pair := range strings.Fields(c.env) {
				if value, ok := strings.CutPrefix(pair, name+"="); ok {
					return value
				}
			}
			return ""
		}
		cfg, err := resolved(t, e, c.args)
		if err != nil || cfg.look.StdoutColor != c.stdout || cfg.look.StderrColor != c.stderr {
			t.Errorf("%s with %s: got %+v, %v", c.args, c.env, cfg.look, err)
		}
	}
	e := envtest.At("io")
	e.NoColor = true
	if cfg, _ := resolved(t, e, "echo:"); cfg.look.StdoutColor {
		t.Error("colour on a terminal that does not understand it")
	}
}

func TestCompleteConnect(t *testing.T) {
	if got := strings.Join(completeConnect(&profile.Book{})(""), " "); got != "echo: demo: ws:// wss://" {
		t.Errorf("got %s", got)
	}
	got := strings.Join(completeConnect(&profile.Book{})("--"), " ")
	if !strings.Contains(got, "--header ") || strings.Contains(got, "--expect") {
		t.Errorf("got %s", got)
	}
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
		c, err := resolved(t, envtest.At(tt.terminals), tt.args)
		if err != nil {
			t.Errorf("%s: %v", tt.args, err)
			continue
		}
		s := c.target.Session
		if s.Watch != tt.watch || s.Frames != tt.frames || s.Stream != tt.stream {
			t.Errorf("%s: watch %v, frames %v, stream %v", tt.args, s.Watch, s.Frames, s.Stream)
		}
	}
}

func TestPings(t *testing.T) {
	c, err := resolved(t, envtest.At(""), "--ping-interval 20s --ping-timeout 5 --pong-delay 1s echo:")
	if err != nil {
		t.Fatal(err)
	}
	s := c.target.Session
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
		if _, err := resolved(t, envtest.At(""), args); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", args, err, want)
		}
	}
}

// A name is for the connection of a talk.
func TestNameIsOfTalk(t *testing.T) {
	const none = "--as names a connection of a talk, and this is none"
	for args, want := range map[string]string{
		"--as a echo:": "", "--as a echo: hi": none, "--as a -w 1s echo:": none,
		"--as ü echo:": `--as: "ü" is no name: letters, digits, - and _ are`,
	} {
		c, err := resolved(t, envtest.At("ioe"), args)
		if got := fmt.Sprint(err); err != nil && got != want || err == nil && (want != "" || c.as != "a") {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}

// Of two things that are wrong the first is told in this order, whichever room they belong to.
func TestWhichConflictIsTold(t *testing.T) {
	list := []struct{ args, text string }{
		{"--auth a:b --bearer c", "--auth and --bearer are two ways to log in"},
		{"--exact", "--exact is for --record FILE.wst"},
		{"--ping-timeout 3s", "--ping-timeout is given without --ping-interval"},
		{"--unix-socket /x --proxy http://p:1",
			"--unix-socket and --proxy are two ways to the server"},
		{"--key k", "--key is given without --cert"},
		{"--timeout 3s", "--timeout is given without --expect or --count"},
		{"--dry-run --as-curl", "--dry-run and --as-curl ask for different things"},
		{"--input json --whole", "--whole is for lines of text, but --input json reads objects"},
		{"-o http://x -H Origin:y", "Origin is given by --origin and by -H"},
	}
	for i, first := range list {
		for _, other := range list[i:] {
			args := other.args + " " + first.args + " echo:"
			_, err := resolved(t, envtest.At(""), args)
			if err == nil || err.Error() != first.text {
				t.Errorf("%s: got %v, want %s", args, err, first.text)
			}
		}
	}
}
