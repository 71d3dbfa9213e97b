package resume

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"wsline/internal/exit"
	"wsline/internal/wire"
	"wsline/script/wst"
	"wsline/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func values(t *testing.T, captures ...string) *Values {
	t.Helper()
	v, err := New(captures, &wst.Vars{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func text(payload string) *session.Event {
	return &session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte(payload)}
}

func TestTook(t *testing.T) {
	const long = `[1,{"x":12345678901234567890}]`
	v := values(t, "id=.id", "at=~at (\\w+)", "all=.list")
	for _, tt := range []struct{ message, id, json string }{
		{`{"id":7}`, "7", "7"},
		{`{"id":null}`, "7", "7"},
		{`{"other":1}`, "7", "7"},
		{`not JSON`, "7", "7"},
		{`{"id":"a\"b"}`, `a"b`, `"a\"b"`},
		{`{"id": [1, {"x": 12345678901234567890}]}`, long, long},
		{`{"id":"` + strings.Repeat("x", maxValue) + `"}`, long, long},
		{`{"id":false}`, "false", "false"},
		{`{"id":""}`, "", `""`},
	} {
		v.Took(text(tt.message))
		id, err := v.Expand("x", "${id}")
		asJSON, _ := v.Expand("x", "${json id}")
		if err != nil || id.String() != tt.id || asJSON.String() != tt.json {
			t.Errorf("after %s it is %s, %s, %v", tt.message, id.String(), asJSON.String(), err)
		}
	}
	v.Took(&session.Event{Kind: session.KindMessage, Opcode: wire.OpBinary, Payload: []byte(`{"id":1}`)})
	v.Took(&session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte(`{"id":`), More: true})
	v.Took(text(`"pieces"}`))
	v.Took(&session.Event{Kind: session.KindMessages, Messages: []wire.Message{
		{Opcode: wire.OpText, Payload: []byte(`{"list":[]}`)}, {Opcode: wire.OpText, Payload: []byte("at noon")},
	}})
	got, err := v.Expand("x", "${id} ${at} ${all} $${id}")
	if err != nil || got.String() != "pieces noon [] ${id}" {
		t.Errorf("%q, %v", got.String(), err)
	}
	snapshot, ok := v.Snapshot()
	if !ok || snapshot["id"] != `"pieces"` || snapshot["at"] != `"noon"` || snapshot["all"] != "[]" {
		t.Errorf("%v, %v", snapshot, ok)
	}
	if snapshot, ok = v.Snapshot(); ok {
		t.Errorf("nothing has changed: %v", snapshot)
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"id":     `--capture: "id" is not NAME=JQ`,
		"id=":    `--capture: "id=" is not NAME=JQ`,
		"1=.":    `--capture: "1" is not the name of a variable: it begins with a letter or _`,
		"a b=.":  `--capture: "a b" is not the name of a variable: letters, digits, _ and - are`,
		"now=.":  `--capture: ${now} is built in, and takes no value`,
		"id=.[":  `--capture: the jq expression ".[" ends too early`,
		"id=~(x": `--capture: the regular expression "(x" cannot be read: missing closing ) at "(x"`,
	} {
		var usage *exit.UsageError
		if _, err := New([]string{text}, &wst.Vars{}); !errors.As(err, &usage) || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	v := values(t, "cursor=.id")
	for text, hint := range map[string]string{
		"${cursor}": "no message has given it one yet: --var cursor=0 gives it one to begin with",
		"${other}":  "--var other=VALUE gives it one",
		"${cursr}":  "--var cursr=VALUE gives it one",
	} {
		_, err := v.Expand("the URL", text)
		f := exit.FaultOf(err)
		if f.Code != 2 || f.Hint != hint || !strings.HasPrefix(f.Message, "the URL: the variable ") {
			t.Errorf("%s: %+v", text, f)
		}
	}
}

// A value that is named as a secret is hidden, also one that a connection was opened with.
func TestSecrets(t *testing.T) {
	v := values(t, "access_token=.t", "id=.id")
	v.Took(text(`{"t":"first one","id":"innocent"}`))
	v.Opened()
	v.Took(text(`{"t":"second one"}`))
	if got := v.Redactor().Hide("first one, second one, innocent"); got !=
		"<secret access_token>, <secret access_token>, innocent" {
		t.Error(got)
	}
	if got := v.PutBack("ws://h/first%20one"); got != "ws://h/${access_token}" {
		t.Error(got)
	}
	for i := range 100 {
		v.Took(text(`{"t":"another one ` + strings.Repeat("x", i) + `"}`))
	}
	if got := v.Redactor().Hide("second one"); got != "second one" {
		t.Errorf("what no connection has is remembered: %s", got)
	}
	if !v.Clone().Secret("access_token") || v.Clone().Secret("id") {
		t.Error("a script does not know what is secret")
	}
}

// A secret is hidden in the message that gives it, and in its frame.
func TestHide(t *testing.T) {
	v := values(t, "token=.t")
	payload := `{"t":"new one"}`
	if got := v.Hide(text(payload)); string(got.Payload) != `{"t":"<secret token>"}` {
		t.Errorf("%s", got.Payload)
	}
	frame := &session.Frame{Header: wire.Header{Fin: true, Opcode: wire.OpText, Length: int64(len(payload))},
		Payload: []byte(payload)}
	ev := &session.Event{Kind: session.KindFrame, Frame: frame}
	if got := v.Hide(ev); string(got.Frame.Payload) != `{"t":"<secret token>"}` {
		t.Errorf("%s", got.Frame.Payload)
	}
	if frame.Header.Length++; v.Hide(ev).Frame.Payload != nil || string(frame.Payload) != payload {
		t.Error("the beginning of a frame is told")
	}
}

// What a script captures, and what messages give meanwhile, is the same for both.
func TestSync(t *testing.T) {
	v := values(t, "id=.id")
	script := v.Clone()
	before := script.Clone()
	v.Took(text(`{"id":1}`))
	v.Sync(script, before)
	if id, _ := script.AsJSON("id"); id != "1" {
		t.Errorf("the script has %s", id)
	}
	_ = script.Set("session", "s1")
	v.Sync(script, before)
	v.Took(text(`{"id":2}`))
	v.Sync(script, before)
	got, err := v.Expand("x", "${id} ${session}")
	if id, _ := script.AsJSON("id"); err != nil || got.String() != "2 s1" || id != "2" {
		t.Errorf("%s, %v; the script has %s", got.String(), err, id)
	}
}

func load(t *testing.T, path string) (map[string]string, error) {
	t.Helper()
	return values(t, "id=.id").Load(path)
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	if got, err := load(t, path); err != nil || len(got) != 0 {
		t.Errorf("a missing file: %v, %v", got, err)
	}
	for content, want := range map[string]string{
		"":                        "",
		" \n":                     "",
		"{}\n":                    "",
		`{"id":5,"other":[1, 2]}`: "",
		"{\n\"id\": nope}":        "2: invalid character 'o' in literal null (expecting 'u')",
		"{\n\n\"id\": 1":          "3: it ends too early",
		"{\"id\": 1}\n\n{}":       "3: something stands behind the object",
		"[1]":                     "1: it is not an object of names and values",
		"\n7":                     "2: it is not an object of names and values",
		"{\"id\":1,\n\"a b\":1}":  `2: "a b" is not the name of a variable: letters, digits, _ and - are`,
		"\x00":                    "1: invalid character '\\x00' looking for beginning of value",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := load(t, path)
		if want != "" {
			want = "--state: " + path + ":" + want
		}
		if err == nil && want != "" || err != nil && (err.Error() != want || exit.FaultOf(err).Code != 2) {
			t.Errorf("%q: %v, want %s", content, err, want)
		}
	}
	if _, err := load(t, t.TempDir()); err == nil {
		t.Error("a folder is read")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte("{\"id\": 1,\n \"x\": [null]}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		first := map[string]string{}
		line, err := eachMember(content, func(name string, value []byte) error {
			v := &wst.Vars{}
			if err := v.SetFromJSON(name, value); err != nil {
				return err
			}
			first[name], _ = v.AsJSON(name)
			return nil
		})
		if err != nil {
			if line < 1 || line > 1+strings.Count(string(content), "\n") {
				t.Errorf("line %d: %v", line, err)
			}
			return
		}
		if _, err = eachMember(object(first), func(name string, value []byte) error {
			v := &wst.Vars{}
			if err := v.SetFromJSON(name, value); err != nil {
				return err
			}
			if again, _ := v.AsJSON(name); again != first[name] {
				t.Errorf("%s is %s, and then %s", name, first[name], again)
			}
			return nil
		}); err != nil {
			t.Errorf("%q cannot be read again: %v", object(first), err)
		}
	})
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(content)
}

func TestState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	synctest.Test(t, func(t *testing.T) {
		s, err := Start(path, map[string]string{"other": `"kept"`})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Start(path, nil); err == nil || !strings.Contains(err.Error(), "another wsline keeps its values") {
			t.Errorf("a second one: %v", err)
		}
		s.Put(map[string]string{"id": "1"})
		synctest.Wait()
		if got := read(t, path); got != "{\n  \"id\": 1,\n  \"other\": \"kept\"\n}\n" {
			t.Errorf("at once: %s", got)
		}
		for i := range 20 { // within 200 ms it is not written again
			s.Put(map[string]string{"id": strings.Repeat("1", i+2)})
			time.Sleep(time.Millisecond)
		}
		if got := read(t, path); !strings.Contains(got, "\"id\": 1,") {
			t.Errorf("too early: %s", got)
		}
		time.Sleep(saveTime)
		synctest.Wait()
		if got := read(t, path); !strings.Contains(got, strings.Repeat("1", 21)+",") {
			t.Errorf("later: %s", got)
		}
		s.Put(map[string]string{"id": "2"})
		if err := s.Finish(nil); err != nil {
			t.Error(err)
		}
	})
	if got := read(t, path); !strings.Contains(got, "\"id\": 2,") {
		t.Errorf("at the end: %s", got)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("something is left behind: %v, %v", entries, err)
	}
}

// A write that fails is told once, and at the end, but for one that is made good.
func TestStateFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "state.json")
	s, err := Start(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Skip(err) // of a system that keeps what is open
	}
	s.Put(map[string]string{"id": "1"})
	for s.Trouble() == "" {
		time.Sleep(time.Millisecond)
	}
	if text := s.Trouble(); text != "" {
		t.Errorf("told twice: %s", text)
	}
	if err := s.Finish(nil); exit.FaultOf(err).Code != exit.Own {
		t.Errorf("at the end: %v", err)
	}
}

func TestNoState(t *testing.T) {
	var s *State
	if err := s.Finish(nil); err != nil || s.Trouble() != "" {
		t.Error("nothing fails")
	}
	if _, err := Start(filepath.Join(t.TempDir(), "missing", "state.json"), nil); err == nil {
		t.Error("a folder is missing")
	}
}
