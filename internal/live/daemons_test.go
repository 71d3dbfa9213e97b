package live

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"text/template"
	"time"
)

// daemon starts a program that listens on addr, waits until it does, and ends it with the test.
func daemon(t *testing.T, cmd *exec.Cmd, addr string) {
	t.Helper()
	start(t, cmd, func() bool {
		nc, err := net.Dial("tcp", addr)
		if err == nil {
			nc.Close()
		}
		return err == nil
	})
}

// start starts a program and waits until it is ready.
func start(t *testing.T, cmd *exec.Cmd, ready func() bool) {
	t.Helper()
	said := new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop := func() {
		cmd.Process.Signal(syscall.SIGTERM) // a kill would leave its workers behind
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			cmd.Process.Kill()
			<-ended
		}
	}
	for end := time.Now().Add(30 * time.Second); !ready(); time.Sleep(20 * time.Millisecond) {
		select {
		case err := <-ended:
			t.Fatalf("%s: %v\n%s", cmd, err, said)
		default:
		}
		if time.Now().After(end) {
			stop()
			t.Fatalf("%s: it does not listen\n%s", cmd, said)
		}
	}
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			t.Logf("%s: %s", cmd.Path, said)
		}
	})
}

// listener is a listening socket for a program that takes one as file descriptor 3.
func listener(t *testing.T) (addr string, socket *os.File) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	socket, err = ln.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	return ln.Addr().String(), socket
}

// free is an address for a program that must be told its port: a free one on an address of the
// loopback network that nobody else will take.
func free(t *testing.T) (host, port string) {
	t.Helper()
	ln, err := net.Listen("tcp", fmt.Sprintf("127.%d.%d.%d:0", 1+rand.IntN(254), rand.IntN(256),
		1+rand.IntN(254)))
	if err != nil { // not every system has the whole network
		ln, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	host, port, _ = net.SplitHostPort(ln.Addr().String())
	return host, port
}

// fill fills in a template of testdata/servers.
func fill(t *testing.T, name string, values map[string]string) []byte {
	t.Helper()
	tmpl, err := template.ParseFiles(servers + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := tmpl.Option("missingkey=error").Execute(&b, values); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
