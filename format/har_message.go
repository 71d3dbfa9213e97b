package format

import (
	"strconv"
	"time"
	"unicode/utf8"

	"wsline/internal/wire"
	"wsline/session"
)

// appendEpoch appends a time as seconds since 1970.
func appendEpoch(dst []byte, at time.Time) []byte {
	micros := at.UnixMicro()
	if micros < 0 {
		return append(dst, '0')
	}
	dst = append(strconv.AppendInt(dst, micros/1e6, 10), '.')
	rest := strconv.FormatInt(micros%1e6+1e6, 10)
	return append(dst, rest[1:]...)
}

// appendHARMessage appends a message, up to the brace that ends it.
func appendHARMessage(dst []byte, ev *session.Event, length int64, pass Pass) []byte {
	dst = appendHARType(dst, ev)
	if ev.Opcode == wire.OpBinary {
		dst = pass.base64(append(dst, `,"opcode":2,"data":"`...), ev.Payload)
	} else {
		if !utf8.Valid(ev.Payload) { // as it may be in an archive that is read
			pass = nil
		}
		dst = pass.string(append(dst, `,"opcode":1,"data":"`...), ev.Payload)
	}
	dst = append(dst, '"')
	if length > int64(len(ev.Payload)) {
		dst = appendInt(dst, "_length", length)
	}
	return appendAlive(dst, ev)
}

func appendHARType(dst []byte, ev *session.Event) []byte {
	dst = append(dst, `{"type":"receive","time":`...)
	if ev.Dir == session.Out {
		dst = append(dst[:len(dst)-len(`receive","time":`)], `send","time":`...)
	}
	return appendEpoch(dst, ev.Time)
}

// appendHARError appends what went wrong, as the developer tools have it among the messages, up to
// the brace that ends it.
func appendHARError(dst []byte, at time.Time, text string) []byte {
	dst = appendEpoch(append(dst, `{"type":"error","time":`...), at)
	return appendString(append(dst, `,"opcode":-1,"data":`...), []byte(text))
}

// appendHARControl appends a control frame.
func appendHARControl(dst []byte, ev *session.Event) []byte {
	dst = appendHARType(dst, ev)
	switch ev.Kind {
	case session.KindClose:
		dst = appendCode(append(dst, `,"opcode":8`...), ev.Code, ev.Reason)
	case session.KindPing:
		dst = appendAlive(appendText(append(dst, `,"opcode":9`...), ev.Payload, nil), ev)
	case session.KindPong:
		dst = appendText(append(dst, `,"opcode":10`...), ev.Payload, nil)
		if ev.RTT != 0 {
			dst = appendSeconds(append(dst, `,"rtt":`...), ev.RTT, 9)
		}
		dst = appendAlive(dst, ev)
	}
	return append(dst, '}')
}
