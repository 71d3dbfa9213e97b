package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsline/format"
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

func recordingTo(t *testing.T, writes int) *recorder {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "talk.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	rec, err := format.NewRecorder(&fullDisk{f, writes}, format.FormJSON, format.RecordOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return &recorder{path: "talk.jsonl", rec: rec}
}

func TestRecorderFails(t *testing.T) {
	const text = `the recording "talk.jsonl" is not complete: no space left on device`
	message := &session.Event{
		Kind: session.KindMessage, Time: time.Now(), Opcode: wire.OpText, Payload: []byte("hi"),
	}

	r := recordingTo(t, 1)
	r.event(message)
	if got := r.trouble(); got != "" {
		t.Errorf("nothing failed, but %q", got)
	}
	r.event(message)
	r.event(message)
	if got := r.trouble(); got != text {
		t.Errorf("got %q, want %q", got, text)
	}
	if got := r.trouble(); got != "" {
		t.Errorf("said twice: %q", got)
	}
	if err := r.finish(nil); !errors.Is(err, errRecording) {
		t.Errorf("got %v, want errRecording", err)
	}
	if f := describe(errRecording); f.code != exitOwn || f.message != "" {
		t.Errorf("got %+v, want the code 1 and no words", f)
	}

	r = recordingTo(t, 0)
	r.event(message)
	if err := r.finish(nil); err == nil || err.Error() != text {
		t.Errorf("what was not said is %v, want %s", err, text)
	}
	r = recordingTo(t, 0)
	r.event(message)
	if err := r.finish(errInterrupted); !errors.Is(err, errInterrupted) {
		t.Errorf("got %v, want the error that ended the conversation", err)
	}
}

func TestNoRecorder(t *testing.T) {
	var r *recorder
	r.event(&session.Event{})
	given := errInterrupted
	if r.trouble() != "" || r.finish(nil) != nil || !errors.Is(r.finish(given), given) {
		t.Error("a recorder that is nil does something")
	}
}

func TestRecordedWords(t *testing.T) {
	tests := []struct{ args, want string }{
		{"ws://example.com/a", "ws://example.com/a"},
		{"echo: --compress hi", "echo: --compress"},
		{"-H Origin:x --bearer secret ws://h/", "ws://h/ --header Origin:x --bearer '${token}'\n" +
			"give it: --secret token=…"},
		{"--bearer @file ws://h/", "ws://h/ --bearer @file"},
		{"-H Authorization:a --auth u:b --cookie a=b ws://h/",
			"ws://h/ --header 'Authorization: ${token}' --auth 'u:${password}' --cookie '${cookie}'\n" +
				"give it: --secret token=…\ngive it: --secret password=…\ngive it: --secret cookie=…"},
		{"-H Proxy-Authorization:a -H Authorization:b ws://h/",
			"ws://h/ --header 'Proxy-Authorization: ${token}' --header 'Authorization: ${token2}'\n" +
				"give it: --secret token=…\ngive it: --secret token2=…"},
		{"-H @file --passphrase=secret --cert c ws://h/",
			"ws://h/ --header @file --passphrase='${passphrase}' --cert c\n" +
				"give it: --secret passphrase=…"},
		{"-s bearer,abcdefghijklmnopqrstuvwxyz012 ws://h/",
			"ws://h/ --subprotocol '${subprotocol}'\ngive it: --secret subprotocol=…"},
		{"-H X:${a} ws://h/${b}", "'ws://h/$${b}' --header 'X:$${a}'"},
		{"-s chat --compress=false -4 ws://h/", "ws://h/ --subprotocol chat --compress=false --ipv4"},
		{"--proxy http://u:p@h ws://h/", "ws://h/ --proxy '${proxy}'\ngive it: --secret proxy=…"},
		{"ws://user:pw@h/a?x=1&token=secret&y", "'ws://user:${password}@h/a?x=1&token=${token}&y'\n" +
			"give it: --secret password=…\ngive it: --secret token=…"},
		{"h:80/?API_KEY=k", "'h:80/?API_KEY=${api_key}'\ngive it: --secret api_key=…"},
	}
	for _, tt := range tests {
		words, err := parse(strings.Fields(tt.args), flagTable())
		if err != nil {
			t.Fatal(err)
		}
		o := openingOf(words.positional[0], words.given)
		got := strings.Join(append([]string{o.Words}, o.Notes...), "\n")
		if got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.args, got, tt.want)
		}
	}
}
