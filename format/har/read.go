package har

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Reader reads the entries of an archive, of which it holds one at a time.
type Reader struct {
	Creator string // the program that wrote it, as far as that stands before the entries
	Entries int    // how many have been begun
	Within  bool   // reading ended within the last of them
	// Each is told each message of an entry, with its number, and each control frame that stands
	// behind them, with 0, before Next returns the entry; nil: nobody is. They are held no longer.
	Each func(e *Entry, m *Message, number int)

	mark  int64 // bytes before what d reads
	in    *bufio.Reader
	d     *json.Decoder
	begun bool
}

// ErrCutOff is an archive that ends before it is over.
var ErrCutOff = errors.New("the archive is cut off")

// NewReader returns a reader of an archive.
func NewReader(r io.Reader) *Reader {
	in := bufio.NewReaderSize(r, 64<<10)
	return &Reader{in: in, d: json.NewDecoder(in)}
}

// Next returns the next entry that is a WebSocket connection, io.EOF after the last. Of an archive
// that breaks off in the middle of one it returns both, what there is of the entry and the error.
func (r *Reader) Next() (*Entry, error) {
	if !r.begun {
		if err := r.findEntries(); err != nil {
			return nil, err
		}
		r.begun = true
	}
	for r.d.More() {
		r.Entries++
		e, err := r.entry()
		r.Within = err != nil
		if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
			err = ErrCutOff
		}
		if e != nil && e.IsWebSocket() {
			return e, err
		}
		if err != nil {
			return nil, err
		}
	}
	if _, err := r.d.Token(); err != nil { // the end of the entries
		return nil, ErrCutOff
	}
	return nil, io.EOF
}

// byteOrderMark begins files that some editors wrote; RFC 8259 §8.1 lets readers pass over it.
const byteOrderMark = "\ufeff"

// findEntries goes to the first element of log.entries.
func (r *Reader) findEntries() error {
	if head, _ := r.in.Peek(len(byteOrderMark)); string(head) == byteOrderMark {
		_, _ = r.in.Discard(len(head)) // what was peeked at is there
		r.mark = int64(len(head))
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

func (r *Reader) enter(want json.Delim) bool {
	token, err := r.d.Token()
	return err == nil && token == want
}

// member goes to a member's value.
func (r *Reader) member(name string) bool {
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
			var creator struct{ Name Text }
			_ = json.Unmarshal(other, &creator) // of one that is wrong nothing is known
			r.Creator = string(creator.Name)
		}
	}
	return false
}

// entry reads one entry, nil for one that is not an object. After an error nothing can be read.
func (r *Reader) entry() (*Entry, error) {
	in := &entryReader{Reader: r, e: &Entry{Number: r.Entries}}
	token, err := r.d.Token()
	switch {
	case err != nil:
		return nil, err
	case token == json.Delim('['):
		return nil, in.skip()
	case token != json.Delim('{'):
		return nil, nil
	}
	return in.e, in.members()
}

// entryReader reads one entry, member by member.
type entryReader struct {
	*Reader
	e *Entry
}

func (r *entryReader) members() error {
	for r.d.More() {
		name, err := r.d.Token()
		if err != nil {
			return err
		}
		switch name {
		case "_webSocketMessages":
			err = r.messages(name, false)
		case "_controlFrames":
			err = r.messages(name, true)
		default:
			err = r.value(name)
		}
		if err != nil {
			return err
		}
	}
	_, err := r.d.Token() // the brace
	return err
}

// value reads a member that is no list of messages.
func (r *entryReader) value(name json.Token) error {
	var value json.RawMessage
	if err := r.d.Decode(&value); err != nil {
		return err
	}
	if string(value) == "null" {
		return nil
	}
	var into any
	switch name {
	case "startedDateTime":
		into = &r.e.StartedDateTime
	case "time":
		into = &r.e.Time
	case "request":
		into = &r.e.Request
	case "response":
		into = &r.e.Response
	case "timings":
		into = &r.e.Timings
	case "serverIPAddress":
		into = &r.e.ServerIPAddress
	case "connection":
		into = &r.e.Connection
	case "_resourceType":
		into = &r.e.ResourceType
	case "_connectionName":
		into = &r.e.Name
	case "_connect":
		into = &r.e.Connect
	case "_end":
		r.e.End = &End{JSON: bytes.Clone(value)}
		into = &struct{ Time *Text }{&r.e.End.Time}
	default:
		return nil
	}
	if err := json.Unmarshal(value, into); err != nil {
		r.e.Errs = append(r.e.Errs, inMember(name, err))
	}
	return nil
}

// inMember has an error name the member in full, as one of the whole entry would.
func inMember(name json.Token, err error) error {
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &kind) {
		return err
	}
	within := *kind
	within.Field = fmt.Sprint(name)
	if kind.Field != "" {
		within.Field += "." + kind.Field
	}
	return &within
}

// messages reads a list of messages one by one, so that one that is wrong costs no other.
func (r *entryReader) messages(name json.Token, areControls bool) error {
	token, err := r.d.Token()
	switch {
	case err != nil:
		return err
	case token == json.Delim('{'):
		err = r.skip()
		fallthrough
	default:
		if token != nil { // null
			r.e.Errs = append(r.e.Errs, fmt.Errorf("%q is no array", name))
		}
		return err
	case token == json.Delim('['):
	}
	r.e.hasMessages = true
	r.e.Lists = append(r.e.Lists, List{areControls, r.mark + r.d.InputOffset(), 0})
	list := &r.e.Lists[len(r.e.Lists)-1]
	for r.d.More() {
		m, err := decode(r.d)
		if err != nil {
			return err
		}
		list.count++
		r.e.note(m, areControls)
		if r.Each != nil && areControls {
			r.Each(r.e, m, 0)
		} else if r.Each != nil {
			r.Each(r.e, m, list.count)
		}
	}
	_, err = r.d.Token() // the bracket
	return err
}

// skip goes to the end of the object or array that has been entered.
func (r *entryReader) skip() error {
	for depth := 1; depth > 0; {
		token, err := r.d.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}
