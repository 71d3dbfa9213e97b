package format

import (
	"bytes"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsline/session"
)

var update = flag.Bool("update", false, "write the golden files anew")

func parseURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// recorded reads the events of a .jsonl file, which is what JSON prints.
func recorded(t *testing.T, file string) []*session.Event {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var events []*session.Event
	for _, r := range readAll(t, text) {
		events = append(events, r.Event)
	}
	return events
}

type printer func(dst []byte, ev *session.Event) []byte

// printers are the forms that each file of events is printed in.
func printers() map[string]printer {
	named := Style{Name: "alice", Timestamps: true, Pretty: PrettyNever, Width: 60}
	raw := &Pipe{End: "\n"}
	pretty := &Pipe{Binary: BinaryHex, End: "\n", Pretty: true}
	return map[string]printer{
		"plain":        NewTalk(Style{}).Event,
		"color":        NewTalk(Style{Color: true, Timestamps: true}).Event,
		"named":        NewTalk(named).Event,
		"conversation": Conversation,
		"pipe":         raw.Event,
		"pretty":       pretty.Event,
	}
}

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no events: %v", err)
	}
	for _, file := range files {
		events := recorded(t, file)
		base := strings.TrimSuffix(file, ".jsonl")
		for name, print := range printers() {
			t.Run(filepath.Base(base)+"/"+name, func(t *testing.T) {
				var got []byte
				for _, ev := range events {
					got = print(got, ev)
				}
				golden(t, base+"."+name+".golden", got)
			})
		}
	}
}

// golden compares got with a file, in which an escape character is written ␛ so that it can be
// read.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if strings.Contains(file, ".color.") {
		got = bytes.ReplaceAll(got, []byte("\x1b"), []byte("␛"))
	}
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what comes out now (-update writes it anew):\n%s", file, got)
	}
}
