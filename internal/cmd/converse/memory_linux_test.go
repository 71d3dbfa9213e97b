//go:build !race

package converse_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"wsline/internal/wire"
	"wsline/internal/wstest"
)

const (
	largePiece  = 64 << 10
	largePieces = 1024 // of a message of 64 MiB, the usual limit
)

// sendLarge sends a message in so many frames. It never holds it: the peak of a process counts that
// of the one which started it.
func sendLarge(p *wstest.Peer, op wire.Opcode, frames int) {
	piece := bytes.Repeat([]byte(`{"a\"é\"":123},`), largePiece/16)
	each := largePieces / max(frames, 1)
	for i := range frames * each {
		if i%each == 0 {
			h := wire.Header{Opcode: op, Length: int64(each * largePiece)}
			h.Fin = i == (frames-1)*each
			if i > 0 {
				h.Opcode = wire.OpContinuation
			}
			p.Write(h.Append(nil))
		}
		p.Write(piece)
	}
}

// peak is how many bytes of memory the program takes at most with a large message in so many
// frames.
func peak(t *testing.T, op wire.Opcode, frames int, args ...string) int64 {
	t.Helper()
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		sendLarge(p, op, frames)
		p.Close(1000, "")
	})
	cmd := exec.Command("wsline", append(args, "-w", "-1", s.URL())...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil && !strings.Contains(stderr.String(), "no message matched") {
		t.Errorf("%v: %v\n%s", args, err, stderr.String())
	}
	return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
}

// A message that must be held whole is held once, however it comes and is printed, and any other
// never.
func TestMemoryOfALargeMessage(t *testing.T) {
	for _, tt := range []struct {
		op   wire.Opcode
		args []string
		most float64 // of the message's size
	}{
		{wire.OpText, nil, 0.2},
		{wire.OpBinary, []string{"--binary-out", "hex"}, 0.2},
		{wire.OpBinary, []string{"--binary-out", "base64"}, 1.2},
		{wire.OpText, []string{"--json"}, 1.2},
		{wire.OpBinary, []string{"--json"}, 1.2},
		{wire.OpText, []string{"--expect", ":123"}, 1.2},
		{wire.OpText, []string{"--json", "--expect", "not there"}, 1.2},
		{wire.OpText, []string{"--record", filepath.Join(t.TempDir(), "r.jsonl")}, 1.2},
		{wire.OpText, []string{"--record", filepath.Join(t.TempDir(), "r.har")}, 1.5},
		{wire.OpBinary, []string{"--record", filepath.Join(t.TempDir(), "r.har")}, 1.5},
		{wire.OpText, []string{"--record", filepath.Join(t.TempDir(), "r.wst")}, 2.5},
	} {
		none := peak(t, tt.op, 0, tt.args...)
		for _, frames := range []int{1, largePieces} {
			took := float64(peak(t, tt.op, frames, tt.args...)-none) / (largePieces * largePiece)
			if took > tt.most {
				t.Errorf("%v, %v in %d frames: %.2f times its size", tt.args, tt.op, frames, took)
			}
		}
	}
}
