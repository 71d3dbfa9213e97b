package script

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"wsline/internal/dial"
	"wsline/internal/dial/uri"
	"wsline/internal/listen"
	"wsline/script/report"
	"wsline/script/wst"
	"wsline/session"
)

// endpoint starts an endpoint of the program and returns its URL.
func endpoint(t *testing.T, name string) string {
	t.Helper()
	e, err := listen.Start(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e.URL().String()
}

// testRunner connects to the URL that is the last word of a /connect, or else to the base.
func testRunner(base string) *Runner {
	return &Runner{
		Connect: func(ctx context.Context, args []string, handle func(*session.Event)) (*session.Session, error) {
			address := base
			if len(args) > 0 {
				address = args[len(args)-1]
			}
			u, socket, err := uri.Parse(address)
			if err != nil {
				return nil, err
			}
			cfg := session.Config{Dial: dial.Config{URL: u, Socket: socket}, MaxMessage: 1 << 20}
			return session.Open(ctx, &cfg, handle)
		},
		Vars:    func() *wst.Vars { return &wst.Vars{} },
		Timeout: 2 * time.Second,
		Describe: func(err error) (string, string, int) {
			var e *dial.Error
			if errors.As(err, &e) && e.Kind == dial.KindHandshake {
				return e.Text, "", 5
			}
			return err.Error(), "", 3
		},
	}
}

func runText(t *testing.T, r *Runner, text string) *report.Result {
	t.Helper()
	c, err := wst.Parse("test.wst", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r.Run(t.Context(), c)
}

// outcome is a result on one line.
func outcome(r *report.Result) string {
	text := r.Status.String()
	for _, f := range r.Failures {
		text += fmt.Sprintf(" %s %s: %s", f.Where(r.File), f.Kind, f.Message)
		for _, d := range f.Differences {
			text += "; " + d.String()
		}
	}
	return text
}

func TestRun(t *testing.T) {
	demo, echo := endpoint(t, "demo:"), endpoint(t, "echo:")
	tests := []struct{ name, base, text, want string }{
		{"walkthrough", demo, `# greeting
< {"type":"welcome","message":"..."}
> {"text":"hello, server!"}
< {"type":"echo","message":"Server echo: HELLO, SERVER!","timestamp":"..."}
> not json
< {"type":"error","message":"Invalid JSON format"}
> /ping are you there
<pong are you there
> /close 1000 done
<close 1000 done
`, "passed"},
		{"mismatch", demo, `< {"type":"welcome","message":"Hi"}`,
			`failed test.wst:1 mismatch: ; ` +
				`.message: expected "Hi", got "Connected to the demo server"`},
		{"wrong close", echo, "> /close 1000 done\n<close 1001", "failed test.wst:2 mismatch: " +
			"; expected code 1001 (going away), " +
			"got code 1000 (normal closure)"},
		{"timeout", echo, "> /timeout 20ms\n> hi\n< hi\n< more",
			"failed test.wst:4 timeout: a text message did not come within 20ms"},
		{"within", echo, "> hi\n> /within 5s\n< hi\n> /within 10ms\n< more",
			"failed test.wst:5 slow: a text message did not come within 10ms"},
		{"within nothing", echo, "> hi\n> /within 0\n< hi",
			"failed test.wst:3 slow: a text message did not come within 0s"},
		{"within nothing, of what is there", echo, "> hi\n> /ping\n<pong\n> /within 0\n< hi\n" +
			"> {\"a\":1}\n> /ping\n<pong\n> /within 0\n<? .a == 1", "passed"},
		{"bytes of a character", echo, "> /ping é\n<pong \"\\xc3...\"\n> /ping é\n<pong \"...\\xa9\"", "passed"},
		{"values are text", echo, "> /set x --no-fin\n> /frame text ${x}\n< --no-fin\n" +
			"> /set x hex:6869\n> /fragment 9 ${x}\n< hex:6869\n> /frame text ${x}\n< hex:6869\n" +
			"> /set x \"\\\"hi\\\"\"\n> /text ${x}\n< \"hi\"\n> ${x}\n< \"hi\"\n" +
			"> /frame text \"a\\t${x}\"\n<text \"a\\t\\\"hi\\\"\"", "passed"},
		{"a blank at the end is sent", echo, "> /set x \"x \"\n> ${x}\n<text \"x \"\n> a \n<text \"a \"", "passed"},
		{"a value names no file", echo, "> /set x @run_test.go\n> /binary ${x}",
			`errored test.wst:2 command: "@run_test.go" is not HEX, base64:… or @FILE`},
		{"a value is no encoding", echo, "> /set x base64:aGk=\n> /raw ${x}",
			`errored test.wst:2 command: "base64:aGk=" is not HEX, base64:… or @FILE`},
		{"dots across an edge", echo, "> /set v ..\n> Loading 99 %\n< Loading .${v}",
			`failed test.wst:3 mismatch: ; character 9: expected "...", got "99 %"`},
		{"JSON of what was captured", echo, `> {"s":"a\"b","n":5,"o":{"x":"5"}}` + "\n< ...\n" +
			"> /capture s .s\n> /capture n .n\n> /capture o .o\n> /capture t .o.x\n" +
			`> {"s":"${s}","j":${json s},"n":${n},"m":${json n},"o":${o},"t":${json t}}` + "\n" +
			`< {"s":"a\"b","j":"a\"b","n":5,"m":5,"o":{"x":"5"},"t":"5"}`, "passed"},
		{"silence", echo, "> /silence 10ms\n> hi\n> /silence 3s",
			"failed test.wst:3 silence: a message came within 3s of silence"},
		{"passes over", echo, "> one\n> two\n> /binary 00ff\n> four\n<* four", "passed"},
		{"does not pass over", echo, "> one\n> two\n< two",
			`failed test.wst:3 mismatch: ; ` +
				`character 1: expected "two", got "one"`},
		{"binary", echo, "> /binary 00 ff 01\n<binary 00ff01\n> /binary 00ff01\n<binary 00...01", "passed"},
		{"binary for text", echo, "> /binary 6869\n< hi", "failed test.wst:2 mismatch: ; " +
			"expected a text message, got a binary message"},
		{"variables", echo, "> /set name Ann\n> hello ${name}\n< hello Ann\n> {\"id\":7,\"s\":\"x\"}\n<? .id == 7\n" +
			"> /capture id .id\n> /capture s ~\"s\":\"(.)\n> ${id}${s}\n< 7x\n" +
			"> order 12 of Bob\n<~ order (?P<n>\\d+) of (?P<who>\\w+)\n> ${who}${n}\n< Bob12", "passed"},
		{"no command from a variable", echo, "> /set x /quit\n> ${x}\n< /quit", "passed"},
		{"unknown variable", echo, "> hi ${nmae}", `failed test.wst:1 variable: the variable "nmae" has no value`},
		{"repeat", echo, "> /repeat 3\n> tick\n< tick\n> /end\n> /silence 5ms", "passed"},
		{"unordered", echo, "> b 1\n> a\n> b 2\n> /unordered\n< b ...\n< a\n<~ b 1\n> /end", "passed"},
		{"no query's message", echo, "> /timeout 20ms\n<? .a",
			"failed test.wst:2 timeout: a JSON message did not come within 20ms"},
		{"a query of bytes", echo, "> /binary 00\n<? .a",
			"failed test.wst:2 mismatch: ; expected a JSON message, got a binary message"},
		{"unordered, typed", echo, "> a\n> b\n> /unordered\n> /expect b\n< a\n> /end", "passed"},
		{"unordered fails", echo, "> b\n> c\n> /unordered\n< a\n< b\n> /end",
			"failed test.wst:4 mismatch: what came matches none of the expectations that are left, " +
				`of which this one is the nearest; character 1: expected "a", got "c"`},
		{"named", echo, "alice> hi\nbob> ho\nbob< ho\nalice< hi\nalice> /close\nbob> on\nbob< on", "passed"},
		{"connect as", echo, "> /connect --as ann " + demo + "\nann< ...welcome...\n> x\n< x", "passed"},
		{"reconnect", echo, "> a\n< a\n> /close 4000 x\n<close 4000 x\n> /connect\n> b\n< b", "passed"},
		{"closed", echo, "> /close\n<close 1000\n< more",
			"failed test.wst:3 closed: the connection ended before a text message came"},
		{"sent after the close", echo, "> /close\n<close 1000\n> more",
			"failed test.wst:3 closed: it was not sent: the connection is closed"},
		{"skip", echo, "> hi\n> /skip not today\n< never", "skipped"},
		{"exec", echo, "> /exec true", "errored test.wst:1 command: /exec runs a program, which is not allowed here"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := outcome(runText(t, testRunner(tt.base), tt.text)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestRunRefused(t *testing.T) {
	closed := "ws://127.0.0.1:1/"
	http := endpoint(t, "echo:")
	tests := []struct{ name, text, want string }{
		{"expected", "> /connect " + closed + "\n<error ...refused...\n> x\n< x", "passed"},
		{"not expected", "> /connect " + closed, "errored test.wst:1 connect: connection refused by 127.0.0.1:1"},
		{"typed", "> /connect " + closed + "\n> /expect <error ...refused...\n> x\n< x", "passed"},
		{"otherwise", "> /connect " + closed + "\n<refused 403", "errored test.wst:2 refused: the connection was " +
			"not refused as expected; expected a refusal with a status, got: connection refused by 127.0.0.1:1"},
		{"accepted", "> /connect " + http + "\n<refused 403",
			"failed test.wst:1 accepted: the connection was opened, but a refusal was expected"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := outcome(runText(t, testRunner(http), tt.text)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// In a file each line says whom it is for, so that the /to of a screen means nothing.
func TestRunPassesOverTo(t *testing.T) {
	echo := endpoint(t, "echo:")
	text := "> /connect --as bob " + echo + "\n> /to bob\nbob> hi\nbob< hi\n> /to"
	if got := outcome(runText(t, testRunner(echo), text)); got != "passed" {
		t.Errorf("got %s", got)
	}
}

func TestRunInclude(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.wst", "> /include b.wst\n> /include b.wst\n< x")
	write("b.wst", "> x\n< x\n> /set b yes")
	write("loop.wst", "> /include ./loop.wst")
	r := testRunner(endpoint(t, "echo:"))
	for name, want := range map[string]string{
		"a.wst":    "failed a.wst:3 timeout: a text message did not come within 30ms",
		"loop.wst": `errored loop.wst:1 command: "loop.wst" includes itself`,
	} {
		src, _ := os.ReadFile(filepath.Join(dir, name))
		c, err := wst.Parse(filepath.Join(dir, name), src)
		if err != nil {
			t.Fatal(err)
		}
		r.Timeout = 30 * time.Millisecond
		got := strings.ReplaceAll(outcome(r.Run(t.Context(), c)), dir+"/", "")
		if got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestRunUpdate(t *testing.T) {
	r := testRunner(endpoint(t, "demo:"))
	r.Update = true
	res := runText(t, r, `# the greeting stays
< {"type": "welcome", "message": "Connected to ...", "gone": 1}
> {"text":"a"}
<  {"type":"echo",   "message":"Server echo: b"}
# and so does this
> /ping x
<pong y
> x
< text
`)
	want := `# the greeting stays
< {"type": "welcome", "message": "Connected to ..."}
> {"text":"a"}
<  {"type":"echo",   "message":"Server echo: A",   "timestamp":"..."}
# and so does this
> /ping x
<pong x
> x
< {"type":"error","message":"Invalid JSON format"}
`
	if res.Status != report.Passed || res.Updated != want {
		t.Errorf("%s, updated\n%s\nwant\n%s", outcome(res), res.Updated, want)
	}
	if again := runText(t, r, res.Updated); again.Status != report.Passed || again.Updated != "" {
		t.Errorf("again: %s, %q", outcome(again), again.Updated)
	}
}

func TestRunSecret(t *testing.T) {
	r := testRunner(endpoint(t, "echo:"))
	r.Vars = func() *wst.Vars {
		v := &wst.Vars{}
		if err := v.SetSecret("token", "s3cr3t"); err != nil {
			t.Fatal(err)
		}
		return v
	}
	res := runText(t, r, "> login ${token}\n< login other\n")
	if text := fmt.Sprintf("%+v %+v", *res, *res.Failures[0]); strings.Contains(text, "s3cr3t") {
		t.Errorf("the secret is shown: %s", text)
	}
}

func TestRunCanceled(t *testing.T) {
	r := testRunner(endpoint(t, "echo:"))
	ctx, cancel := context.WithCancel(t.Context())
	c, err := wst.Parse("test.wst", []byte("> hi\n< hi\n> /wait 1h"))
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(10*time.Millisecond, cancel)
	if res := r.Run(ctx, c); res.Status != report.Canceled {
		t.Errorf("got %s", outcome(res))
	}
}

// TestDocumentRuns: every example of the reference passes as it stands.
func TestDocumentRuns(t *testing.T) {
	text, err := os.ReadFile("../docs/script.md")
	if err != nil {
		t.Fatal(err)
	}
	urls := map[string]string{"demo:": endpoint(t, "demo:"), "echo:": endpoint(t, "echo:")}
	r := testRunner("")
	connect := r.Connect
	r.Connect = func(
		ctx context.Context, args []string, handle func(*session.Event),
	) (*session.Session, error) {
		if url := urls[args[len(args)-1]]; url != "" {
			args = []string{url}
		}
		return connect(ctx, args, handle)
	}
	for _, m := range regexp.MustCompile("(?ms)^```wst\n(.*?)^```$").FindAllSubmatch(text, -1) {
		name, _, _ := strings.Cut(string(m[1]), "\n")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := runText(t, r, string(m[1]))
			if res.Status != report.Passed && res.Status != report.Skipped {
				t.Errorf("%s\n%s", outcome(res), m[1])
			}
		})
	}
}
