package format

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// HARReader reads the WebSocket connections of an HTTP Archive, those that Chromium's developer
// tools or a HARWriter wrote; entries that are no such connections are passed over. What an archive
// does not tell is left out: DevTools' own have no control frames and no end.
type HARReader struct {
	Creator string // the program that wrote it, as far as that stands before the entries

	in      *bufio.Reader
	d       *json.Decoder
	begun   bool
	number  int
	records []*Record // of the entry at hand
}

// NewHARReader returns a reader of an HTTP Archive, of which it holds one entry at a time.
func NewHARReader(r io.Reader) *HARReader {
	in := bufio.NewReader(r)
	return &HARReader{in: in, d: json.NewDecoder(in)}
}

// Next returns the next event, io.EOF after the last. The events of a connection come together:
// KindOpen first, messages and control frames, and KindEnd where it is known.
func (r *HARReader) Next() (*Record, error) {
	for len(r.records) == 0 {
		e, err := r.next()
		if err == nil && e.isWebSocket() {
			r.records, err = e.all()
		}
		if err == io.EOF {
			return nil, err
		}
		if err != nil && r.number > 0 {
			return nil, fmt.Errorf("entry %d: %w", r.number, lineError(err))
		} else if err != nil {
			return nil, lineError(err)
		}
	}
	record := r.records[0]
	r.records = r.records[1:]
	return record, nil
}

// next decodes the next entry.
func (r *HARReader) next() (*harRecord, error) {
	if !r.begun {
		if err := r.findEntries(); err != nil {
			return nil, err
		}
		r.begun = true
	}
	if !r.d.More() {
		if _, err := r.d.Token(); err != nil { // the end of the entries
			return nil, errors.New("the archive is cut off")
		}
		return nil, io.EOF
	}
	r.number++
	var e harRecord
	err := r.d.Decode(&e)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = errors.New("the archive is cut off")
	}
	return &e, err
}

// findEntries goes to the first element of log.entries.
func (r *HARReader) findEntries() error {
	if head, _ := r.in.Peek(len(byteOrderMark)); bytes.Equal(head, byteOrderMark) {
		_, _ = r.in.Discard(len(head)) // what was peeked at is there
	}
	for _, member := range []string{"log", "entries"} {
		if !r.enter('{') || !r.member(member) {
			return fmt.Errorf("not an HTTP Archive: there is no %q", member)
		}
	}
	if !r.enter('[') {
		return errors.New(`not an HTTP Archive: "entries" is not an array`)
	}
	return nil
}

func (r *HARReader) enter(want json.Delim) bool {
	token, err := r.d.Token()
	return err == nil && token == want
}

// member goes to a member's value.
func (r *HARReader) member(name string) bool {
	for r.d.More() {
		token, err := r.d.Token()
		if err != nil || token == name {
			return err == nil
		}
		var other json.RawMessage
		if r.d.Decode(&other) != nil {
			return false
		}
		if token == "creator" {
			var creator struct{ Name string }
			_ = json.Unmarshal(other, &creator) // of one that is wrong nothing is known
			r.Creator = creator.Name
		}
	}
	return false
}
