package repl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

func pieces(t *testing.T, in io.Reader, delim byte) (list []string) {
	t.Helper()
	s := newSplitter(in, delim)
	for {
		p, err := s.next()
		if err == io.EOF {
			if p, err := s.next(); err != io.EOF {
				t.Errorf("after the end: %q, %v", p, err)
			}
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(p))
	}
}

func TestSplit(t *testing.T) {
	long := strings.Repeat("x", 3*firstSplit+1)
	tests := []struct {
		in    string
		delim byte
		want  []string
	}{
		{"", '\n', nil},
		{"\n", '\n', []string{""}},
		{"a", '\n', []string{"a"}},
		{"a\n", '\n', []string{"a"}},
		{"a\n\nb", '\n', []string{"a", "", "b"}},
		{"a\r\nb\r\n", '\n', []string{"a", "b"}},
		{"a\rb\n\r\r\n", '\n', []string{"a\rb", "\r"}},
		{"a\r", '\n', []string{"a\r"}},
		{"a\nb\r\n\x00c\x00\x00d", 0, []string{"a\nb\r\n", "c", "", "d"}},
		{long + "\n" + long, '\n', []string{long, long}},
		{"a\n" + long + "\nb\n", '\n', []string{"a", long, "b"}},
	}
	for _, tt := range tests {
		for name, wrap := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r },
			"byte":  iotest.OneByteReader,
			"half":  iotest.HalfReader,
			"eof":   iotest.DataErrReader,
		} {
			got := pieces(t, wrap(strings.NewReader(tt.in)), tt.delim)
			if fmt.Sprint(got) != fmt.Sprint(tt.want) || len(got) != len(tt.want) {
				t.Errorf("%.20q by %s: %d pieces, want %d", tt.in, name, len(got), len(tt.want))
			}
		}
	}
}

func TestSplitReadError(t *testing.T) {
	bad := errors.New("bad disk")
	s := newSplitter(io.MultiReader(strings.NewReader("a\nrest"), iotest.ErrReader(bad)), '\n')
	if p, err := s.next(); string(p) != "a" || err != nil {
		t.Fatalf("%q, %v", p, err)
	}
	if p, err := s.next(); err != bad {
		t.Fatalf("%q, %v", p, err)
	}
}

// mebibyteLines are lines of 1 MiB. Each read is asked for the most that it was given room for.
type mebibyteLines struct{ at, most int }

func (l *mebibyteLines) Read(p []byte) (int, error) {
	l.most = max(l.most, len(p))
	for i := range p {
		p[i] = 'x'
		if l.at++; l.at%(1<<20+1) == 0 {
			p[i] = '\n'
		}
	}
	return len(p), nil
}

// Of a long line no more is touched than it has and a read behind it: nothing is left behind by a buffer
// that grows in steps.
func TestSplitHoldsLittle(t *testing.T) {
	in := &mebibyteLines{}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s := newSplitter(in, '\n')
	for range 20 {
		if p, err := s.next(); len(p) != 1<<20 || err != nil {
			t.Fatalf("%d bytes, %v", len(p), err)
		}
	}
	runtime.ReadMemStats(&after)
	took := after.TotalAlloc - before.TotalAlloc
	if most := uint64(firstSplit + longSplit + 64<<10); took > most {
		t.Errorf("%d bytes were taken for lines of 1 MiB, want at most %d", took, most)
	}
	if untouched := s.buf[1<<20+1+firstSplit:]; bytes.Count(untouched, []byte{0}) != len(untouched) {
		t.Errorf("more than a line and a read was touched")
	}
	if in.most > firstSplit {
		t.Errorf("a read of %d bytes, want at most %d", in.most, firstSplit)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add([]byte("a\nb\r\n\nc"), byte('\n'), 2)
	f.Add([]byte("a\x00\x00b"), byte(0), 1)
	f.Fuzz(func(t *testing.T, in []byte, delim byte, n int) {
		want := bytes.Split(in, []byte{delim})
		if last := len(want) - 1; len(want[last]) == 0 {
			want = want[:last]
		}
		s := newSplitter(&chunks{in, max(n, 1)}, delim)
		for i := 0; ; i++ {
			p, err := s.next()
			if err == io.EOF {
				if i != len(want) {
					t.Fatalf("%d pieces, want %d", i, len(want))
				}
				return
			}
			ended := i < len(want)-1 || bytes.HasSuffix(in, []byte{delim})
			if w := want[i]; delim == '\n' && ended {
				w = bytes.TrimSuffix(w, []byte("\r"))
				want[i] = w
			}
			if !bytes.Equal(p, want[i]) {
				t.Fatalf("piece %d is %q, want %q", i, p, want[i])
			}
		}
	})
}

// chunks is read n bytes at a time.
type chunks struct {
	rest []byte
	n    int
}

func (c *chunks) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.n)], c.rest)
	c.rest = c.rest[n:]
	return n, nil
}
