package format

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"wsline/internal/dial"
	"wsline/session"
)

// defaultMaxLine is how many bytes a line of a recording may have when nothing else is said.
const defaultMaxLine = 256 << 20

// A Failure is an error that a program told of: the line that JSON.Failure prints.
type Failure struct {
	Code          int // the exit code
	Message, Hint string

	// These are known of a connection that could not be opened; Handshake is nil for all else.
	Handshake *dial.Handshake // what there was of it until it failed, with the status of the answer
	Body      []byte          // of the answer
	Cause     string          // what failed, "" for an answer that says it all
	Foreign   bool            // Cause is in the words of another program
}

// A Record is what one line of a recording tells: one of Event, Failure and Result is set.
type Record struct {
	Conn    string // the connection's name, "" for the only one
	Time    time.Time
	Event   *session.Event
	Connect string // of a KindOpen, and of a Failure to open: see JSON
	Failure *Failure
	Result  []byte // JSON that a filter made of a message, whose direction is Dir
	Dir     session.Direction
}

// EventReader reads what JSON prints. Types and members that it does not know are passed over, so
// that what a newer wsline wrote can be read.
type EventReader struct {
	Program string    // who wrote it, known after the first Next
	Start   time.Time // what "at" counts from, known after the first Next
	MaxLine int       // bytes of the longest line; 0: 256 MiB

	r     *bufio.Reader
	line  int
	begun bool
	held  []byte // a line that is longer than r's buffer
	quick quickReader
}

// NewEventReader returns a reader of JSON lines.
func NewEventReader(r io.Reader) *EventReader {
	return &EventReader{r: bufio.NewReaderSize(r, 64<<10)}
}

// Next returns what the next line tells, io.EOF after the last. Any other error names the line.
// What it returns is the caller's.
func (r *EventReader) Next() (*Record, error) {
	for {
		text, err := r.next()
		if err == io.EOF {
			return nil, io.EOF
		}
		if err == nil {
			var record *Record
			if record, err = r.parse(text); record != nil {
				return record, nil
			}
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", r.line, err)
		}
	}
}

// byteOrderMark begins files that some editors wrote (RFC 8259 §8.1 lets readers pass over it). It
// is not changed.
var byteOrderMark = []byte("\ufeff")

// next reads one line that is not empty.
func (r *EventReader) next() ([]byte, error) {
	limit := r.MaxLine
	if limit <= 0 {
		limit = defaultMaxLine
	}
	for {
		r.line++
		text, err := r.readLine(limit)
		if r.line == 1 {
			text = bytes.TrimPrefix(text, byteOrderMark)
		}
		if text = bytes.TrimSpace(text); len(text) > 0 || err != nil {
			return text, err
		}
	}
}

// readLine reads a line of at most so many bytes, which stay until the next is read. The last one
// need not be ended.
func (r *EventReader) readLine(limit int) ([]byte, error) {
	line, held := []byte(nil), r.held[:0]
	if r.held = nil; cap(held) > 1<<20 {
		held = nil // one long line does not keep its memory
	}
	for {
		part, err := r.r.ReadSlice('\n')
		if len(held)+len(part) > limit {
			return nil, fmt.Errorf("longer than the limit of %d bytes", limit)
		}
		if line = part; len(held) > 0 || err == bufio.ErrBufferFull {
			held = append(held, part...)
			line = held
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(line) > 0:
			err = nil
		}
		r.held = held
		return line, err
	}
}

// parse is nil for a line that is passed over.
func (r *EventReader) parse(text []byte) (*Record, error) {
	l, ok := r.quick.read(text)
	if !ok {
		l = new(jsonLine)
		if err := json.Unmarshal(text, l); err != nil {
			return nil, lineError(err)
		}
	}
	if !r.begun {
		return nil, r.schema(l)
	}
	return l.record()
}

// schema takes the first line, which says what the others are.
func (r *EventReader) schema(l *jsonLine) error {
	r.begun = true
	switch {
	case l.Type != "schema":
		return errors.New(`no schema, with which a recording begins: {"type":"schema","version":1}`)
	case l.Version != SchemaVersion:
		return fmt.Errorf("a recording of version %d, and only %d can be read", l.Version,
			SchemaVersion)
	}
	r.Program, r.Start = l.Program, l.Time
	return nil
}

// lineError says in plain words what is wrong with a line.
func lineError(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Errorf("a JSON %s where an object is wanted", kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf("%q is a %s", kind.Field, kind.Value)
	case errors.As(err, &syntax):
		return fmt.Errorf("no JSON at byte %d: %s", syntax.Offset, syntax.Error())
	}
	return err
}
