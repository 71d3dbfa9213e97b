package converse

import (
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/internal/env/envtest"
	"wsline/internal/record"
	"wsline/internal/view"
	"wsline/internal/wire"
	"wsline/internal/wstest"
	"wsline/repl"
	"wsline/session"
)

// A gate is an output that is stuck until it is opened.
type gate chan struct{}

func (g gate) Write(p []byte) (int, error) {
	<-g
	return len(p), nil
}

// What is typed while the output is stuck stands in the recording where it was typed: what is sent
// is told later too.
func TestTypedIsRecordedInOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "talk.wst")
	synctest.Test(t, func(t *testing.T) {
		file, err := record.NewFile("--record", path, false)
		if err != nil {
			t.Fatal(err)
		}
		file.Opening.Words = "ws://test"
		recorder, err := file.Start()
		if err != nil {
			t.Fatal(err)
		}
		c := &config{mode: modePipe, slash: true, sieve: &view.Sieve{}, frames: &view.Frames{}}
		k := newKeeper(c, recorder)
		talk := &talking{config: c, env: envtest.At(""), recorder: recorder, keeper: k}
		in, keyboard := io.Pipe()
		screen := make(gate)
		p := &repl.Pipe{
			In: in, Delim: '\n', Slash: true, Wait: -1,
			Out: screen, Print: (&format.Pipe{End: "\n"}).Event,
			Tap: talk.tap(talk.scene(false, false)), Extra: k.extra(),
			Connect: func(ctx context.Context, handle func(*session.Event)) (
				*session.Session, error) {
				s, err := session.Open(ctx, &session.Config{Watch: true, Dial: dial.Config{
					URL: &url.URL{Scheme: "ws", Host: "test"},
					NetDial: func(context.Context, string, string) (net.Conn, error) {
						return wstest.Pipe(t, flood), nil
					},
				}}, handle)
				k.opened("", s)
				return s, err
			},
		}
		done := make(chan repl.Result)
		go func() { done <- p.Run(t.Context()) }()
		synctest.Wait() // the output is stuck
		io.WriteString(keyboard, "one\n/set name Ann\n${name}\n/frame text raw\n"+
			"${name} again\n/set x y\nlast\n")
		keyboard.Close()
		synctest.Wait()
		close(screen)
		if res := <-done; res.Err != nil {
			t.Errorf("%+v", res)
		}
		recorder.Finish(nil)
	})
	recorded, err := os.ReadFile(path)
	want := `> one
> /set name Ann
> ${name}
> /frame text raw
> ${name} again
> /set x y
> last
`
	if got := sentLines(recorded); err != nil || got != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

// flood sends more than can wait anywhere, and takes what comes until the last message.
func flood(p *wstest.Peer) {
	if p.Accept() != nil {
		return
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.Flood(1024, string(make([]byte, 1024)))
	}()
	for {
		op, payload, err := p.ReadMessage()
		if err != nil || op == wire.OpText && string(payload) == "last" {
			break
		}
	}
	<-ended
	p.Close(1000, "")
	p.ReadFrame()
}

// sentLines are the lines of a script that are typed, but for the connecting.
func sentLines(script []byte) (lines string) {
	for line := range strings.Lines(string(script)) {
		if strings.HasPrefix(line, "> ") && !strings.HasPrefix(line, "> /connect") {
			lines += line
		}
	}
	return lines
}
