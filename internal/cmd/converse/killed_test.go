package converse_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wsline/internal/wstest"
)

// What was printed is recorded, 20 ms later at the latest: also in a flood, while nobody reads
// stdout any more, and when the program is killed.
func TestRecordingOfAProgramThatIsKilled(t *testing.T) {
	const count, read = 20000, 2000
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Accept()
		var flood bytes.Buffer
		for i := range count {
			text := fmt.Sprint("message ", i)
			flood.Write([]byte{0x81, byte(len(text))})
			flood.WriteString(text)
		}
		p.Write(flood.Bytes())
		p.ReadFrame() // until the program is gone
	})
	for name, line := range map[string]string{
		"a.jsonl": `"text":"message %d"`,
		"a.har":   `"data":"message %d"}`,
		"a.wst":   "< message %d\n",
	} {
		file := filepath.Join(t.TempDir(), name)
		cmd := exec.Command("wsline", "-w", "-1", "--json", "--record", file, s.URL())
		stdout, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		in, seen := bufio.NewReader(stdout), 0
		for seen < read {
			text, err := in.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(text, `"type":"message"`) {
				seen++
			}
		}
		time.Sleep(500 * time.Millisecond) // 20 for the program, the rest for a busy machine
		cmd.Process.Kill()
		cmd.Wait()
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := range read {
			if text := fmt.Sprintf(line, i); !bytes.Contains(got, []byte(text)) {
				t.Errorf("%s: %q was printed, and is not among %d bytes", name, text, len(got))
				break
			}
		}
	}
}
