package format

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// FuzzQuickReader: what a quickReader reads is what encoding/json reads, and what it does not know
// it leaves alone.
func FuzzQuickReader(f *testing.F) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			f.Add(bytes.TrimSpace(line))
		}
	}
	for _, line := range quickLines {
		f.Add([]byte(line))
	}
	for _, line := range slowLines {
		f.Add([]byte(line))
	}
	var q quickReader // that one line may spoil for the next
	f.Fuzz(func(t *testing.T, text []byte) { checkQuick(t, &q, text) })
}

// checkQuick says whether the line was read by the quickReader.
func checkQuick(t *testing.T, q *quickReader, text []byte) bool {
	t.Helper()
	before := bytes.Clone(text)
	l, ok := q.read(text)
	if !bytes.Equal(text, before) {
		t.Fatalf("the line %q became %q", before, text)
	}
	if !ok {
		return false
	}
	var slow jsonLine
	if err := json.Unmarshal(text, &slow); err != nil {
		t.Fatalf("%s is read, and not by encoding/json: %v", text, err)
	}
	got, gotErr := l.record()
	want, wantErr := slow.record()
	if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
		t.Fatalf("%s: error %v, want %v", text, gotErr, wantErr)
	}
	clear(text) // what was returned is the caller's
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got %+v\nwant %+v", before, got, want)
	}
	return true
}

// quickLines are read by a quickReader, slowLines not, be it that they are no line.
var (
	quickLines = []string{
		`{"type":"message","time":"2026-01-31T12:00:00.102301877Z","at":0.102301,"conn":"a",` +
			`"dir":"in","opcode":"text","text":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00 ` +
			`é😀\u007f` + "\x7f" +
			`","length":5,"more":true}`,
		`{"type":"message","dir":"out","opcode":"binary","base64":"C63wDQ=="}`,
		`{"type":"message","opcode":"binary","base64":""}`, `{"type":"message","text":""}`,
		`{"type":"frame","dir":"in","fin":false,"rsv":7,"opcode":1,"name":"text","masked":true,` +
			`"key":"01020304","head":"8185","length":5,"have":5,"number":2,"packed":7,"size":9}`,
		`{"type":"frame","opcode":99}`, `{"type":"frame","opcode":1,"head":"x"}`,
		`{"type":"pong","rtt":0.000187214,"keepalive":true,"text":"x","at":-1}`,
		`{"type":"close","code":1000,"reason":"é"}`, `{"type":"close","code":-1}`,
		`{"type":"notice","text":"x"}`, `{"dir":"in"}`, `{"type":"unknown"}`,
		`{"type":"message","time":"2024-02-29T23:59:59.999999999Z"}`,
	}
	slowLines = []string{
		``, `{}`, `[]`, `{"type":"message"`, `{"type":"message"} x`, `{"type" :"message"}`,
		`{"Type":"message"}`, `{"type":"message","type":"ping"}`, `{"text":null}`, `{"text":1}`,
		`{"text":"\ud800"}`, `{"text":"\ud800\u0041"}`, `{"text":"\x"}`, `{"text":"\u12"}`,
		"{\"text\":\"\xff\"}", "{\"text\":\"a\tb\"}", `{"text":"`, `{"text":"\`, `{"at":01}`,
		`{"at":1.}`, `{"at":1e5}`, `{"at":-}`, `{"length":-1}`, `{"length":-0}`, `{"rsv":256}`,
		`{"rsv":-0}`, `{"length":18446744073709551615}`, `{"have":1.5}`, `{"base64":"*"}`,
		`{"dir":"up"}`, `{"fin":1}`, `{"time":"2026-02-30T12:00:00.000000000Z"}`,
		`{"time":"2026-01-31T12:00:00Z"}`, `{"type":"open","url":"ws://h"}`, `{"new":1}`,
	}
)

func TestQuickReader(t *testing.T) {
	var q quickReader
	for _, line := range quickLines {
		if !checkQuick(t, &q, []byte(line)) {
			t.Errorf("not read: %s", line)
		}
	}
	for _, line := range slowLines {
		if checkQuick(t, &q, []byte(line)) {
			t.Errorf("read: %s", line)
		}
	}
}

// What most of a recording consists of is read quickly, as JSON writes it.
func TestQuickReaderOfEvents(t *testing.T) {
	var q quickReader
	j := &JSON{Conn: "a"}
	for _, ev := range conversationEvents(t)[1:] {
		for line := range bytes.Lines(j.Event(nil, ev)) {
			line = bytes.TrimSpace(line)
			slow := bytes.HasPrefix(line, []byte(`{"type":"schema"`)) ||
				bytes.HasPrefix(line, []byte(`{"type":"end"`))
			if checkQuick(t, &q, bytes.Clone(line)) == slow {
				t.Errorf("%s: read in the other way", line)
			}
		}
	}
}
