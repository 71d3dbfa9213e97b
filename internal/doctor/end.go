package doctor

import (
	"errors"
	"fmt"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/plural"
	"wsline/internal/wire"
	"wsline/session"
)

// An endError is a connection that did not end well.
type endError struct{ End *session.End }

func (e *endError) Error() string { return e.Fault().Message }

// Fault is how it ended, and what to try.
func (e *endError) Fault() exit.Fault { return EndFault(e.End) }

// Ended is the error of an end, nil of one that went well: closed by us, or by the peer with
// 1000, 1001 or no code at all. Whether all was sent before is not its business.
func Ended(end *session.End) error {
	if end == nil || EndFault(end).Code == exit.OK {
		return nil
	}
	return &endError{end}
}

// An UnsentError is a connection that ended well before all of the input was sent.
type UnsentError struct{ End *session.End }

func (e *UnsentError) Error() string { return e.Fault().Message }

// Fault is that of a Close frame that came too early.
func (e *UnsentError) Fault() exit.Fault {
	who, reason := "the connection was closed", ""
	if isClosedByServer(e.End) {
		who, reason = closedByServer(e.End), reasonText(e.End)
	}
	return exit.Fault{
		Code: exit.Closed, Message: who + " before all of the input was sent" + reason,
	}
}

// EndReason is why a connection ended that we did not end, also when it ended well.
func EndReason(end *session.End) exit.Fault {
	f := EndFault(end)
	if f.Message == "" && isClosedByServer(end) {
		f.Message = closedByServer(end) + reasonText(end)
	}
	return f
}

func isClosedByServer(end *session.End) bool {
	return end != nil && end.Cause == session.CauseClosed && !end.ByUs
}

// EndFault is what the end of a connection means; its code is 0 for one that ended well.
func EndFault(end *session.End) exit.Fault {
	switch end.Cause {
	case session.CauseClosed:
		return describeClosed(end)
	case session.CauseProtocol:
		if f, ok := httpFault(end.Err); ok {
			return f
		}
		return describeProtocol(end)
	case session.CauseTooBig:
		return exit.Fault{Message: tooBigText(end.Err), Code: exit.Broken,
			Hint: "--max-message SIZE takes larger ones, --max-message 0 any"}
	case session.CauseTimeout:
		return describeLate(end)
	case session.CauseDropped:
		return exit.Fault{Code: exit.OK}
	}
	return described(end, exit.Broken)
}

// described is an end with its cause and its hint.
func described(end *session.End, code int) exit.Fault {
	row := endingOf(end)
	f := exit.Fault{Code: code, Message: endText(end, row)}
	if row.hint != nil {
		f.Hint = row.hint(end)
	}
	return f
}

// endText is how a connection ended, and the cause.
func endText(end *session.End, row ending) string {
	text := brokenText(end.Err) + " (1006)"
	if end.Cause == session.CauseClosed {
		text = closedByServer(end)
	}
	if row.after != nil {
		if after := row.after(end); after != "" {
			text += " " + after
		}
	}
	text += reasonText(end)
	if row.cause != nil {
		text = joined(text, row.cause(end))
	}
	return text
}

// joined are parts of a line, each of which says something for itself. A peer's words may end like a
// sentence, or as if more came.
func joined(parts ...string) string {
	var b strings.Builder
	for i, part := range parts {
		if i < len(parts)-1 {
			part = strings.TrimRight(part, " .,:;") + "; "
		}
		b.WriteString(part)
	}
	return b.String()
}

// describeProtocol is for a peer that broke the protocol, which may have said why it went before: NATS
// sends 1006, which nobody may send.
func describeProtocol(end *session.End) exit.Fault {
	f := exit.Fault{Code: exit.Broken,
		Message: "the server broke the protocol: " + causeText(end.Err)}
	if said := saidBefore(end); said != "" {
		f.Message = joined(f.Message, said)
	}
	if strings.HasPrefix(end.Last, "-ERR 'Stale Connection'") {
		f.Hint = "NATS' own PING, which is a message, wants the answer PONG (--eol crlf)"
	}
	return f
}

// describeLate is for a peer that was waited for in vain.
func describeLate(end *session.End) exit.Fault {
	f := exit.Fault{Code: exit.Timeout, Message: "the server did not answer the Close frame in time"}
	switch {
	case errors.Is(end.Err, session.ErrPongTimeout):
		f.Message, f.Hint = "the server did not answer a ping in time", "--ping-timeout TIME waits longer"
	case errors.Is(end.Err, session.ErrHeartbeatTimeout):
		f.Message = "the server did not answer a heartbeat in time"
		f.Hint = "--heartbeat-interval TIME waits longer, and --frames shows what came"
	}
	f.Message += unheardText(end.Unheard)
	return f
}

// unheardText says how much may not have arrived, for all that is known.
func unheardText(messages int64) string {
	switch messages {
	case 0:
		return ""
	case 1:
		return "; 1 message was sent since the last sign of life"
	}
	return fmt.Sprintf("; %d messages were sent since the last sign of life", messages)
}

func brokenText(err error) string {
	switch {
	case err == nil, errors.Is(err, session.ErrNoClose):
		return "the connection broke: no Close frame came"
	case errors.Is(err, session.ErrMidMessage):
		return "the connection broke in the middle of a message"
	case errors.Is(err, session.ErrReset):
		return "the connection broke: the server reset it"
	}
	return "the connection broke: " + err.Error()
}

// tooBigText writes the limit as it is written for --max-message.
func tooBigText(err error) string {
	var big *session.TooBigError
	if !errors.As(err, &big) {
		return causeText(err)
	}
	return "a message is larger than the limit of " + plural.Size(big.Limit)
}

func causeText(err error) string {
	if err == nil {
		return "unknown"
	}
	return err.Error()
}

// describeClosed is for a closing handshake. When we began it, the peer echoes our code (RFC 6455 §5.5.1);
// an error code in place of that is its answer to what was sent.
func describeClosed(end *session.End) exit.Fault {
	if normal(end.Code) || end.ByUs && (end.Code == end.Sent || !end.Received) {
		return exit.Fault{Code: exit.OK}
	}
	return described(end, exit.Closed)
}

func reasonText(end *session.End) string {
	if end.Reason == "" {
		return ""
	}
	return ": " + end.Reason
}

func closedByServer(end *session.End) string {
	if end.Code == wire.StatusNoStatusRcvd {
		return "the server closed the connection without a code"
	}
	text := fmt.Sprintf("the server closed the connection with %d", end.Code)
	if end.ByUs {
		text = fmt.Sprintf("the server answered our Close with %d", end.Code)
	}
	if name := end.Code.NameFor(end.Reason); name != "" {
		text += " (" + name + ")"
	}
	return text
}

func normal(code wire.StatusCode) bool { return code == 1000 || code == 1001 || code == 1005 }
