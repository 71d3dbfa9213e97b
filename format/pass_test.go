package format

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"wsline/internal/wire"
	"wsline/session"
)

// longTexts are texts whose escapes depend on where they stand, longer than what is appended at a
// time.
func longTexts() [][]byte {
	sets := [][]rune{
		[]rune("a\"\\\n\x7f é\u200d👩\ufe0f\u202e中#\u0085\U000e0041"), // everything
		[]rune("中文字\u200d"), []rune("\u200d\ufe0f"), []rune("\u2028é"), []rune("x"),
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	var list [][]byte
	for _, set := range sets {
		for _, size := range []int{passed - 1, passed, passed + 1, 5*passed + 7} {
			var b []byte
			for len(b) < size {
				b = append(b, string(set[rnd.IntN(len(set))])...)
			}
			list = append(list, b)
		}
	}
	return append(list, nil, []byte("short"), bytes.Repeat([]byte{0xff, 'a', 0}, 3*passed+1))
}

// What is passed on in pieces is what would be appended as a whole.
func TestPassedInPieces(t *testing.T) {
	type printer func(dst []byte, ev *session.Event) []byte
	printers := map[string]func(pass Pass) printer{
		"JSON":   func(pass Pass) printer { return (&JSON{Pass: pass}).Event },
		"raw":    func(pass Pass) printer { return (&Pipe{Pass: pass, End: "\n"}).Event },
		"hex":    func(pass Pass) printer { return (&Pipe{Pass: pass, Binary: BinaryHex}).Event },
		"base64": func(pass Pass) printer { return (&Pipe{Pass: pass, Binary: BinaryBase64}).Event },
	}
	for name, printer := range printers {
		for i, payload := range longTexts() {
			for _, op := range []wire.Opcode{wire.OpText, wire.OpBinary} {
				ev := &session.Event{Kind: session.KindMessage, Opcode: op, Payload: payload}
				want := printer(nil)([]byte("before "), ev)
				var got []byte
				most := 0
				rest := printer(func(dst []byte) []byte {
					most = max(most, len(dst))
					got = append(got, dst...)
					return dst[:0]
				})([]byte("before "), ev)
				if got = append(got, rest...); !bytes.Equal(got, want) {
					t.Errorf("%s of %v %d differs", name, op, i)
				}
				if most = max(most, len(rest)); most > 10*passed {
					t.Errorf("%s of %v %d: %d bytes at once", name, op, i, most)
				}
			}
		}
	}
}
