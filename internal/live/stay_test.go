package live

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// synced is a buffer that may be looked at while it is written.
type synced struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *synced) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *synced) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// await waits until a stream has a text, and fails when it does not come.
func await(t *testing.T, s *synced, text string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !strings.Contains(s.String(), text); {
		if time.Now().After(end) {
			t.Fatalf("%q does not come:\n%s", text, s)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// A backend is killed and started again on its port, behind nginx with TLS and a login: the pipe goes on,
// and no line arrives twice.
func TestReconnect(t *testing.T) {
	server := node(t)
	addr, ca := nginx(t, server)
	var stdout, stderr synced
	cmd := command("--reconnect", "-w", "2s", "--on-open", `{"text":"here i am"}`, "--cacert", ca,
		"--auth", user+":"+password, "wss://"+addr)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	say := func(text string) { fmt.Fprintf(stdin, "{\"text\":%q}\n", text) }
	say("one")
	await(t, &stdout, "Server echo: ONE")

	server.cmd.Process.Kill()
	await(t, &stderr, "connecting again\n")
	say("two") // while there is nobody
	await(t, &stderr, "answered 502 Bad Gateway: ")
	_, port, _ := net.SplitHostPort(server.addr)
	run(t, program(t, "node", "nodejs"), servers+"/node/server.js", port)
	await(t, &stdout, "Server echo: TWO")
	await(t, &stderr, "* connected again after ")
	say("three")
	await(t, &stdout, "Server echo: THREE")
	stdin.Close()
	if code := exitCode(t, cmd.Wait()); code != 0 {
		t.Errorf("exit code %d", code)
	}
	var said []string
	for line := range strings.Lines(stdout.String()) {
		var reply struct{ Type, Message string }
		if err := json.Unmarshal([]byte(line), &reply); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		if reply.Type == "echo" {
			said = append(said, strings.TrimPrefix(reply.Message, "Server echo: "))
		}
	}
	if got := strings.Join(said, ", "); got != "HERE I AM, ONE, HERE I AM, TWO, THREE" {
		t.Errorf("the server has got %s", got)
	}
	if t.Failed() {
		t.Logf("stderr: %s", stderr.String())
	}
}
