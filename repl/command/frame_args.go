package command

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/suggest"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/session"
)

// frameTypes are the names of opcodes, as /frame takes them (RFC 6455 §5.2).
var frameTypes = [...]struct {
	name string
	op   wire.Opcode
}{
	{"text", wire.OpText}, {"binary", wire.OpBinary}, {"continuation", wire.OpContinuation},
	{"ping", wire.OpPing}, {"pong", wire.OpPong}, {"close", wire.OpClose},
}

func frameType(name string) (op wire.Opcode, ok bool) {
	for _, t := range frameTypes {
		if t.name == name {
			return t.op, true
		}
	}
	return 0, false
}

func frameTypeNames() (names []string) {
	for _, t := range frameTypes {
		names = append(names, t.name)
	}
	return names
}

// frameFlags are those of /frame, and whether a value follows.
var frameFlags = [...]struct {
	name  string
	value bool
}{
	{"--no-fin", false}, {"--opcode", true}, {"--rsv", true}, {"--no-mask", false},
	{"--mask", true}, {"--length", true}, {"--payload", true},
}

func frameFlagNames() (names []string) {
	for _, f := range frameFlags {
		names = append(names, f.name)
	}
	return names
}

// frameArgs is what stands behind /frame.
type frameArgs struct {
	env     *Env
	frame   session.RawFrame
	plain   []words.Word // neither flags nor their values
	opcode  bool         // --opcode was given
	noMask  bool
	payload *words.Word // of --payload
}

// parseFrame reads "[TYPE] [PAYLOAD] [flags]", in any order.
func (e *Env) parseFrame(rest words.Text) (*session.RawFrame, error) {
	list, err := rest.Split()
	if err != nil {
		return nil, err
	}
	a := frameArgs{env: e, frame: session.RawFrame{Fin: true, Masked: true, Length: -1}}
	for len(list) > 0 {
		switch w := list[0]; {
		case w.Raw.Form() == "--": // what follows is no flag
			a.plain = append(a.plain, list[1:]...)
			list = nil
		case !strings.HasPrefix(w.Raw.Form(), "--"):
			a.plain = append(a.plain, w)
			list = list[1:]
		default:
			if list, err = a.flag(list); err != nil {
				return nil, err
			}
		}
	}
	return a.finish()
}

// flag takes the flag that words begin with, and its value, and returns the rest of them.
func (a *frameArgs) flag(list []words.Word) ([]words.Word, error) {
	written, value, inside := cutFlag(list[0])
	name := written.String()
	for _, f := range frameFlags {
		if f.name != written.Form() {
			continue
		}
		rest := list[1:]
		switch {
		case inside && !f.value:
			return nil, fmt.Errorf("%s takes no value, but %q was given", name,
				exit.Shorten(value.Text.String()))
		case f.value && !inside && len(rest) == 0:
			return nil, fmt.Errorf("%s needs a value", name)
		case f.value && !inside:
			value, rest = rest[0], rest[1:]
		}
		return rest, a.set(name, value)
	}
	if near := suggest.Nearest(name, frameFlagNames()); near != "" {
		return nil, fmt.Errorf("/frame has no flag %q: did you mean %s?", exit.Shorten(name), near)
	}
	return nil, fmt.Errorf("/frame has no flag %q: it has %s", exit.Shorten(name),
		strings.Join(frameFlagNames(), ", "))
}

// cutFlag splits "--name=value" at the equals sign that was written.
func cutFlag(w words.Word) (name words.Text, value words.Word, inside bool) {
	at := strings.IndexByte(w.Text.Form(), '=')
	if at < 0 {
		return w.Text, words.Word{}, false
	}
	rawAt := strings.IndexByte(w.Raw.Form(), '=')
	value = words.Word{Text: w.Text.From(at + 1), Raw: w.Raw.From(rawAt + 1)}
	return w.Text.Slice(0, at), value, true
}

func (a *frameArgs) set(name string, value words.Word) error {
	text := value.Text.String()
	switch name {
	case "--no-fin":
		a.frame.Fin = false
	case "--no-mask":
		a.noMask = true
	case "--payload":
		a.payload = &value
	case "--opcode":
		n, err := strconv.ParseUint(text, 0, 4)
		if err != nil {
			return fmt.Errorf("the opcode %q is not a number from 0 to 15 (0xf)", exit.Shorten(text))
		}
		a.opcode, a.frame.Opcode = true, wire.Opcode(n)
	case "--rsv":
		n, err := strconv.ParseUint(text, 0, 3)
		if err != nil {
			return fmt.Errorf("the RSV bits %q are not a number from 0 to 7 (RSV1 is 4)",
				exit.Shorten(text))
		}
		a.frame.RSV = byte(n)
	case "--mask":
		key, err := parseKey(text)
		if err != nil {
			return err
		}
		a.frame.Key = key
	case "--length":
		n, err := strconv.ParseInt(text, 0, 64)
		if err != nil || n < 0 {
			return fmt.Errorf("the length %q is not a number from 0 to %d", exit.Shorten(text),
				int64(math.MaxInt64))
		}
		a.frame.Length = n
	}
	return nil
}

// parseKey reads a masking key of eight hexadecimal digits.
func parseKey(digits string) (*[4]byte, error) {
	key, err := hex.DecodeString(digits)
	if err != nil || len(key) != 4 {
		return nil, fmt.Errorf("the masking key %q is not 8 hexadecimal digits", exit.Shorten(digits))
	}
	return (*[4]byte)(key), nil
}

// finish tells the type from the payload, which may stand behind it or be that of --payload.
func (a *frameArgs) finish() (*session.RawFrame, error) {
	if a.noMask && a.frame.Key != nil {
		return nil, errors.New("--mask and --no-mask do not go together")
	}
	a.frame.Masked = !a.noMask
	kind, err := a.takeType()
	if err != nil {
		return nil, err
	}
	switch {
	case a.payload != nil && len(a.plain) > 0:
		return nil, fmt.Errorf("the payload is given twice: %q and --payload",
			exit.Shorten(a.plain[0].Text.String()))
	case a.payload != nil:
		a.plain = []words.Word{*a.payload}
	case kind == "close" && len(a.plain) > 0:
		a.frame.Payload, err = a.env.closePayload(a.plain)
		return &a.frame, err
	}
	a.frame.Payload, err = a.env.framePayload(a.plain, kind)
	return &a.frame, err
}

// takeType takes the type off the words, "" when there is none. With --opcode, which makes it
// needless, it is what was written.
func (a *frameArgs) takeType() (string, error) {
	if len(a.plain) > 0 {
		name := a.plain[0].Raw.String()
		if a.opcode {
			name = a.plain[0].Raw.Form()
		}
		if op, ok := frameType(name); ok {
			a.plain = a.plain[1:]
			if !a.opcode {
				a.frame.Opcode = op
			}
			return name, nil
		}
		if !a.opcode {
			return "", fmt.Errorf("%q is no type of frame: %s, or a number with --opcode",
				exit.Shorten(a.plain[0].Text.String()), strings.Join(frameTypeNames(), ", "))
		}
	}
	if !a.opcode {
		return "", fmt.Errorf("/frame needs a type, %s, or a number with --opcode",
			strings.Join(frameTypeNames(), ", "))
	}
	return "", nil
}
