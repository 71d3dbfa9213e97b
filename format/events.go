package format

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"wsline/internal/wire"
	"wsline/session"
)

// SchemaVersion is the version of the JSON lines that JSON writes. It changes when a line of an
// older version would be misread; new types and new members do not change it.
const SchemaVersion = 1

// JSON prints events as JSON lines, as docs/events.md specifies them: one object a line, in UTF-8,
// with its members in a fixed order. The first line is the schema. What could steer a terminal is
// written as \uHHHH, which means the same, so the lines are safe there too.
//
// Messages and control frames cost no allocation but to grow dst. A JSON is not to be used
// concurrently.
type JSON struct {
	Program string    // of the schema line: "wsline 1.2.3"
	Start   time.Time // what "at" counts from; when it is zero, the first line's time
	Conn    string    // the connection's name, "" for the only one
	Secrets bool      // show what hide.Field and hide.URL would hide
	// Connect is what follows "/connect" where a script opens the next connection, without secrets; "" for
	// nothing that is known.
	Connect string
	// Now is the time of a Failure. When it is nil, that is the time of the last event, or Start.
	Now func() time.Time
	// Pass takes a message's line in pieces when that is long.
	Pass Pass

	begun bool
	last  time.Time   // of the last line
	stamp []byte      // its members "time" and "at"; empty before the first
	bits  wire.Header // of the last frame, without its length and key
	told  []byte      // its members for those
}

// Event appends the line of one event; a KindIdle has none.
func (j *JSON) Event(dst []byte, ev *session.Event) []byte {
	switch ev.Kind {
	case session.KindOpen:
		dst = j.open(dst, ev)
	case session.KindMessage:
		dst = j.message(dst, ev)
	case session.KindPing:
		dst = appendData(appendDir(j.begin(dst, "ping", ev.Time), ev.Dir), ev.Payload)
		dst = appendAlive(dst, ev)
	case session.KindPong:
		dst = j.pong(dst, ev)
	case session.KindClose:
		dst = appendDir(j.begin(dst, "close", ev.Time), ev.Dir)
		dst = appendCode(dst, ev.Code, ev.Reason)
	case session.KindNotice:
		dst = appendText(j.begin(dst, "notice", ev.Time), []byte(ev.Text), nil)
	case session.KindGap:
		dst = appendGap(j.begin(dst, "reconnect", ev.Time), ev.Gap)
	case session.KindFrame:
		dst = j.frame(dst, ev)
	case session.KindEnd:
		dst = j.end(dst, ev)
	default:
		return dst
	}
	return append(dst, "}\n"...)
}

// Failure appends the line of an error that ends the program, or that a command met.
func (j *JSON) Failure(dst []byte, f *Failure) []byte {
	at := j.last
	switch {
	case j.Now != nil:
		at = j.Now()
	case at.IsZero():
		at = j.Start
	}
	dst = j.begin(dst, "error", at)
	dst = strconv.AppendInt(append(dst, `,"code":`...), int64(f.Code), 10)
	dst = appendMember(dst, "message", f.Message)
	if f.Hint != "" {
		dst = appendMember(dst, "hint", f.Hint)
	}
	if f.Handshake != nil {
		dst = j.unopened(dst, f, at)
	}
	return append(dst, "}\n"...)
}

// Result appends the line of a value that a filter made of a message; value is JSON.
func (j *JSON) Result(dst []byte, ev *session.Event, value []byte) []byte {
	dst = appendDir(j.begin(dst, "result", ev.Time), ev.Dir)
	dst = append(dst, `,"value":`...)
	return append(appendSafeJSON(dst, value), "}\n"...)
}

// appendSafeJSON appends a JSON value on one line, what could steer a terminal in it as \uHHHH.
func appendSafeJSON(dst, value []byte) []byte {
	var compact bytes.Buffer
	if json.Compact(&compact, value) != nil {
		return append(dst, "null"...)
	}
	return appendJSONSafe(dst, compact.Bytes())
}

// begin appends what every line begins with, and the schema line before the first.
func (j *JSON) begin(dst []byte, kind string, at time.Time) []byte {
	if !j.begun {
		dst = j.schema(dst, at)
	}
	dst = j.at(dst, kind, at)
	if j.Conn != "" {
		dst = appendMember(dst, "conn", j.Conn)
	}
	return dst
}

func (j *JSON) schema(dst []byte, at time.Time) []byte {
	j.begun = true
	if j.Start.IsZero() {
		j.Start = at
	}
	j.Start = j.Start.Round(0) // by the wall clock, as who reads the lines counts
	dst = j.at(dst, "schema", j.Start)
	dst = strconv.AppendInt(append(dst, `,"version":`...), SchemaVersion, 10)
	dst = appendMember(dst, "program", j.Program)
	return append(dst, "}\n"...)
}

// at appends the members that every line has. In a flood many have the time of one read.
func (j *JSON) at(dst []byte, kind string, at time.Time) []byte {
	if at != j.last || len(j.stamp) == 0 {
		j.last = at
		j.stamp = append(appendTime(append(j.stamp[:0], `","time":"`...), at), `","at":`...)
		j.stamp = appendSeconds(j.stamp, at.Sub(j.Start), 6)
	}
	dst = append(append(dst, `{"type":"`...), kind...)
	return append(dst, j.stamp...)
}

func (j *JSON) message(dst []byte, ev *session.Event) []byte {
	dst = appendDir(j.begin(dst, "message", ev.Time), ev.Dir)
	if ev.Opcode == wire.OpBinary {
		dst = appendBytes(append(dst, `,"opcode":"binary"`...), ev.Payload, j.Pass)
	} else {
		dst = appendText(append(dst, `,"opcode":"text"`...), ev.Payload, j.Pass)
	}
	dst = appendLength(dst, ev.Payload)
	if ev.More {
		dst = append(dst, `,"more":true`...)
	}
	if ev.Auto {
		dst = append(dst, `,"auto":true`...)
	}
	return appendAlive(dst, ev)
}

func (j *JSON) pong(dst []byte, ev *session.Event) []byte {
	dst = appendData(appendDir(j.begin(dst, "pong", ev.Time), ev.Dir), ev.Payload)
	if ev.RTT != 0 {
		dst = appendSeconds(append(dst, `,"rtt":`...), ev.RTT, 9)
	}
	return appendAlive(dst, ev)
}

// appendAlive says of a ping or a pong that it is one of --ping-interval, of a message that it is a
// heartbeat.
func appendAlive(dst []byte, ev *session.Event) []byte {
	if ev.Alive {
		dst = append(dst, `,"keepalive":true`...)
	}
	return dst
}

func (j *JSON) end(dst []byte, ev *session.Event) []byte {
	dst = j.begin(dst, "end", ev.Time)
	if ev.End == nil {
		return dst
	}
	return appendEnd(dst, ev.End)
}

func appendEnd(dst []byte, end *session.End) []byte {
	dst = appendMember(dst, "cause", causeWord(end.Cause))
	dst = appendBool(dst, "by_us", end.ByUs)
	dst = strconv.AppendUint(append(dst, `,"sent":`...), uint64(end.Sent), 10)
	dst = appendBool(dst, "received", end.Received)
	dst = appendCode(dst, end.Code, end.Reason)
	return appendCause(dst, end.Err)
}

// causeWords are the words for the causes of an end, by their number.
var causeWords = [...]string{
	session.CauseClosed:   "closed",
	session.CauseBroken:   "broken",
	session.CauseProtocol: "protocol",
	session.CauseTooBig:   "too_big",
	session.CauseTimeout:  "timeout",
	session.CauseDropped:  "dropped",
}

func causeWord(c session.Cause) string {
	if c > 0 && int(c) < len(causeWords) {
		return causeWords[c]
	}
	return "unknown"
}
