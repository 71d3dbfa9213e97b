package har

import (
	"encoding/base64"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"wsline/internal/lazy"
)

// IsWebSocket tells a WebSocket connection, also one that was refused, by what writers have in
// common: not all say so in "_resourceType".
func (e *Entry) IsWebSocket() bool {
	scheme, _, _ := strings.Cut(string(e.Request.URL), ":")
	return e.hasMessages || strings.EqualFold(string(e.ResourceType), "websocket") ||
		strings.EqualFold(scheme, "ws") || strings.EqualFold(scheme, "wss") ||
		strings.EqualFold(e.Request.field("Upgrade"), "websocket") ||
		strings.EqualFold(e.Request.field(":protocol"), "websocket") // RFC 8441 §4
}

func (r *Request) field(name string) string {
	for _, f := range r.Headers {
		if strings.EqualFold(string(f.Name), name) {
			return string(f.Value)
		}
	}
	return ""
}

// Outcome is what became of the request for a connection.
type Outcome struct {
	Opened bool
	Status int    // of the answer, where it is known
	Text   string // what the writer said of a failure
}

// unexpectedCode is how Chromium tells the status of a refusal, which it has nowhere else.
var unexpectedCode = lazy.Regexp(`Unexpected response code: ([1-9][0-9]{2})\b`)

// handshakeError begins what Chromium says of an answer that it did not take.
const handshakeError = "Error during WebSocket handshake"

// Outcome tells a connection that was refused, or failed, from one that was open.
func (e *Entry) Outcome() Outcome {
	o := Outcome{Status: int(max(0, e.Response.Status)), Text: e.failure()}
	talked := e.talked || e.End != nil
	if m := unexpectedCode().FindStringSubmatch(o.Text); m != nil && !talked {
		o.Status, _ = strconv.Atoi(m[1]) // three digits
		return o
	}
	switch {
	case talked:
		o.Opened = true
	case o.Status == 101:
		o.Opened = e.Response.Error == "" && !strings.HasPrefix(o.Text, handshakeError)
	case o.Status >= 200 && o.Status < 300: // over HTTP/2 a 200 opens it, RFC 8441 §5
		o.Opened = e.Request.Method == "CONNECT" || e.Request.field(":protocol") != ""
	}
	return o
}

// failure is what an entry says of an error.
func (e *Entry) failure() string {
	if e.failed != nil {
		return string(*e.failed)
	}
	if e.Response.FailureText != "" {
		return string(e.Response.FailureText)
	}
	return string(e.Response.Error)
}

// layouts are how times are written: RFC 3339 for HAR 1.2, and what others made of it. One without
// a zone is taken as UTC.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999",
}

// Started is when the request began; ok is false where that is not known. DevTools writes 1969 for
// a connection that was never established.
func (e *Entry) Started() (at time.Time, ok bool) {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, string(e.StartedDateTime)); err == nil {
			return at.UTC(), at.Year() >= firstYear && at.Year() < endYear
		}
	}
	return e.StartedDateTime.epoch()
}

// First is when the first thing happened of which that is known, zero for none: of the control
// frames before the first message, then of the messages, then of the control frames behind them.
func (e *Entry) First() time.Time {
	for _, at := range e.first {
		if !at.IsZero() {
			return at
		}
	}
	return time.Time{}
}

// note keeps of a message, or of a control frame, what the entry says of itself by it.
func (e *Entry) note(m *Message, isControl bool) {
	switch {
	case isControl:
		e.talked = true
		e.happened(2, m)
		return
	case m.Kind() != KindError:
		e.talked = true
	case e.failed == nil:
		text := Text(strings.Clone(string(m.Data)))
		e.failed = &text
	}
	if e.Said++; e.Said == 1 {
		for i := range m.Controls {
			e.happened(0, &m.Controls[i])
		}
	}
	e.happened(1, m)
}

func (e *Entry) happened(where int, m *Message) {
	if at, ok := m.At(); ok && e.first[where].IsZero() {
		e.first[where] = at
	}
}

// Upgrade is how long the handshake took. DevTools counts its wait up to the last message; so it is
// a limit, and no more than that, where a message came earlier.
func (t *Timings) Upgrade() time.Duration {
	var sum time.Duration
	for _, part := range []Number{t.Blocked, t.DNS, t.Connect, t.Send, t.Wait} {
		sum += Millis(part)
	}
	return sum
}

// Millis is a time span from milliseconds; 0 for one that was not needed, or cannot be.
func Millis(ms Number) time.Duration {
	if !(ms > 0) || ms > 1e12 {
		return 0
	}
	return time.Duration(math.Round(float64(ms) * 1e6))
}

// The years that a recording can be of.
const firstYear, endYear = 1990, 2200

// epoch is a time that is a number since 1970: of seconds as DevTools and mitmproxy write it, of
// milliseconds as Playwright does, or of less. Its size tells which, since the years that it can be
// of are far apart in each. A number of which no unit makes such a year, like the 1, 2, 3 that some
// programs count, is no time.
func (t Text) epoch() (at time.Time, ok bool) {
	const first, end = 631152000, 7258118400 // the seconds of firstYear and endYear
	f, err := strconv.ParseFloat(string(t), 64)
	if err != nil {
		return time.Time{}, false
	}
	unit := 1.0 // to a second
	for digits := 9; digits >= 0; digits -= 3 {
		if f >= first*unit && f < end*unit {
			return time.Unix(0, t.nanoseconds(f/unit, digits)).UTC(), true
		}
		unit *= 1000
	}
	return time.Time{}, false
}

// nanoseconds are what a number without an exponent says exactly: of the digits behind its point so
// many count.
func (t Text) nanoseconds(seconds float64, digits int) int64 {
	whole, fraction, _ := strings.Cut(string(t), ".")
	fraction = (fraction + "000000000")[:digits]
	ns, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err == nil && !strings.ContainsAny(string(t), "eE") {
		return ns
	}
	return int64(math.Round(seconds*1e6)) * 1000 // a float64 knows no more of it
}

// At is when a message came or left; ok is false where that is not known.
func (m *Message) At() (at time.Time, ok bool) { return m.Time.epoch() }

// At is when the connection ended; ok is false where that is not known.
func (e *End) At() (at time.Time, ok bool) { return e.Time.epoch() }

// Kind is what a message is.
type Kind uint8

const (
	KindUnknown Kind = iota // neither sent nor received
	KindText
	KindBinary
	KindPing
	KindPong
	KindClose
	KindError // what went wrong, in Data: DevTools' type "error"
)

// kinds are the opcodes, by their number or by the name that some write.
var kinds = map[Text]Kind{
	"": KindText, "1": KindText, "2": KindBinary, "8": KindClose, "9": KindPing, "10": KindPong,
	"text": KindText, "binary": KindBinary, "close": KindClose, "ping": KindPing, "pong": KindPong,
}

// Kind is what a message is. Without an opcode it is text, or binary when it is said to be base64.
func (m *Message) Kind() Kind {
	switch {
	case m.Type == "error":
		return KindError
	case m.Type != "send" && m.Type != "receive":
		return KindUnknown
	case m.Opcode == "" && m.isBase64():
		return KindBinary
	}
	return kinds[Text(strings.ToLower(string(m.Opcode)))]
}

func (m *Message) isBase64() bool { return strings.EqualFold(string(m.Encoding), "base64") }

// Payload are the bytes of a message or a control frame. The data of what is not text is base64, as
// the payloadData of Network.WebSocketFrame in the DevTools protocol.
func (m *Message) Payload() ([]byte, error) {
	kind := m.Kind()
	switch {
	case m.Text != nil:
		return []byte(*m.Text), nil
	case m.Base64 != nil:
		return m.Base64, nil
	case kind != KindBinary && !m.isBase64():
		return []byte(m.Data), nil
	}
	p, err := base64.StdEncoding.DecodeString(string(m.Data))
	if err == nil {
		return p, nil
	}
	if kind == KindBinary {
		return nil, errors.New("the data of a binary message is not base64")
	}
	return nil, errors.New("the data is not the base64 that it is said to be")
}

// Body is the content of a response, as far as the archive has it.
func (c *Content) Body() []byte {
	if c.Encoding == "base64" {
		if p, err := base64.StdEncoding.DecodeString(string(c.Text)); err == nil {
			return p
		}
	}
	return []byte(c.Text)
}
