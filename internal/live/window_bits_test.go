//go:build unix

package live

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// farLines are messages that resemble each other near and far: a compressor that looks back too far finds
// something there, and zlib, which others decompress with, refuses that.
func farLines() string {
	rng := rand.New(rand.NewPCG(4, 2))
	var past [][]byte
	var b bytes.Buffer
	for range 300 {
		line := []byte{}
		for n := rng.IntN(3000); len(line) < n; {
			if len(past) > 0 && rng.IntN(4) > 0 {
				old := past[rng.IntN(len(past))]
				line = append(line, old[:rng.IntN(len(old)+1)]...)
			}
			line = fmt.Appendf(line, "%x", rng.Uint64())
		}
		past = append(past, line)
		b.Write(line)
		b.WriteByte('\n')
	}
	return b.String()
}

// TestWindowsPython: its server limits our window, and its own, to 4 KiB where it is let.
func TestWindowsPython(t *testing.T) {
	url := "ws://" + python(t).addr + "/echo"
	lines := farLines()
	for arg, want := range map[string]string{
		"bits":              "client_max_window_bits=12",
		"client:8":          "client_max_window_bits=8",
		"client:9,server:9": "server_max_window_bits=9; client_max_window_bits=9",
		"15":                "server_max_window_bits=12; client_max_window_bits=12",
	} {
		r := pipe(t, lines, "-v", "--count", "300", "--compress="+arg, url)
		if r.code != 0 || r.stdout != lines || !strings.Contains(r.stderr, want+"\n") {
			t.Errorf("--compress=%s: exit code %d, %d bytes of %d: %s", arg, r.code, len(r.stdout),
				len(lines), r.stderr)
		}
	}
}

func TestWindowsNode(t *testing.T) {
	url := "ws://" + nodeServer(t, "windows.js").addr
	lines := farLines()
	for _, path := range []string{"/9/9", "/15/8", "/10/15"} {
		r := pipe(t, lines, "-v", "--count", "300", "--compress=bits", url+path)
		bits := strings.Split(path, "/")
		want := "client_max_window_bits=" + bits[2] + "; server_max_window_bits=" + bits[1] + "\n"
		if r.code != 0 || r.stdout != lines || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: exit code %d, %d bytes of %d: %s", path, r.code, len(r.stdout), len(lines), r.stderr)
		}
	}
}

// TestWindowsListen has a client of theirs ask for windows of ours.
func TestWindowsListen(t *testing.T) {
	python(t) // or this is skipped
	address := listening(t, "--echo", "--compress")
	lines := farLines()
	for _, bits := range []string{"8 9", "9 9", "12 15", "15 10"} {
		name := "python3"
		if exec.Command(name, "-c", "import websockets").Run() != nil {
			name = "/usr/bin/python3"
		}
		args := append([]string{servers + "/python/windows_client.py", address}, strings.Fields(bits)...)
		cmd := exec.Command(name, args...)
		cmd.Stdin = strings.NewReader(lines)
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != bits+"\n" {
			t.Errorf("%s: %v %s", bits, err, out)
		}
	}
}
