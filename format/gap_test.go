package format

import (
	"testing"
	"time"

	"wsline/session"
)

func TestGapText(t *testing.T) {
	for _, tt := range []struct {
		gap  session.Gap
		want string
	}{
		{session.Gap{Tries: 1, Down: 149 * time.Millisecond}, "connected again after 149ms"},
		{session.Gap{Tries: 1, Down: time.Second, Unheard: 2},
			"connected again after 1s; 2 messages may not have arrived"},
		{session.Gap{Tries: 4, Down: 3204 * time.Millisecond, From: 20, To: 21},
			"connected again after 3.2s, at attempt 4; messages 20 to 21 of the input may not have arrived, " +
				"and were not sent again"},
		{session.Gap{Tries: 1, Down: time.Minute, From: 7, To: 7, Resent: true},
			"connected again after 1m0s; message 7 of the input may not have arrived, and was sent again"},
	} {
		if got := gapText(&tt.gap); got != tt.want {
			t.Errorf("%s\nwant %s", got, tt.want)
		}
	}
}
