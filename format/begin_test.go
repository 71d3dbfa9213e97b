package format

import (
	"strings"
	"testing"
	"time"

	"wsline/session"
)

func TestRecorderBegin(t *testing.T) {
	for _, tt := range []struct {
		start time.Time
		want  string
	}{
		{later.Add(-time.Second), `"at":1.000000,"text":"a"`},
		{time.Time{}, `"at":0.000000,"text":"a"`},
	} {
		var d disk
		r, err := NewRecorder(&d, FormJSON, RecordOptions{Start: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		r.Begin(tt.start)
		if err := r.Event(&session.Event{Kind: session.KindNotice, Time: later, Text: "a"}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(d.p), tt.want) {
			t.Errorf("%s lacks %s", d.p, tt.want)
		}
	}
}
