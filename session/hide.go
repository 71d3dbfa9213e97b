package session

import (
	"unicode/utf8"

	"wsline/internal/wire"
)

// hide is a text about the connection, from the peer, as it may be told: see dial.Config.Hide.
func (s *Session) hide(text string, isCut bool) string {
	if by := s.cfg.Dial.Hide; by != nil && !s.server {
		return by(text, isCut)
	}
	return text
}

// hideReason is hide for the reason of a Close frame, which its sender may have cut when there was
// no room for another character (RFC 6455 §5.5).
func (s *Session) hideReason(reason string) string {
	return s.hide(reason, len(reason) > maxReason-utf8.UTFMax)
}

// hideClose is hideReason for the payload of the frame. It is changed in a copy, as the frame is
// still to be answered.
func (s *Session) hideClose(payload []byte) []byte {
	const code = 2 // bytes of it
	if len(payload) <= code {
		return payload
	}
	reason := string(payload[code:])
	shown := s.hideReason(reason)
	if shown == reason {
		return payload
	}
	return append(append([]byte(nil), payload[:code]...), shown...)
}

// hideEnd is an end as it may be told.
func (s *Session) hideEnd(end *End) {
	end.Reason = s.hideReason(end.Reason)
	end.Last = s.hide(end.Last, len(end.Last) == LastPayload)
	if http, ok := end.Err.(*HTTPError); ok {
		end.Err = &HTTPError{
			s.hide(http.Status, false), s.hide(http.Body, len(http.Body) == httpBody),
		}
	}
}

// hideFrame is a frame that came as it may be told; the sizes in its header stay.
func (s *Session) hideFrame(f *Frame) {
	if f.Header.Opcode == wire.OpClose {
		f.Payload = s.hideClose(f.Payload)
	}
}
