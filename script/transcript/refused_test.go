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
		tr.Open(Opening{Words: "ws://127.0.0.1:1/ --bearer '${token}'",
			Notes: []string{"give it: --secret token=…"}})
		tr.Refused(time.Now(), tt.status, tt.text)
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
