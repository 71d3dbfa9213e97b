package dial

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wsline/internal/wstest"
)

// renegotiating is a server of OpenSSL that asks for a client certificate, as some do with TLS 1.2,
// only once it has read the request. It returns its address.
func renegotiating(t *testing.T, ca *wstest.CA) string {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("WSLINE_REQUIRE_LIVE") == "1" {
			t.Fatal("openssl is missing, and WSLINE_REQUIRE_LIVE is set")
		}
		t.Skip("openssl is missing")
	}
	dir := t.TempDir()
	cert := ca.Server(t)
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	cmd := exec.Command(openssl, "s_server", "-accept", "127.0.0.1:0", "-tls1_2", "-naccept", "1",
		"-cert", write("cert", wstest.CertPEM(cert)), "-key", write("key", wstest.KeyPEM(t, cert)),
		"-CAfile", write("ca", ca.PEM()), "-verify_return_error")
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addr, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		defer close(addr)
		talk(out, in, addr)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-ended
		cmd.Wait()
	})
	got, ok := <-addr
	if !ok {
		if os.Getenv("WSLINE_REQUIRE_LIVE") == "1" {
			t.Fatal("this openssl has no s_server that listens on any port")
		}
		t.Skip("this openssl has no s_server that listens on any port")
	}
	return got
}

// talk plays the server's part: it reads what s_server prints, the request among it, and types.
func talk(out io.Reader, in io.Writer, addr chan<- string) {
	key, renegotiates, verified := "", false, false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if rest, ok := strings.CutPrefix(line, "ACCEPT "); ok {
			addr <- rest
		}
		if rest, ok := strings.CutPrefix(line, "Sec-WebSocket-Key: "); ok {
			key = rest
		}
		switch {
		case line == "" && key != "" && !renegotiates:
			renegotiates = true
			io.WriteString(in, "R\n") // s_server renegotiates, and asks for a certificate
		case strings.HasPrefix(line, "depth=0"):
			verified = true
		case line == "verify return:1" && verified:
			verified = false
			io.WriteString(in, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"+
				"Connection: Upgrade\r\nSec-WebSocket-Accept: "+acceptKey(key)+"\r\n\r\n")
		}
	}
}

func TestRenegotiation(t *testing.T) {
	ca := wstest.NewCA(t)
	addr := renegotiating(t, ca)
	client := ca.Client(t)
	conn := mustDial(t, &Config{
		URL: mustURL(t, "wss://"+addr), TLS: TLS{CA: ca.PEM(), Cert: &client},
	})
	if hs := conn.Handshake; hs.Status != 101 {
		t.Errorf("%+v", hs)
	}
}
