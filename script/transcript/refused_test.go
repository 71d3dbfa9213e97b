package transcript

import (
	"testing"
	"time"

	"wsline/script/wst"
	"wsline/session"
)

func TestTranscriptOfARefusal(t *testing.T) {
	tests := []struct {
		status int
		text   string
		want   string
	}{
		{403, "127.0.0.1:1 answered 403 Forbidden", "<refused 403"},
		{0, "connection refused by 127.0.0.1:1", "<error connection refused by 127.0.0.1:1"},
		{0, "a ${b}...\nc", `<error a $${b}\... c`},
		{0, "a\x1bb", "<error ..."},
		{0, "", "<error ..."},
	}
	for _, tt := range tests {
		var tr Writer
		tr.Open("", Opening{Words: "ws://127.0.0.1:1/ --bearer '${token}'",
			Notes: []string{"give it: --secret token=…"}})
		tr.Refused(Refusal{At: time.Now(), Status: tt.status, Text: tt.text})
		got := string(tr.Line(nil, "", &session.Event{Kind: session.KindEnd}))
		want := "> /connect ws://127.0.0.1:1/ --bearer '${token}'\n" +
			"# give it: --secret token=…\n" + tt.want + "\n"
		if got != want {
			t.Errorf("%d %q: got\n%s\nwant\n%s", tt.status, tt.text, got, want)
		}
		if _, err := wst.Parse("a.wst", []byte(got)); err != nil {
			t.Errorf("%v", err)
		}
	}
}

// What another program said of a failure is not what wsline would say.
func TestTranscriptOfAForeignRefusal(t *testing.T) {
	var tr Writer
	tr.Refused(Refusal{Name: "a", Foreign: true, Text: "net::ERR\n_X", Status: 0})
	tr.Refused(Refusal{Name: "b", Foreign: true, Text: "code: 403", Status: 403})
	want := "a> /connect --as a\n# net::ERR _X\na<error ...\nb> /connect --as b\nb<refused 403\n"
	got := string(tr.Line(nil, "", &session.Event{Kind: session.KindEnd}))
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, err := wst.Parse("a.wst", []byte(got)); err != nil {
		t.Error(err)
	}
}
