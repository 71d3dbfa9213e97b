package examine

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/internal/doctor"
	"wsline/internal/exit"
	"wsline/internal/hide"
	"wsline/session"
)

// An outcome is what came of a connection.
type outcome struct {
	err   error              // why there was no upgrade
	shake *dial.Handshake    // of an upgrade
	end   *session.End       // of one that was over soon; nil: it was still open
	http  *session.HTTPError // what came in the place of frames, nil: frames
	spoke bool               // a message came, or a ping
	took  time.Duration      // until there was nothing to wait for any more
}

// refusal is why there was no upgrade, nil for other errors and for an upgrade.
func (o *outcome) refusal() *dial.Error {
	var e *dial.Error
	if o == nil || !errors.As(o.err, &e) {
		return nil
	}
	return e
}

// status is that of an answer which refuses, 0 for none.
func (o *outcome) status() int {
	if e := o.refusal(); e != nil && e.Reason == dial.ReasonStatus {
		return e.Status
	}
	return 0
}

// isIn reports whether the connection was let in, and to stay: a server that only says something and
// goes is one too.
func (o *outcome) isIn() bool {
	return o.err == nil && (o.end == nil || o.spoke && o.code() == exit.OK)
}

// isMute reports whether nothing came after an upgrade without a subprotocol: some servers speak
// with nobody who has none.
func (o *outcome) isMute() bool {
	return o.isIn() && !o.spoke && len(o.shake.OfferedProtocols) == 0
}

// code is the exit code of such a connection.
func (o *outcome) code() int {
	switch {
	case o.err != nil:
		return exit.FaultOf(o.err).Code
	case o.end != nil:
		return doctor.EndFault(o.end).Code
	}
	return exit.OK
}

// closedWith reports whether the server closed with one of these codes at once.
func (o *outcome) closedWith(codes ...int) bool {
	return o.end != nil && o.end.Received && slices.Contains(codes, int(o.end.Code))
}

// isDropped reports whether TCP ended without a word, in the place of an answer or right after it.
func (o *outcome) isDropped() bool {
	e := o.refusal()
	return e != nil && e.Reason == dial.ReasonBroken && e.Got == "" ||
		o.end != nil && o.end.Cause == session.CauseBroken
}

// isSilent reports whether TCP was open and nothing came.
func (o *outcome) isSilent() bool {
	e := o.refusal()
	return e != nil && e.Reason == dial.ReasonLateUpgrade
}

// isLibrarys reports whether a refusal is that of a WebSocket library, which names its version
// (RFC 6455 §4.4) also when it is ours.
func (o *outcome) isLibrarys() bool {
	e := o.refusal()
	return e != nil && e.Status/100 == 4 && e.Header.Get("Sec-WebSocket-Version") != ""
}

// showsTLS reports whether a port speaks TLS, but its certificate is not acceptable here, or ours not
// there.
func (o *outcome) showsTLS() bool {
	e := o.refusal()
	return e != nil && e.Reason >= dial.ReasonCertUnknown && e.Reason <= dial.ReasonClientCert
}

// reason is what was said to a person: the reason phrase and the body of an answer, the reason of a
// Close frame.
func (o *outcome) reason() string {
	switch {
	case o.http != nil:
		return o.http.Status + "\n" + o.http.Body
	case o.end != nil:
		return o.end.Reason
	}
	e := o.refusal()
	if e == nil || e.Handshake == nil {
		return ""
	}
	line, _, _ := strings.Cut(string(e.Handshake.Response), "\n")
	return line + "\n" + string(e.Body)
}

// says is all that was said: the head and the body of an answer, the reason of a Close frame.
func (o *outcome) says() string {
	if o == nil {
		return ""
	}
	text, shake := o.reason(), o.shake
	if e := o.refusal(); e != nil {
		shake = e.Handshake
	}
	if shake != nil {
		text += "\n" + string(shake.Response)
	}
	return text
}

// text is an outcome in a few words, on one line and safe to print.
func (o *outcome) text() string {
	return string(format.Escape(nil, []byte(o.words()), false))
}

func (o *outcome) words() string {
	e := o.refusal()
	switch {
	case o.err == nil:
		return o.openedText()
	case e == nil:
		return exit.FaultOf(o.err).Message
	case e.Reason == dial.ReasonStatus:
		return strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
	case e.Reason == dial.ReasonRedirect:
		return fmt.Sprintf("%d, to %q", e.Status, hide.URLText(e.Location))
	case o.isDropped():
		return "TCP end without an answer"
	case e.Reason == dial.ReasonLateUpgrade:
		return "no answer within " + o.took.Truncate(100*time.Millisecond).String()
	}
	return doctor.Text(e)
}

// openedText is what came after an upgrade.
func (o *outcome) openedText() string {
	switch {
	case o.http != nil:
		return "let in, then HTTP: " + o.http.Status
	case o.end == nil:
		return "let in"
	case o.end.Received && o.end.Code == 1005:
		return "let in, then closed without a code"
	case o.end.Received:
		text := fmt.Sprintf("let in, then closed with %d %s", o.end.Code, o.end.Reason)
		return strings.TrimSpace(text)
	case o.isDropped():
		return "let in, then TCP end without a Close"
	}
	return "let in, then " + doctor.EndFault(o.end).Message
}
