package wire

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// StatusCode is a close code (RFC 6455 §7.4). The ones named here are IANA's registry of WebSocket
// close codes from 1000 to 1015.
type StatusCode uint16

const (
	StatusNormalClosure           StatusCode = 1000
	StatusGoingAway               StatusCode = 1001
	StatusProtocolError           StatusCode = 1002
	StatusUnsupportedData         StatusCode = 1003
	StatusNoStatusRcvd            StatusCode = 1005 // never on the wire: a Close frame without a code
	StatusAbnormalClosure         StatusCode = 1006 // never on the wire: no Close frame came
	StatusInvalidFramePayloadData StatusCode = 1007
	StatusPolicyViolation         StatusCode = 1008
	StatusMessageTooBig           StatusCode = 1009
	StatusMandatoryExtension      StatusCode = 1010
	StatusInternalError           StatusCode = 1011
	StatusServiceRestart          StatusCode = 1012
	StatusTryAgainLater           StatusCode = 1013
	StatusBadGateway              StatusCode = 1014
	StatusTLSHandshake            StatusCode = 1015 // never on the wire: TLS could not be set up
)

// Name returns what c means, such as "going away", by IANA's registry; "" for a code that it does not
// name, such as those of 4000 to 4999, which mean what the two ends agree on (RFC 6455 §7.4.2).
func (c StatusCode) Name() string {
	switch c {
	case StatusNormalClosure:
		return "normal closure"
	case StatusGoingAway:
		return "going away"
	case StatusProtocolError:
		return "protocol error"
	case StatusUnsupportedData:
		return "unsupported data"
	case StatusNoStatusRcvd:
		return "no status received"
	case StatusAbnormalClosure:
		return "abnormal closure"
	case StatusInvalidFramePayloadData:
		return "invalid frame payload data"
	case StatusPolicyViolation:
		return "policy violation"
	case StatusMessageTooBig:
		return "message too big"
	case StatusMandatoryExtension:
		return "mandatory extension"
	case StatusInternalError:
		return "internal error"
	case StatusServiceRestart:
		return "service restart"
	case StatusTryAgainLater:
		return "try again later"
	case StatusBadGateway:
		return "bad gateway"
	case StatusTLSHandshake:
		return "TLS handshake"
	case 3000: // this and the next two are registered with IANA
		return "unauthorized"
	case 3003:
		return "forbidden"
	case 3008:
		return "timeout"
	}
	return ""
}

// NameFor is the Name beside a reason: that of a code from 3000 on only where the reason does not say
// something else, as such codes were in use before they were registered.
func (c StatusCode) NameFor(reason string) string {
	name := c.Name()
	if c < 3000 || reason == "" || strings.Contains(strings.ToLower(reason), name) {
		return name
	}
	return ""
}

// OnWire reports whether c may stand in a Close frame: 1000 to 1003, 1007 to 1014 and 3000 to 4999
// (RFC 6455 §7.4.1, §7.4.2 and IANA's registry).
func (c StatusCode) OnWire() bool {
	switch {
	case c >= StatusNormalClosure && c <= StatusUnsupportedData:
		return true
	case c >= StatusInvalidFramePayloadData && c <= StatusBadGateway:
		return true
	}
	return c >= 3000 && c <= 4999
}

// AppendClose appends the payload of a Close frame (RFC 6455 §5.5.1) and returns the longer slice.
// With code 0 there is neither a code nor a reason. Any code is written, also one that may not
// stand there; a payload that fits in a frame has a reason of at most 123 bytes.
func AppendClose(dst []byte, code StatusCode, reason string) []byte {
	if code == 0 {
		return dst
	}
	dst = append(dst, byte(code>>8), byte(code))
	return append(dst, reason...)
}

// ParseClose parses the payload of a Close frame (RFC 6455 §5.5.1). An empty one is
// StatusNoStatusRcvd. Its errors are *Error: 1002 for half a code and for a code that may not stand
// there, 1007 for a reason that is not UTF-8; the code and the reason are returned beside the error
// as far as they are there.
func ParseClose(p []byte) (code StatusCode, reason string, err error) {
	switch len(p) {
	case 0:
		return StatusNoStatusRcvd, "", nil
	case 1:
		return 0, "", broken("RFC 6455 §5.5.1", "close frame with 1 byte of payload")
	}
	code, reason = StatusCode(p[0])<<8|StatusCode(p[1]), string(p[2:])
	if !code.OnWire() {
		return code, reason, broken("RFC 6455 §7.4",
			fmt.Sprintf("close frame with the code %d", code))
	}
	if !utf8.ValidString(reason) {
		return code, reason, &Error{
			Code:    StatusInvalidFramePayloadData,
			Section: "RFC 6455 §8.1",
			Text:    "close reason that is not UTF-8",
		}
	}
	return code, reason, nil
}
