//go:build unix

package live

import (
	"bytes"
	"os"
	"syscall"
	"testing"
)

func TestSignals(t *testing.T) {
	tests := []struct {
		signal os.Signal
		closed string
		code   int
	}{
		{os.Interrupt, "closed 1000 ", 130},
		{syscall.SIGTERM, "closed 1001 ", -1},
	}
	server := python(t)
	for _, tt := range tests {
		var stderr bytes.Buffer
		cmd := command("ws://" + server.addr + "/demo")
		cmd.Stderr = &stderr
		rest := startReading(t, cmd)
		cmd.Process.Signal(tt.signal)
		server.closed(t, tt.closed)
		if got := rest(); got != "" {
			t.Errorf("%v: more output %q", tt.signal, got)
		}
		if code := exitCode(t, cmd.Wait()); tt.code >= 0 && code != tt.code {
			t.Errorf("%v: exit code %d, want %d: %s", tt.signal, code, tt.code, &stderr)
		}
	}
}
