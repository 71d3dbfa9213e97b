package session

import (
	"errors"
	"io"
	"net"
	"time"
	"unicode/utf8"

	"wsline/internal/wire"
)

// lingerTime is how long a connection that we fail is read on, so that our Close frame is not
// overtaken by the reset that unread data would cause.
const lingerTime = time.Second

// closingPatience is how many times the time for a silent peer one may go on sending after our Close
// frame: what it had sent before may take a while to come.
const closingPatience = 60

// Errors of an End that the network or the peer's silence caused.
var (
	ErrNoClose      = errors.New("the connection ended without a Close frame")
	ErrMidMessage   = errors.New("the connection ended in the middle of a message")
	ErrReset        = errors.New("the connection was reset by the peer")
	ErrCloseTimeout = errors.New("no Close frame came in answer to ours")
)

// Close begins the closing handshake and returns at once: nothing of ours leaves after it, what comes
// before the peer's Close frame is still delivered. Code 0 sends no code (and no reason). Any other code
// may be sent; the reason is UTF-8 of at most 123 bytes. It is ErrClosed after the first.
func (s *Session) Close(code wire.StatusCode, reason string) error {
	switch {
	case len(reason) > maxReason:
		return ErrControlTooLong
	case !utf8.ValidString(reason):
		return ErrNotUTF8
	}
	return s.sendClose(code, reason, true)
}

// sendClose sends our Close frame if none was sent; first says that it does not answer the peer's.
func (s *Session) sendClose(code wire.StatusCode, reason string, first bool) error {
	return s.sendCloseFrame(code, reason, first, nil)
}

// sendCloseFrame is sendClose with the bytes of the frame, nil for the usual ones.
func (s *Session) sendCloseFrame(code wire.StatusCode, reason string, first bool, raw []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent != nil {
		return ErrClosed
	}
	if err := s.writeClose(code, reason, raw); err != nil {
		return s.closedError(err)
	}
	s.sent, s.byUs = &code, first && !s.heard
	s.tap.Stall(false)
	go s.watchClosing()
	return nil
}

func (s *Session) writeClose(code wire.StatusCode, reason string, raw []byte) error {
	payload := wire.AppendClose(nil, code, reason)
	if raw != nil {
		return s.tap.WriteRawClose(raw, payload)
	}
	h := wire.Header{Fin: true, Opcode: wire.OpClose, Masked: !s.server}
	return s.tap.WriteControl(h, payload)
}

// closeTimeout is how long the peer may stay silent.
func (s *Session) closeTimeout() time.Duration {
	if s.cfg.CloseTimeout > 0 {
		return s.cfg.CloseTimeout
	}
	return defaultCloseTimeout
}

// hear notes that the peer's Close frame came.
func (s *Session) hear() {
	s.mu.Lock()
	s.heard = true
	s.mu.Unlock()
}

// answerClose answers the peer's Close frame with its code, unless ours has been sent already.
func (s *Session) answerClose(code wire.StatusCode, reason string) {
	if code == wire.StatusNoStatusRcvd {
		code = 0
	}
	if !s.cfg.AnswerReason {
		reason = ""
	}
	_ = s.sendClose(code, reason, false) // ErrClosed: ours was first
}

// finish ends the connection below and tells how it ended.
func (s *Session) finish(err error, r *reader) *End {
	if s.teller != nil {
		s.teller.release()
	}
	s.mu.Lock() // nothing is started any more that is not waited for
	close(s.over)
	s.mu.Unlock()
	end := &End{Code: wire.StatusAbnormalClosure, Before: r.before()}
	var broken *wire.Error
	var big *TooBigError
	var memory *MemoryError
	var http *HTTPError
	switch {
	case errors.Is(err, errPeerClosed):
		end.Cause, end.Received, end.Code, end.Reason = CauseClosed, true, r.code, r.reason
		_ = s.tap.FlushWithin(s.closeTimeout())
	case errors.As(err, &http):
		end.Cause, end.Err = CauseProtocol, http
		s.failConnection(wire.StatusProtocolError, "HTTP in place of a frame")
	case errors.As(err, &broken):
		end.Cause, end.Err = CauseProtocol, broken
		s.failConnection(broken.Code, broken.Text)
	case errors.As(err, &big):
		end.Cause, end.Err = CauseTooBig, big
		s.failConnection(wire.StatusMessageTooBig, "message too big")
	case errors.As(err, &memory):
		end.Cause, end.Err = CauseTooBig, memory
		s.failConnection(memory.code())
	default:
		if end.Cause, end.Err = s.brokenCause(err); end.Cause != CauseDropped {
			end.Unheard = s.messagesOut.Load() - r.heardAt
		}
	}
	_ = s.tap.Close()
	s.helpers.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	end.ByUs = s.byUs
	if s.sent != nil {
		end.Sent = *s.sent
	}
	s.hideEnd(end)
	return end
}

// brokenCause says why the reading ended when it was neither the peer's Close frame nor a fault of its.
func (s *Session) brokenCause(err error) (Cause, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.dropped:
		return CauseDropped, nil
	case s.late != nil:
		return CauseTimeout, s.late
	case errors.Is(err, io.ErrUnexpectedEOF):
		return CauseBroken, ErrMidMessage
	case errors.Is(err, io.EOF):
		return CauseBroken, ErrNoClose
	case isReset(err):
		return CauseBroken, ErrReset
	}
	return CauseBroken, cause(err)
}

// failConnection is RFC 6455 §7.1.7: our Close frame, then the end, with a moment for the peer to read it.
func (s *Session) failConnection(code wire.StatusCode, reason string) {
	_ = s.sendClose(code, reason, true)
	deadline := time.Now().Add(lingerTime)
	if s.tap.FlushWithin(lingerTime) != nil {
		return
	}
	nc := s.tap.NetConn()
	_ = nc.SetReadDeadline(deadline)
	if half, ok := nc.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	discard := make([]byte, 32<<10)
	for time.Now().Before(deadline) {
		if _, err := nc.Read(discard); err != nil {
			return
		}
	}
}

// watchClosing ends the connection when the peer stays silent after our Close frame: neither does it send,
// while we wait for it, nor does it take what we have sent. A peer that goes on sending, as if no Close
// frame had come, is heard for closingPatience times as long; what we had sent before may still be leaving
// meanwhile. Only the time in which the peer is waited for counts. It ends when the session does.
func (s *Session) watchClosing() {
	limit := s.closeTimeout()
	begun, _, _ := s.tap.Waited()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-timer.C:
		}
		total, silent, untaken := s.tap.Waited()
		passed := total - begun
		left := min(limit-min(silent, passed), closingPatience*limit-min(untaken, passed))
		if left <= 0 {
			s.mu.Lock()
			s.late = ErrCloseTimeout
			s.mu.Unlock()
			s.abort()
			return
		}
		timer.Reset(nextLook(left, limit))
	}
}

// nextLook is after which time to look again when so much of a limit is left. Very little may be left for
// long, while the peer is not waited for.
func nextLook(left, limit time.Duration) time.Duration {
	return max(left, min(limit/100, 10*time.Millisecond))
}

// cause is the innermost error of a chain: the system's own words.
func cause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
