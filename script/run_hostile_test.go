package script

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"wsline/internal/wire"
	"wsline/internal/wstest"
	"wsline/script/report"
	"wsline/script/wst"
)

// accepted serves what a handler does behind the handshake.
func accepted(t *testing.T, handle func(p *wstest.Peer)) string {
	t.Helper()
	s := wstest.Serve(t, func(p *wstest.Peer) {
		if p.Accept() == nil {
			handle(p)
		}
	})
	return s.URL()
}

// within runs a conversation that must end in time, whatever the server does.
func within(t *testing.T, limit time.Duration, ctx context.Context, r *Runner, text string) string {
	t.Helper()
	c, err := wst.Parse("test.wst", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan *report.Result, 1)
	go func() { done <- r.Run(ctx, c) }()
	select {
	case res := <-done:
		return outcome(res)
	case <-time.After(limit):
		panic("the run does not end")
	}
}

// TestHostileServers: whatever a server does, a run ends, and with the right verdict.
func TestHostileServers(t *testing.T) {
	flood := func(p *wstest.Peer) {
		message := "[" + strings.Repeat("1,", 1000) + "1]" // takes longer to compare than to receive
		text := []byte(strings.Repeat(string(wstest.Frame(wire.OpText, message)), 100))
		for p.Write(text) == nil {
		}
	}
	pings := func(p *wstest.Peer) {
		go func() { // the pongs
			for {
				if _, _, err := p.ReadFrame(); err != nil {
					return
				}
			}
		}()
		for range 1100 {
			if p.Ping("x") != nil {
				return
			}
		}
		_ = p.Text("hi")
		<-p.Done()
	}
	tests := []struct {
		name   string
		server func(p *wstest.Peer)
		text   string
		want   string
	}{
		{"a flood is passed over", flood, "> /timeout 100ms\n<* [\"...\", 2]",
			"failed test.wst:2 timeout: a text message that matches did not come within 100ms"},
		{"a message behind pings", pings, "> /timeout 5s\n< hi", "passed"},
		{"a message behind pings breaks the silence", pings, "> /silence 5s",
			"failed test.wst:1 silence: a message came within 5s of silence"},
		{"a Close frame behind messages", func(p *wstest.Peer) {
			for range 1100 {
				if p.Text("x") != nil {
					return
				}
			}
			_ = p.Close(1000, "")
			<-p.Done()
		}, "> /timeout 5s\n<close 1000", "passed"},
		{"nothing is read", func(p *wstest.Peer) { <-p.Done() },
			"> /repeat 200\n> " + strings.Repeat("x", 100_000) + "\n> /end",
			"errored test.wst:2 timeout: it was not sent within 300ms: the server does not read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := testRunner(accepted(t, tt.server))
			r.Timeout = 300 * time.Millisecond
			got := within(t, 10*time.Second, t.Context(), r, tt.text)
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestServeFlooded: a client that sends more than anybody awaits is heard to its end.
func TestServeFlooded(t *testing.T) {
	s := wstest.Serve(t, func(p *wstest.Peer) {
		if p.Accept() != nil {
			return
		}
		for range 3000 {
			if p.Text("x") != nil {
				return
			}
		}
		_ = p.Close(1000, "")
		<-p.Done()
	})
	c, err := wst.Parse("test.wst", []byte("> /connect\n> /quit\n"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if got := outcome(testRunner(s.URL()).Serve(ctx, c)); got != "passed" {
		t.Error(got)
	}
}

// TestWhatIsKept: of what is large a result has the beginning only.
func TestWhatIsKept(t *testing.T) {
	url := accepted(t, func(p *wstest.Peer) {
		_ = p.Text(strings.Repeat("x", 1<<20))
		_ = p.Binary(make([]byte, 1<<20))
		_ = p.Echo()
	})
	for _, text := range []string{"< y", "> /silence 2s", "<* y", "< ...\n<binary 00", "<binary 00\n"} {
		res := runText(t, testRunner(url), "> /timeout 300ms\n"+text)
		f := res.Failures[0]
		size := len(f.Got) + len(f.Expected)
		for _, text := range f.Meanwhile {
			size += len(text)
		}
		for _, e := range res.Transcript {
			size += len(e.Text)
		}
		if size > 4*report.MaxEntry {
			t.Errorf("%s: %d bytes are kept", text, size)
		}
	}
}

// TestIncludeWithoutEnd: a file without an end is not read to it.
func TestIncludeWithoutEnd(t *testing.T) {
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip("there is no such file here")
	}
	want := "errored test.wst:1 command: /dev/zero:1:1: the file has more than 64 MiB"
	if got := outcome(runText(t, testRunner(""), "> /include /dev/zero")); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
