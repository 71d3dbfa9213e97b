package redact

import (
	"errors"
	"maps"
	"net/url"
	"unicode/utf8"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

// Event is an event without the values, the event itself where there is nothing to hide: so
// whatever lays it out or cuts it finds none. Sizes that a frame's header tells are those that were
// on the wire.
//
// A frame that does not hold all of an uncompressed message has no payload, as a part of a value
// could stand in it; the message has its own event.
func (r *Redactor) Event(ev *session.Event) *session.Event {
	if r == nil || ev.Kind == session.KindIdle {
		return ev
	}
	shown := *ev
	isCut := ev.More || ev.Kind != session.KindMessage && isFull(len(ev.Payload))
	shown.Payload = r.hideBytes(ev.Payload, isCut)
	shown.Reason, shown.Text = r.HideControl(ev.Reason), r.Hide(ev.Text)
	shown.Handshake, shown.Frame = r.Handshake(ev.Handshake), r.frame(ev.Frame)
	shown.End = r.end(ev.End)
	return &shown
}

// HideControl is Hide for the data of a ping or a pong, or the reason of a Close frame: what is as
// long as it may be (RFC 6455 §5.5) may have been cut by its sender.
func (r *Redactor) HideControl(text string) string {
	if isFull(len(text)) {
		return r.HideEnd(r.Hide(text))
	}
	return r.Hide(text)
}

// isFull says whether a control frame with that much data had no room for another character.
func isFull(size int) bool { return size > wire.MaxControlPayload-2-utf8.UTFMax }

// hideBytes hides values in a payload, also one that the end has cut.
func (r *Redactor) hideBytes(p []byte, isCut bool) []byte {
	text := r.Hide(string(p))
	if isCut {
		text = r.HideEnd(text)
	}
	if text == string(p) {
		return p
	}
	return []byte(text)
}

func (r *Redactor) frame(f *session.Frame) *session.Frame {
	if f == nil {
		return nil
	}
	shown := *f
	h := &f.Header
	if h.RSV1 || !h.Fin || h.Opcode == wire.OpContinuation {
		shown.Payload = nil
		return &shown
	}
	isCut := int64(len(f.Payload)) < h.Length || h.Opcode.IsControl() && isFull(len(f.Payload))
	shown.Payload = r.hideBytes(f.Payload, isCut)
	return &shown
}

func (r *Redactor) end(e *session.End) *session.End {
	if e == nil {
		return nil
	}
	shown := *e
	shown.Reason = r.HideControl(e.Reason)
	shown.Last = r.HideCut(e.Last)
	shown.Before.Handshake = r.Handshake(e.Before.Handshake)
	if http := (*session.HTTPError)(nil); errors.As(e.Err, &http) {
		shown.Err = &session.HTTPError{Status: r.Hide(http.Status), Body: r.HideCut(http.Body)}
	} else if e.Err != nil {
		if text := r.HideCut(e.Err.Error()); text != e.Err.Error() {
			shown.Err = errors.New(text)
		}
	}
	return &shown
}

// Handshake is a handshake without the values.
func (r *Redactor) Handshake(h *dial.Handshake) *dial.Handshake {
	if h == nil || r == nil {
		return h
	}
	shown := *h
	shown.URL, shown.Proxy = r.url(h.URL), r.url(h.Proxy)
	shown.Request, shown.Response = r.hideBytes(h.Request, false), r.hideBytes(h.Response, false)
	shown.Header = maps.Clone(h.Header)
	for name, values := range h.Header {
		delete(shown.Header, name)
		shown.Header[r.Hide(name)] = r.hideAll(values)
	}
	shown.OfferedProtocols = r.hideAll(h.OfferedProtocols)
	shown.OfferedExtensions, shown.Extensions = r.Hide(h.OfferedExtensions), r.Hide(h.Extensions)
	shown.Subprotocol = r.Hide(h.Subprotocol)
	return &shown
}

func (r *Redactor) hideAll(texts []string) []string {
	var shown []string
	for _, text := range texts {
		shown = append(shown, r.Hide(text))
	}
	return shown
}

// url is a URL without the values; where what is left is none, nothing of it.
func (r *Redactor) url(u *url.URL) *url.URL {
	if u == nil {
		return nil
	}
	text := u.String()
	hidden := r.Hide(text)
	if hidden == text {
		return u
	}
	if shown, err := url.Parse(hidden); err == nil {
		return shown
	}
	return &url.URL{Scheme: u.Scheme, Host: "hidden"}
}
