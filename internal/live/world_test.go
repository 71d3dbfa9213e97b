//go:build unix

package live

import (
	"bytes"
	"context"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// A situation is a command line at a server, and what must come of it. In args, out and says ADDR
// is the server's address, and URL is ws://ADDR.
type situation struct {
	name string
	args []string
	in   string // stdin
	code int
	out  string // a regular expression, which stdout has to match somewhere
	says string // the same for stderr: the cause, or the cure, by a word of it
}

// right is a situation in which there is nothing to say.
func right(name, in, out string, args ...string) situation {
	return situation{name: name, in: in, out: out, args: args}
}

// echo is one in which a message comes back.
func echo(name string, args ...string) situation {
	return right(name, "hello\n", "^hello\n$", append([]string{"--count", "1"}, args...)...)
}

// wrong is one in which the program leaves with a code and says why.
func wrong(name string, code int, says string, args ...string) situation {
	return situation{name: name, code: code, says: says, args: args}
}

// damaged is one in which the user has damaged the handshake.
func damaged(url string) situation {
	return wrong("version", 5, "--raw-header", "--raw-header", "Sec-WebSocket-Version: 12", url)
}

// diagnosed is a diagnosis that ends with a command line that gets in, which command matches.
func diagnosed(name string, code int, command string, args ...string) situation {
	return cured(name, code, `wsline [^\n]*`+command, args...)
}

// cured is a diagnosis of what no command line can get around, which says what can.
func cured(name string, code int, cure string, args ...string) situation {
	return situation{name: "diagnose " + name, code: code, out: cure,
		args: append([]string{"--diagnose"}, args...)}
}

func (s situation) sending(in string) situation { s.in = in; return s }

// longest is how long a situation may take: a diagnosis must end within 15 s.
const longest = 15 * time.Second

// hold runs each situation at the server at addr, a few at a time, and holds it to what it says.
func hold(t *testing.T, addr string, situations []situation) {
	t.Helper()
	results := make([]result, len(situations))
	var running sync.WaitGroup
	places := make(chan struct{}, 4)
	for i, s := range situations {
		running.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			results[i] = s.run(addr)
		})
	}
	running.Wait()
	for i, s := range situations {
		t.Run(s.name, func(t *testing.T) { s.check(t, addr, results[i]) })
	}
}

// at puts the address of the server in.
func at(addr, s string) string {
	return strings.NewReplacer("URL", "ws://"+addr, "ADDR", addr).Replace(s)
}

func (s situation) run(addr string) result {
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	args := make([]string, len(s.args))
	for i, arg := range s.args {
		args[i] = at(addr, arg)
	}
	model := command(args...)
	cmd := exec.CommandContext(ctx, model.Path, args...)
	var stdout, stderr bytes.Buffer
	cmd.Env, cmd.Stdin = model.Env, strings.NewReader(s.in)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	cmd.Run() // how it ended is in its state
	r := result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
	if ctx.Err() != nil {
		r.stderr += "(ended by the test after " + time.Since(began).String() + ")\n"
	}
	return r
}

func (s situation) check(t *testing.T, addr string, r result) {
	t.Helper()
	var faults []string
	if r.code != s.code {
		faults = append(faults, "the exit code")
	}
	if !regexp.MustCompile(at(regexp.QuoteMeta(addr), s.out)).MatchString(r.stdout) {
		faults = append(faults, "stdout, which wants "+s.out)
	}
	if !regexp.MustCompile(at(regexp.QuoteMeta(addr), s.says)).MatchString(r.stderr) {
		faults = append(faults, "stderr, which wants "+s.says)
	}
	if s.says == "" && s.code == 0 && strings.Contains(r.stderr, "error:") {
		faults = append(faults, "stderr, which wants no error")
	}
	if len(faults) > 0 {
		t.Errorf("wsline %s\nnot right: %s\nexit code %d, want %d\nstdout: %.1000s\nstderr: %.1000s",
			strings.Join(s.args, " "), strings.Join(faults, "; "), r.code, s.code, r.stdout,
			r.stderr)
	}
}

// TestWorld has the program meet servers and proxies as people have them: what is right is let in,
// and of each common mistake the cause is told.
func TestWorld(t *testing.T) {
	for _, room := range world {
		t.Run(room.name, func(t *testing.T) {
			t.Parallel()
			room.meet(t)
		})
	}
}

var world = []struct {
	name string
	meet func(t *testing.T)
}{
	{"ws with a path", meetPath},
	{"an app with ws", meetApp},
	{"Socket.IO", meetSocketIO},
	{"graphql-ws", meetGraphQL},
	{"Bun", meetBun},
	{"Deno", meetDeno},
	{"Starlette on uvicorn", meetStarlette},
	{"uvicorn without a library", meetStarletteWithout},
	{"websockets", meetWebsockets},
	{"aiohttp", meetAiohttp},
	{"Tornado", meetTornado},
	{"mosquitto", meetMosquitto},
	{"NATS", meetNATS},
	{"NATS with a login", meetNATSLogin},
	{"nginx", meetNginx},
	{"HAProxy", meetHAProxy},
	{"Apache", meetApache},
	{"Caddy", meetCaddy},
	{"Chromium", meetChromium},
}
