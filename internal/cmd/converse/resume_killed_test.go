package converse_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wsline/internal/wstest"
)

// A program that is killed, and goes on with what it kept, misses no message: some come twice.
func TestStateOfAProgramThatIsKilled(t *testing.T) {
	const total = 3000
	s := wstest.Serve(t, func(p *wstest.Peer) {
		if p.Accept() != nil {
			return
		}
		from := 0
		_, _ = fmt.Sscanf(string(p.RawRequest), "GET /?since=%d ", &from)
		for i := from + 1; i <= total; i++ {
			if p.Text(fmt.Sprintf(`{"id":%d}`, i)) != nil {
				return
			}
			if i%20 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
		p.Close(1000, "")
		p.ReadFrame()
	})
	dir := t.TempDir()
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	random := rand.New(rand.NewPCG(1, 1))
	for runs := 1; ; runs++ {
		cmd := exec.Command("wsline", "--state", filepath.Join(dir, "state.json"), "--capture", "cursor=.id",
			"--var", "cursor=0", "-w", "-1", s.URL()+"?since=${cursor}")
		cmd.Stdout = out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(random.IntN(150))*time.Millisecond, func() { cmd.Process.Kill() })
		if runs == 15 { // it may come to its end
			timer.Stop()
		}
		if cmd.Wait() == nil {
			break
		}
		timer.Stop()
		if runs == 15 {
			t.Fatal("it does not come to its end")
		}
	}
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	last := 0
	for line := range strings.Lines(string(text)) {
		id := 0
		for _, part := range bytes.SplitAfter([]byte(line), []byte("}")) { // a line may have been cut
			if _, err := fmt.Sscanf(string(part), `{"id":%d}`, &id); err != nil {
				continue
			}
			if id > last+1 {
				t.Fatalf("%d follows on %d", id, last)
			}
			last = max(last, id)
		}
	}
	if last != total {
		t.Errorf("the last is %d", last)
	}
}
