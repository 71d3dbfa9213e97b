package format

import (
	"container/heap"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"wsline/format/har"
)

// ErrNoWebSocket is an archive in which no entry is a WebSocket connection.
var ErrNoWebSocket = errors.New("there is no WebSocket connection in it")

// HARReader reads the WebSocket connections of an HTTP Archive, whoever wrote it; other entries are
// passed over. What an archive does not tell is left out: those of browsers have no control frames
// and no end.
//
// It is read twice: first for what is known only at its end, as how many connections there are, and
// then each connection's messages where they stand, so that few of them are held.
type HARReader struct {
	from    io.ReaderAt
	in      *har.Reader
	begun   bool
	err     error // what the archive ends with
	said    int
	wrong   []trouble // of the messages of the entry that is read
	entry   int       // which that is
	more    int       // that are wrong too
	trouble []error
	left    int // parts that trouble is about
	open    connectionHeap
}

// trouble is what is wrong with a message.
type trouble struct {
	message int
	err     error
}

// maxTroubles is how many parts of an archive that are left out are told of one by one.
const maxTroubles = 5

// NewHARReader returns a reader of an HTTP Archive, which must not change meanwhile.
func NewHARReader(r io.ReaderAt) *HARReader {
	h := &HARReader{from: r, in: har.NewReader(io.NewSectionReader(r, 0, math.MaxInt64))}
	h.in.Each = h.check
	return h
}

// Creator is the program that wrote the archive, known after the first Next, as far as that stands
// before the entries.
func (r *HARReader) Creator() string { return r.in.Creator }

// Said is how many messages the archive has, known after the first Next.
func (r *HARReader) Said() int { return r.said }

// Next returns what happened next on any of the connections, in the order of time. One that could
// not be opened is a Failure. When there are several, each has a name.
//
// After the last Next returns io.EOF, or what is wrong with the archive: where it breaks off, what
// of it was left out, or ErrNoWebSocket.
func (r *HARReader) Next() (*Record, error) {
	if !r.begun {
		r.begun = true
		r.read()
	}
	if len(r.open) == 0 {
		return nil, r.err
	}
	first := r.open[0]
	record, err := first.next()
	if err != nil {
		r.err = lineError(err)
	}
	if len(first.records) == 0 {
		heap.Pop(&r.open)
	} else {
		heap.Fix(&r.open, 0)
	}
	return record, nil
}

// check looks at what an entry has, while it is read.
func (r *HARReader) check(e *har.Entry, m *har.Message, number int) {
	if r.entry != e.Number {
		r.entry, r.wrong, r.more = e.Number, nil, 0
	}
	for k := range m.Controls {
		r.checkOne(&m.Controls[k], number)
	}
	r.checkOne(m, number)
}

func (r *HARReader) checkOne(m *har.Message, number int) {
	switch _, err := harEvent(m); {
	case err == nil:
	case len(r.wrong) < maxTroubles:
		r.wrong = append(r.wrong, trouble{number, err})
	default:
		r.more++
	}
}

// read reads all of the archive.
func (r *HARReader) read() {
	var last time.Time // when the connection before was opened
	for r.err == nil {
		var e *har.Entry
		if e, r.err = r.in.Next(); e == nil {
			continue
		}
		c := &harConnection{
			entry: e, name: string(e.Name), number: len(r.open), ours: r.in.Creator == "wsline",
		}
		r.said += e.Said
		over, err := harEnd(e.End)
		c.over = over
		c.begin(r.from, last)
		r.tell(e, !c.ended, err)
		last = c.records[0].Time
		r.open = append(r.open, c)
	}
	r.settle()
	switch {
	case r.in.Within:
		r.err = fmt.Errorf("entry %d: %w", r.in.Entries, lineError(r.err))
	case !errors.Is(r.err, io.EOF):
		r.err = lineError(r.err)
	case len(r.open) == 0:
		r.err = ErrNoWebSocket
	case r.left > 0:
		r.err = r.incomplete()
	}
	heap.Init(&r.open)
}

// tell takes down what is wrong with an entry: with its members, and of one that was opened with
// its messages and its end.
func (r *HARReader) tell(e *har.Entry, opened bool, end error) {
	for _, err := range e.Errs {
		r.leftOut(e.Number, 0, err)
	}
	if !opened {
		return
	}
	if r.entry == e.Number {
		for _, t := range r.wrong {
			r.leftOut(e.Number, t.message, t.err)
		}
		r.left += r.more
	}
	if end != nil {
		r.leftOut(e.Number, 0, end)
	}
}

// settle does what wants all connections to be known: names, when there are several, and the time of
// those that stand before the first that has one, which is that one's.
func (r *HARReader) settle() {
	known := time.Unix(0, 0).UTC()
	for i := len(r.open) - 1; i >= 0; i-- {
		if at := r.open[i].records[0].Time; !at.IsZero() {
			known = at
		}
	}
	for _, c := range r.open {
		if len(r.open) > 1 && c.name == "" && !c.ours {
			c.name = "socket" + strconv.Itoa(c.number+1)
		}
		c.settle(known)
	}
}

// connectionHeap has the connection on which the next thing happened first.
type connectionHeap []*harConnection

func (h connectionHeap) Len() int      { return len(h) }
func (h connectionHeap) Swap(i, k int) { h[i], h[k] = h[k], h[i] }
func (h connectionHeap) Less(i, k int) bool {
	if c := h[i].records[0].Time.Compare(h[k].records[0].Time); c != 0 {
		return c < 0
	}
	return h[i].number < h[k].number
}
func (h *connectionHeap) Push(c any) { *h = append(*h, c.(*harConnection)) }
func (h *connectionHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// leftOut takes down a part of the archive that could not be read.
func (r *HARReader) leftOut(entry, message int, err error) {
	if r.left++; len(r.trouble) >= maxTroubles {
		return
	}
	place := fmt.Sprintf("entry %d", entry)
	if message > 0 {
		place += fmt.Sprintf(", message %d", message)
	}
	r.trouble = append(r.trouble, fmt.Errorf("%s: %w", place, lineError(err)))
}

// incomplete says what was left out.
func (r *HARReader) incomplete() error {
	if r.left == 1 {
		return fmt.Errorf("%w; all else is there", r.trouble[0])
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d parts of it cannot be read; all else is there", r.left)
	for _, err := range r.trouble {
		b.WriteString("\n" + err.Error())
	}
	if more := r.left - len(r.trouble); more > 0 {
		fmt.Fprintf(&b, "\nand %d more", more)
	}
	return errors.New(b.String())
}
