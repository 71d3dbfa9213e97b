package doctor

import (
	"fmt"
	"strings"

	"wsline/internal/wire"
	"wsline/session"
)

// EndHint is what is known of a connection that the peer ended beside how it ended, and what to try; ""
// for nothing.
func EndHint(e *session.End) string {
	if e == nil || e.ByUs && normal(e.Code) {
		return ""
	}
	row := endingOf(e)
	var parts []string
	for _, part := range []func(*session.End) string{row.after, row.cause, row.hint} {
		if part == nil {
			continue
		}
		if text := part(e); text != "" {
			parts = append(parts, text)
		}
	}
	return joined(parts...)
}

// EndNotice is a line about a connection that the peer ended well, where that is not all that can be said:
// it went away, or was idle, or left the last message without an answer. "" for nothing.
func EndNotice(e *session.End) string {
	if !isClosedByServer(e) || !normal(e.Code) {
		return ""
	}
	row := endingOf(e)
	told := e.Code == wire.StatusGoingAway || row.told ||
		e.Code == wire.StatusNoStatusRcvd && e.Unanswered > 0
	if !told {
		return ""
	}
	text := endText(e, row)
	if e.Unanswered > 0 && row.name != "idle" {
		text = joined(text, unansweredText(e.Unanswered))
	}
	if row.hint != nil && row.hint(e) != "" {
		text = joined(text, row.hint(e))
	}
	return text
}

// SilenceNotice is a line about a connection that we left while text messages of ours were without an
// answer, and the peer seems to wait for the end of a line; "" for nothing.
func SilenceNotice(e *session.End) string {
	if e == nil || !e.ByUs || e.MessagesOut == e.Binary {
		return ""
	}
	isGreeting := e.MessagesIn == 1 && strings.HasPrefix(e.Last, "INFO {") // whenever it came
	switch {
	case isGreeting:
		return "nothing came in answer: NATS wants lines that end in CRLF, which --eol crlf adds"
	case e.Unanswered == 0:
		return ""
	case speaks(e, "v1") && strings.HasSuffix(e.Handshake.Subprotocol, ".stomp"):
		return "nothing came in answer: STOMP's frames end in NUL, which --eol nul adds"
	case strings.HasSuffix(e.Last, "\r\n"):
		return "nothing came in answer: what the server sent ends in CRLF, which --eol crlf adds"
	}
	return ""
}

func unansweredText(messages int64) string {
	if messages == 1 {
		return "the last message had no answer"
	}
	return fmt.Sprintf("the last %d messages had no answer", messages)
}
