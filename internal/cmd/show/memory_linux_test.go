//go:build !race

package show_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// writeArchive writes an archive of two connections with so many messages each, in turn.
func writeArchive(t *testing.T, path string, messages int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriter(f)
	fmt.Fprint(out, `{"log":{"entries":[`)
	text := strings.Repeat("x", 1000)
	for conn := range 2 {
		if conn > 0 {
			fmt.Fprint(out, ",")
		}
		fmt.Fprint(out, `{"response":{"status":101},"_webSocketMessages":[`)
		for i := range messages {
			if i > 0 {
				fmt.Fprint(out, ",")
			}
			fmt.Fprintf(out, `{"type":"receive","time":%d.%06d,"opcode":1,"data":"%d.%d %s"}`,
				1767366246+i, conn, conn+1, i, text)
		}
		fmt.Fprint(out, `]}`)
	}
	fmt.Fprint(out, `]}}`)
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	f.Close()
}

// shown is how much memory the program takes to show an archive, and whether that is right.
func shown(t *testing.T, path string, messages int, piped bool) int64 {
	t.Helper()
	cmd := exec.Command("wsline", "show", "--messages", path)
	if piped {
		cmd = exec.Command("wsline", "show", "--messages", "-")
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd.Stdin = bufio.NewReader(f) // a pipe
	}
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines, n := bufio.NewScanner(stdout), 0
	for ; lines.Scan(); n++ {
		if want := fmt.Appendf(nil, "%d.%d ", n%2+1, n/2); !bytes.HasPrefix(lines.Bytes(), want) {
			t.Fatalf("line %d is %.20q, want %q", n, lines.Bytes(), want)
		}
	}
	if err := cmd.Wait(); err != nil || n != 2*messages {
		t.Errorf("%d messages, want %d: %v", n, 2*messages, err)
	}
	return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
}

// An archive takes no more memory than a short one, however long it is, and whichever way it comes.
func TestMemoryOfAnArchive(t *testing.T) {
	short, long := filepath.Join(t.TempDir(), "a.har"), filepath.Join(t.TempDir(), "b.har")
	writeArchive(t, short, 10)
	writeArchive(t, long, 20_000) // 42 MB
	for _, piped := range []bool{false, true} {
		most := shown(t, short, 10, piped) + 16<<20
		if took := shown(t, long, 20_000, piped); took > most {
			t.Errorf("piped: %v, %d MiB, want at most %d", piped, took>>20, most>>20)
		}
	}
}
