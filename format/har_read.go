package format

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
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
type HARReader struct {
	in      *har.Reader
	begun   bool
	err     error // what the archive ends with
	said    int
	trouble []error
	left    int // parts that trouble is about
	records []*Record
}

// maxTroubles is how many parts of an archive that are left out are told of one by one.
const maxTroubles = 5

// NewHARReader returns a reader of an HTTP Archive.
func NewHARReader(r io.Reader) *HARReader {
	return &HARReader{in: har.NewReader(r)}
}

// Creator is the program that wrote the archive, known after the first Next, as far as that stands
// before the entries.
func (r *HARReader) Creator() string { return r.in.Creator }

// Said is how many messages the archive has, known after the first Next.
func (r *HARReader) Said() int { return r.said }

// Next returns what happened next on any of the connections, in the order of time; all of them are
// held for that. One that could not be opened is a Failure. When there are several, each has a
// name.
//
// After the last Next returns io.EOF, or what is wrong with the archive: where it breaks off, what
// of it was left out, or ErrNoWebSocket.
func (r *HARReader) Next() (*Record, error) {
	if !r.begun {
		r.begun = true
		r.read()
	}
	if len(r.records) == 0 {
		return nil, r.err
	}
	record := r.records[0]
	r.records = r.records[1:]
	return record, nil
}

// read reads all of the archive.
func (r *HARReader) read() {
	var entries []*har.Entry
	for r.err == nil {
		var e *har.Entry
		if e, r.err = r.in.Next(); e != nil {
			entries = append(entries, e)
		}
	}
	r.connections(entries)
	slices.SortStableFunc(r.records, func(a, b *Record) int { return a.Time.Compare(b.Time) })
	switch {
	case r.in.Within:
		r.err = fmt.Errorf("entry %d: %w", r.in.Entries, lineError(r.err))
	case !errors.Is(r.err, io.EOF):
		r.err = lineError(r.err)
	case len(entries) == 0:
		r.err = ErrNoWebSocket
	case r.left > 0:
		r.err = r.incomplete()
	}
}

// connections makes the records of each. One whose time is not known is when the one before it was,
// and before all of them when the first that is known was.
func (r *HARReader) connections(entries []*har.Entry) {
	before := time.Unix(0, 0).UTC()
	for i := len(entries) - 1; i >= 0; i-- {
		if start, _ := harBegin(entries[i]); !start.IsZero() {
			before = start
		}
	}
	for i, e := range entries {
		c := &harConnection{entry: e, name: string(e.Name), ours: r.in.Creator == "wsline"}
		if len(entries) > 1 && c.name == "" && !c.ours {
			c.name = "socket" + strconv.Itoa(i+1)
		}
		c.trouble = func(message int, err error) { r.leftOut(e.Number, message, err) }
		c.read(before)
		before = c.records[0].Time
		r.said += len(e.Messages)
		r.records = append(r.records, c.inOrder()...)
		entries[i] = nil // it has become records
	}
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

// inOrder are the records of a connection; none is told to be before the one that it follows.
func (c *harConnection) inOrder() []*Record {
	for i, r := range c.records[1:] {
		before := c.records[i]
		if cmp.Compare(r.Time.UnixNano(), before.Time.UnixNano()) < 0 {
			r.Time = before.Time
		}
	}
	return c.records
}
