package view

import (
	"context"
	"errors"

	"wsline/internal/query"
	"wsline/internal/query/value"
	"wsline/repl"
)

// A Sieve runs filters. It belongs to the handler of events. The zero value is ready.
type Sieve struct {
	values int    // of the messages that are shown next so many are values that a filter made
	text   string // what is to be said of an expression that does not work
}

// Filter passes over what is not JSON, and what the expression does not work on, which is said for
// the first such message.
func (s *Sieve) Filter(q *query.Query) repl.Filter {
	said := false
	return func(payload []byte) (bool, [][]byte) {
		values, err := q.Run(context.Background(), payload)
		if err != nil && !errors.Is(err, query.ErrNotJSON) && !said {
			said, s.text = true, err.Error()
		}
		if len(values) == 0 {
			return false, nil
		}
		if err == nil && len(values) == 1 && value.IsCompact(payload, values[0]) {
			return true, nil
		}
		s.values = len(values)
		return true, values
	}
}

// Trouble is what is to be said, once; "" for nothing.
func (s *Sieve) Trouble() string {
	text := s.text
	s.text = ""
	return text
}

// Made tells whether the message that is shown now is a value that a filter made.
func (s *Sieve) Made() bool {
	if s.values == 0 {
		return false
	}
	s.values--
	return true
}
