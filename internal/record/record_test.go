package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"wsline/format"
	"wsline/internal/exit"
	"wsline/internal/wire"
	"wsline/session"
)

// fullDisk takes so many writes.
type fullDisk struct {
	*os.File
	left int
}

func (d *fullDisk) WriteAt(p []byte, at int64) (int, error) {
	if d.left--; d.left < 0 {
		return 0, &os.PathError{Op: "write", Path: d.Name(), Err: syscall.ENOSPC}
	}
	return d.File.WriteAt(p, at)
}

func recordingTo(t *testing.T, writes, gather int) *Recorder {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "talk.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	rec, err := format.NewRecorder(&fullDisk{f, writes}, format.FormJSON,
		format.RecordOptions{Gather: gather})
	if err != nil {
		t.Fatal(err)
	}
	return newRecorder("talk.jsonl", rec, nil)
}

func TestRecorderFails(t *testing.T) {
	const text = `the recording "talk.jsonl" is not complete: no space left on device`
	message := &session.Event{
		Kind: session.KindMessage, Time: time.Now(), Opcode: wire.OpText, Payload: []byte("hi"),
	}

	r := recordingTo(t, 1, 0)
	r.Event(message)
	if got := r.Trouble(); got != "" {
		t.Errorf("nothing failed, but %q", got)
	}
	r.Event(message)
	r.Event(message)
	if got := r.Trouble(); got != text {
		t.Errorf("got %q, want %q", got, text)
	}
	if got := r.Trouble(); got != "" {
		t.Errorf("said twice: %q", got)
	}
	if err := r.Finish(nil); !errors.Is(err, errIncomplete) {
		t.Errorf("got %v", err)
	}
	if f := exit.FaultOf(errIncomplete); f.Code != exit.Own || f.Message != "" {
		t.Errorf("got %+v, want the code 1 and no words", f)
	}

	r = recordingTo(t, 0, 0)
	r.Event(message)
	if err := r.Finish(nil); err == nil || err.Error() != text {
		t.Errorf("what was not said is %v, want %s", err, text)
	}
	r = recordingTo(t, 0, 0)
	r.Event(message)
	if err := r.Finish(exit.ErrInterrupted); !errors.Is(err, exit.ErrInterrupted) {
		t.Errorf("got %v, want the error that ended the conversation", err)
	}
}

// What was told is in the file when nothing more is to be told, and 10 ms later whatever happens.
func TestRecordedInTime(t *testing.T) {
	for _, name := range []string{"a.jsonl", "a.har", "a.wst"} {
		synctest.Test(t, func(t *testing.T) {
			to, err := NewFile("--record", filepath.Join(t.TempDir(), name), false)
			if err != nil {
				t.Fatal(err)
			}
			r, err := to.Start()
			if err != nil {
				t.Fatal(err)
			}
			messages := func() int {
				text, err := os.ReadFile(to.Path)
				if err != nil {
					t.Fatal(err)
				}
				return strings.Count(string(text), "hello")
			}
			message := &session.Event{
				Kind: session.KindMessage, Time: time.Now(), Opcode: wire.OpText,
				Payload: []byte("hello"),
			}
			r.Event(&session.Event{Kind: session.KindOpen, Time: time.Now()})
			for want := 1; want < 9; want += 3 {
				r.Event(message)
				if got := messages(); got >= want {
					t.Errorf("%s: a message did not wait for others", name)
				}
				time.Sleep(flushTime)
				synctest.Wait()
				if got := messages(); got != want {
					t.Errorf("%s: %d messages after 10 ms, want %d", name, got, want)
				}
				r.Event(message)
				r.Event(&session.Event{Kind: session.KindIdle})
				if got := messages(); got != want+1 {
					t.Errorf("%s: %d messages before a wait, want %d", name, got, want+1)
				}
				r.Event(message)
				time.Sleep(flushTime)
				synctest.Wait()
			}
			r.Event(message)
			if err := r.Finish(nil); err != nil || messages() != 10 {
				t.Errorf("%s: %v, %d messages at the end", name, err, messages())
			}
		})
	}
}

// A write that fails while the handler is busy is told with the next event.
func TestRecorderFailsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := recordingTo(t, 0, gathered)
		r.Event(&session.Event{Kind: session.KindPing, Time: time.Now()})
		if got := r.Trouble(); got != "" {
			t.Errorf("nothing was written, but %q", got)
		}
		time.Sleep(flushTime)
		synctest.Wait()
		if r.Trouble() == "" {
			t.Error("nothing is said")
		}
		if err := r.Finish(nil); !errors.Is(err, errIncomplete) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNoRecorder(t *testing.T) {
	var r *Recorder
	r.Event(&session.Event{})
	given := exit.ErrInterrupted
	if r.Trouble() != "" || r.Finish(nil) != nil || !errors.Is(r.Finish(given), given) {
		t.Error("a recorder that is nil does something")
	}
}

// What a recording has written must be there to be changed: a pipe does not do.
func TestRecordingToNoFile(t *testing.T) {
	_, err := (&File{Path: os.DevNull}).Start()
	want := fmt.Sprintf("%q cannot be written: it is not a regular file", os.DevNull)
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
