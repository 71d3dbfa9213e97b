package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"wsline/internal/object"
	"wsline/internal/wire"
)

// An Order is what one line of JSON says: a message, which may join a batch, or something else to do.
type Order struct {
	Op      wire.Opcode // 0: run it
	Payload []byte
	Run     func(ctx context.Context, env *Env) error
}

// orders are the members of an object of the input, one of which it has.
var orders = [...]struct {
	name  string
	parse func(m *object.Member) (Order, error)
}{
	{"text", orderText}, {"binary", orderBinary}, {"json", orderJSON},
	{"ping", orderPing}, {"pong", orderPong}, {"close", orderClose},
	{"fragment", orderFragment}, {"frame", orderFrame}, {"raw", orderRaw},
	{"drop", orderDrop}, {"stall", orderStall}, {"frames", orderFrames},
	{"filter", orderFilter}, {"command", orderCommand},
}

func orderNames() (names []string) {
	for _, o := range orders {
		names = append(names, o.name)
	}
	return names
}

// ParseOrder reads a line of the input, as docs/events.md says.
func ParseOrder(line []byte) (Order, error) {
	line = bytes.TrimPrefix(line, []byte("\ufeff")) // which some writers begin with, RFC 8259 §8.1
	switch {
	case bytes.HasPrefix(line, []byte("\xff\xfe")), bytes.HasPrefix(line, []byte("\xfe\xff")):
		return Order{}, errors.New("it is UTF-16: write UTF-8")
	case !utf8.Valid(line):
		return Order{}, errors.New("it is not valid UTF-8")
	}
	list, err := object.Members(line, orderNames()...)
	switch {
	case err != nil:
		return Order{}, err
	case len(list) == 0:
		return Order{}, errors.New("the object is empty: it needs one of " +
			strings.Join(orderNames(), ", "))
	case len(list) > 1:
		return Order{}, fmt.Errorf("%q and %q stand in one object: it says one thing to do",
			list[0].Name, list[1].Name)
	}
	for _, o := range orders {
		if o.name == list[0].Name {
			return o.parse(&list[0])
		}
	}
	return Order{}, object.ErrNone // never: members has checked the name
}
