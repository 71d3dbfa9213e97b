package head

import "testing"

func TestWriter(t *testing.T) {
	w := &Writer{Max: 5}
	for _, tt := range []struct {
		p, text string
		isCut   bool
	}{{"abc", "abc", false}, {"de", "abcde", false}, {"", "abcde", false}, {"f", "abcde", true}} {
		if n, err := w.Write([]byte(tt.p)); n != len(tt.p) || err != nil || string(w.Text) != tt.text ||
			w.IsCut != tt.isCut {
			t.Errorf("%q: %d, %v, %+v", tt.p, n, err, w)
		}
	}
}
