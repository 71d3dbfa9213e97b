package format

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"wsline/internal/wire"
	"wsline/session"
)

// jsonLine has the members of all types of lines.
type jsonLine struct {
	Type    string    `json:"type"`
	Time    time.Time `json:"time"`
	Conn    string    `json:"conn"`
	Version int       `json:"version"`
	Program string    `json:"program"`

	Dir     string          `json:"dir"`
	Opcode  json.RawMessage `json:"opcode"`
	Text    *string         `json:"text"`
	Base64  []byte          `json:"base64"`
	More    bool            `json:"more"`
	RTT     seconds         `json:"rtt"`
	Alive   bool            `json:"keepalive"`
	Auto    bool            `json:"auto"`
	Value   json.RawMessage `json:"value"`
	Message string          `json:"message"`
	Hint    string          `json:"hint"`
	Foreign bool            `json:"foreign"`

	jsonEnd
	jsonFrame
	jsonGap
	jsonOpen

	bytes []byte // of Text, where a quickReader has read it
}

// jsonEnd are the members of an end; an error, a close and a frame have some of them too.
type jsonEnd struct {
	Cause        string      `json:"cause"`
	ByUs         bool        `json:"by_us"`
	Sent         int         `json:"sent"`
	Received     bool        `json:"received"`
	Code         int         `json:"code"`
	Reason       string      `json:"reason"`
	ReasonBase64 []byte      `json:"reason_base64"`
	Breaks       *jsonBroken `json:"breaks"`
	Error        string      `json:"error"`
}

type jsonFrame struct {
	Fin    bool   `json:"fin"`
	RSV    byte   `json:"rsv"`
	Masked bool   `json:"masked"`
	Head   string `json:"head"`
	Length uint64 `json:"length"`
	Have   int64  `json:"have"`
	Number int    `json:"number"`
	Packed int64  `json:"packed"`
	Size   int64  `json:"size"`
}

type jsonBroken struct {
	Code    int    `json:"code"`
	Section string `json:"section"`
	Text    string `json:"text"`
}

// seconds is a time span, written as a decimal number; digits beyond the ninth are passed over.
type seconds time.Duration

func (s *seconds) UnmarshalJSON(p []byte) error {
	number, negative := strings.CutPrefix(string(p), "-")
	whole, fraction, _ := strings.Cut(number, ".")
	fraction = (fraction + "000000000")[:9]
	ns, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil {
		f, err := strconv.ParseFloat(string(p), 64)
		if err != nil {
			return fmt.Errorf("%s is no number of seconds", shown(string(p)))
		}
		*s = seconds(f * 1e9)
		return nil
	}
	if negative {
		ns = -ns
	}
	*s = seconds(ns)
	return nil
}

// kinds are the types of lines that are events.
var kinds = map[string]session.Kind{
	"open":    session.KindOpen,
	"message": session.KindMessage,
	"ping":    session.KindPing,
	"pong":    session.KindPong,
	"close":   session.KindClose,
	"notice":  session.KindNotice,
	"frame":   session.KindFrame,
	"end":     session.KindEnd,

	"reconnect": session.KindGap,
}

// record is nil for a type that is not known.
func (l *jsonLine) record() (*Record, error) {
	r := &Record{Conn: l.Conn, Time: l.Time, Connect: l.Connect}
	var err error
	switch kind := kinds[l.Type]; {
	case kind != 0:
		r.Event, err = l.event(kind)
	case l.Type == "error":
		r.Failure, err = l.failure()
	case l.Type == "result" && len(l.Value) > 0:
		r.Result, r.Dir = l.Value, l.dir()
	case l.Type == "":
		return nil, errors.New(`no member "type"`)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (l *jsonLine) event(kind session.Kind) (*session.Event, error) {
	ev := &session.Event{Kind: kind, Time: l.Time, Dir: l.dir()}
	var err error
	switch kind {
	case session.KindOpen:
		ev.Handshake, err = l.handshake()
	case session.KindMessage:
		ev.Payload, ev.More, ev.Opcode = l.payload(), l.More, wire.OpText
		if string(l.Opcode) == `"binary"` {
			ev.Opcode = wire.OpBinary
		}
		ev.Alive, ev.Auto = l.Alive, l.Auto
	case session.KindPing, session.KindPong:
		ev.Payload, ev.RTT, ev.Alive = l.payload(), time.Duration(l.RTT), l.Alive
	case session.KindClose:
		ev.Reason = l.reason()
		ev.Code, err = closeCode(l.Code)
	case session.KindNotice:
		ev.Text = string(l.payload())
	case session.KindFrame:
		ev.Frame, err = l.frame()
	case session.KindGap:
		ev.Gap = l.gap(l.Cause)
	case session.KindEnd:
		ev.End, err = l.end()
	}
	return ev, err
}

// failure has a handshake where the line tells of one.
func (l *jsonLine) failure() (*Failure, error) {
	f := &Failure{Code: l.Code, Message: l.Message, Hint: l.Hint}
	var err error
	if f.Handshake, err = l.handshake(); f.Handshake != nil {
		f.Body, f.Cause, f.Foreign = l.payload(), l.Cause, l.Foreign
	}
	return f, err
}

func (l *jsonLine) dir() session.Direction {
	if l.Dir == "out" {
		return session.Out
	}
	return session.In
}

func (l *jsonLine) payload() []byte {
	if l.bytes != nil {
		return l.bytes
	}
	if l.Text != nil {
		return []byte(*l.Text)
	}
	return l.Base64
}

func (l *jsonEnd) reason() string {
	if len(l.ReasonBase64) > 0 {
		return string(l.ReasonBase64)
	}
	return l.Reason
}

func closeCode(code int) (wire.StatusCode, error) {
	if code < 0 || code > 0xffff {
		return 0, fmt.Errorf("%d is no close code", code)
	}
	return wire.StatusCode(code), nil
}

func (l *jsonLine) frame() (*session.Frame, error) {
	op, err := strconv.ParseUint(string(l.Opcode), 10, 4)
	if err != nil {
		return nil, fmt.Errorf("%s is no opcode of a frame", shown(string(l.Opcode)))
	}
	f := &session.Frame{
		Have: l.Have, Number: l.Number, Packed: l.Packed, Size: l.Size, Payload: l.payload(),
	}
	f.Header = wire.Header{
		Fin: l.Fin, RSV1: l.RSV&4 != 0, RSV2: l.RSV&2 != 0, RSV3: l.RSV&1 != 0,
		Opcode: wire.Opcode(op), Masked: l.Masked,
	}
	if l.Length < hugeLength { // what is more stands in the head
		f.Header.Length = int64(l.Length)
	}
	if f.Head, err = hex.DecodeString(l.Head); err != nil {
		return nil, errors.New(`"head" is not hexadecimal`)
	}
	key, err := hex.DecodeString(l.Key)
	if err != nil || l.Masked && len(key) != len(f.Header.Key) {
		return nil, errors.New(`"key" is not 8 hexadecimal digits`)
	}
	copy(f.Header.Key[:], key)
	f.Err = l.Breaks.err()
	return f, nil
}

func (b *jsonBroken) err() *wire.Error {
	if b == nil {
		return nil
	}
	return &wire.Error{Code: wire.StatusCode(b.Code), Section: b.Section, Text: b.Text}
}

// end is nil for a line that says nothing of how it ended.
func (l *jsonEnd) end() (*session.End, error) {
	if l.Cause == "" {
		return nil, nil
	}
	end := &session.End{ByUs: l.ByUs, Received: l.Received, Reason: l.reason()}
	for cause, word := range causeWords {
		if word == l.Cause {
			end.Cause = session.Cause(cause)
		}
	}
	var err error
	if end.Code, err = closeCode(l.Code); err != nil {
		return nil, err
	}
	if end.Sent, err = closeCode(l.Sent); err != nil {
		return nil, err
	}
	if l.Breaks != nil {
		end.Err = l.Breaks.err()
	} else if l.Error != "" {
		end.Err = knownError(l.Error)
	}
	return end, nil
}

// knownError is the session's error with this text, if there is one, so that what is printed of it
// is the same as when it happened.
func knownError(text string) error {
	for _, err := range []error{
		session.ErrNoClose, session.ErrMidMessage, session.ErrReset, session.ErrCloseTimeout,
		session.ErrPongTimeout, session.ErrHeartbeatTimeout,
	} {
		if err.Error() == text {
			return err
		}
	}
	return errors.New(text)
}
