package wst

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"wsline/format"
	"wsline/internal/answer"
	"wsline/internal/wire"
	"wsline/internal/words"
)

// shortestEvery is the shortest time of an /every, as of --heartbeat-interval.
const shortestEvery = 10 * time.Millisecond

// Every is the argument of /every: a message, and how often it is sent; 0 for off.
type Every struct {
	Time    time.Duration
	Message wire.Message
}

// ParseEvery reads "TIME MESSAGE" or "off". The message is text, which may be quoted, or @hex: and the
// bytes of a binary one.
func ParseEvery(rest words.Text) (e Every, err error) {
	first, message := rest.TrimSpace().CutWord()
	switch {
	case first.String() == "":
		return e, errors.New("/every needs a time and a message, or off")
	case first.String() == "off":
		return e, takesNothing("every off")(message.String())
	case strings.TrimSpace(message.String()) == "":
		return e, errors.New("/every needs a message behind the time")
	}
	if e.Time, err = ParseTime(first.String()); err != nil {
		return e, err
	}
	if e.Time < shortestEvery {
		return e, fmt.Errorf("%s is shorter than 10ms", Quoted(first.String()))
	}
	if message.TrimRight().IsQuoted() {
		if message, err = message.TrimRight().Unquote(format.Unquote); err != nil {
			return e, err
		}
		e.Message = wire.Message{Opcode: wire.OpText, Payload: []byte(message.JSON())}
		return e, nil
	}
	e.Message, err = answer.ParseMessage(message)
	return e, err
}

func checkEvery(rest string) error {
	_, err := ParseEvery(words.Plain(rest))
	return err
}
