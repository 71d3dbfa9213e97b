// Package object reads the members of a JSON object strictly: each is known and stands once, and errors
// quote what stands there.
package object

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/suggest"
)

// Member is one of a JSON object.
type Member struct {
	Name  string
	Value json.RawMessage // without blanks around it
}

// ErrNone is text that is no object.
var ErrNone = errors.New("it is not a JSON object")

// Members are those of a JSON object, of which there is nothing more in text. Each has one of the
// names, once. The text is UTF-8.
func Members(text []byte, names ...string) ([]Member, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if t, err := dec.Token(); err != nil {
		return nil, syntaxError(text, err)
	} else if t != json.Delim('{') {
		return nil, ErrNone
	}
	var list []Member
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, syntaxError(text, err)
		}
		m := Member{Name: t.(string)} // a key, or Token would have failed
		if err := checkName(m.Name, list, names); err != nil {
			return nil, err
		}
		if err := dec.Decode(&m.Value); err != nil {
			return nil, syntaxError(text, err)
		}
		list = append(list, m)
	}
	if _, err := dec.Token(); err != nil {
		return nil, syntaxError(text, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("there is more after the JSON object")
	}
	return list, nil
}

func checkName(name string, before []Member, names []string) error {
	for _, m := range before {
		if m.Name == name {
			return fmt.Errorf("the member %q stands there twice", name)
		}
	}
	for _, n := range names {
		if n == name {
			return nil
		}
	}
	text := strings.Join(names, ", ")
	if near := suggest.Nearest(name, names); near != "" {
		text = "did you mean " + near + "?"
	}
	return fmt.Errorf("there is no member %q: %s", exit.Shorten(name), text)
}

// syntaxError says where JSON is broken, counted in bytes from 1. What found it was another reader, so
// err is told when text is whole.
func syntaxError(text []byte, err error) error {
	var value json.RawMessage
	if err := json.Unmarshal(text, &value); err != nil {
		var bad *json.SyntaxError
		if errors.As(err, &bad) {
			return fmt.Errorf("it is not JSON: %s, at byte %d", bad.Error(), bad.Offset)
		}
	}
	return fmt.Errorf("it is not JSON: %w", err)
}

// string is the value of a member that is a string.
func (m *Member) Text() (text string, err error) {
	switch {
	case m.Value[0] != '"':
		return "", m.Wrong("a string")
	case hasHalfSurrogate(m.Value):
		return "", fmt.Errorf("%q has half a surrogate pair, which stands for no text", m.Name)
	}
	return text, json.Unmarshal(m.Value, &text)
}

func (m *Member) Base64() ([]byte, error) {
	text, err := m.Text()
	if err != nil {
		return nil, err
	}
	// Strict, but that the decoder passes over line ends.
	p, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return nil, fmt.Errorf("%q is not base64: %q", m.Name, exit.Shorten(text))
	}
	return p, nil
}

func (m *Member) Bool() (bool, error) {
	switch string(m.Value) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, m.Wrong("true or false")
}

// integer is a number from least to most, without a fraction or an exponent.
func (m *Member) Integer(least, most int64) (int64, error) {
	n, err := strconv.ParseInt(string(m.Value), 10, 64)
	if err != nil || n < least || n > most {
		return 0, m.Wrong(fmt.Sprintf("an integer from %d to %d", least, most))
	}
	return n, nil
}

// number is any number.
func (m *Member) Number() (float64, error) {
	if m.Value[0] != '-' && (m.Value[0] < '0' || m.Value[0] > '9') {
		return 0, m.Wrong("a number")
	}
	return strconv.ParseFloat(string(m.Value), 64)
}

// wrong is the error of a value that is not what it should be.
func (m *Member) Wrong(want string) error {
	return fmt.Errorf("%q is %s, and not %s", m.Name, want, exit.Shorten(string(m.Value)))
}

// hasHalfSurrogate says whether a JSON string has an escape that is half of a pair (RFC 8259 §8.2).
func hasHalfSurrogate(raw []byte) bool {
	high := false // the escape before was the first half
	for len(raw) > 0 {
		r, n := escape(raw)
		low := r>>10 == 0xdc00>>10
		if high != low {
			return true
		}
		high = r>>10 == 0xd800>>10
		raw = raw[n:]
	}
	return high
}

// escape is the character of the \u escape that a valid JSON string goes on with, 0 for anything else,
// and its length.
func escape(raw []byte) (r uint64, n int) {
	switch {
	case raw[0] != '\\' || len(raw) < 2:
		return 0, 1
	case raw[1] != 'u' || len(raw) < 6:
		return 0, 2
	}
	r, _ = strconv.ParseUint(string(raw[2:6]), 16, 16)
	return r, 6
}

// Object are the members of one that stands in m.
func (m *Member) Object(names ...string) ([]Member, error) {
	if m.Value[0] != '{' {
		return nil, m.Wrong("an object")
	}
	list, err := Members(m.Value, names...)
	if err != nil {
		return nil, m.Inside(err)
	}
	return list, nil
}

// Inside says in which member of the line something is wrong.
func (m *Member) Inside(err error) error { return fmt.Errorf("in %q: %w", m.Name, err) }
