package format

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsline/internal/dial"
	"wsline/internal/hide"
	"wsline/internal/plural"
)

// HandshakeStyle is how a handshake looks. The zero value is plain text without secrets.
type HandshakeStyle struct {
	Color   bool
	Secrets bool       // shown, and not hidden as hide.Field and hide.URL do
	Now     time.Time  // to which a certificate is valid for some days; zero: this is not told
	Wrap    func() int // as that of a Style
	Bare    bool       // without "* " and colour, for Talk.Status, which has its own
}

// Handshake appends all that is known of how a connection was opened, or failed to: what was
// connected to, the request and the response as they were on the wire, and what they agreed on.
//
//	> GET /chat HTTP/1.1
//	< HTTP/1.1 101 Switching Protocols
//	* timings: TCP 0.3ms, upgrade 3ms, total 3.4ms
//
// What was not reached is left out. Every line is safe for a terminal and ends with a line feed. A
// nil Handshake is nothing.
func Handshake(dst []byte, h *dial.Handshake, style HandshakeStyle) []byte {
	if h == nil {
		return dst
	}
	from := len(dst)
	p := &shakePrinter{dst: dst, h: h, style: style, pal: NewPalette(style.Color && !style.Bare)}
	p.places()
	p.tls()
	p.head(p.pal.Out, ">", requestHead(h, style.Secrets))
	p.head(p.pal.In, "<", responseHead(h, style.Secrets))
	p.accept()
	p.subprotocol()
	p.extensions()
	p.timings()
	return Wrap(p.dst, from, style.Wrap)
}

// A shakePrinter prints one handshake.
type shakePrinter struct {
	dst   []byte
	h     *dial.Handshake
	style HandshakeStyle
	pal   Palette
}

// line appends "* text" in the colour.
func (p *shakePrinter) line(paint Paint, text string) {
	if !p.style.Bare {
		p.dst = append(p.pal.Status.Append(p.dst, "*"), ' ')
	}
	p.dst = append(p.dst, paint.open...)
	p.dst = Escape(p.dst, []byte(text), false)
	p.dst = append(append(p.dst, paint.end...), '\n')
}

func (p *shakePrinter) status(text string) { p.line(p.pal.Status, text) }

// places tells what was connected to.
func (p *shakePrinter) places() {
	h := p.h
	if h.URL != nil {
		url := hide.URL(h.URL)
		if p.style.Secrets {
			url = h.URL.String()
		}
		p.status("URL: " + url)
	}
	if h.Proxy != nil {
		proxy := hide.URL(h.Proxy)
		if p.style.Secrets {
			proxy = h.Proxy.String()
		}
		p.status("proxy: " + proxy)
	}
	switch {
	case h.Remote == nil:
	case h.Remote.Network() == "unix":
		p.status("address: the socket " + h.Remote.String())
	case h.Proxy != nil:
		p.status("address: " + h.Remote.String() + ", the proxy's")
	default:
		p.status("address: " + h.Remote.String())
	}
}

// requestHead is the request as it may be shown.
func requestHead(h *dial.Handshake, secrets bool) []byte {
	if secrets {
		return h.Request
	}
	return hide.Head(h.Request)
}

// responseHead is the response as it may be shown. It hides more than hide.Head can: a token that was
// offered as a subprotocol, and chosen.
func responseHead(h *dial.Handshake, secrets bool) []byte {
	if secrets {
		return h.Response
	}
	var head []byte
	for line := range bytes.Lines(hide.Head(h.Response)) {
		name, value, _ := strings.Cut(string(line), ":")
		token := strings.TrimSpace(value)
		if strings.EqualFold(strings.TrimSpace(name), "Sec-WebSocket-Protocol") {
			if i := slices.Index(h.OfferedProtocols, token); i >= 0 && token != "" {
				shown := hide.Protocols(h.OfferedProtocols)[i]
				line = bytes.Replace(line, []byte(token), []byte(shown), 1)
			}
		}
		head = append(head, line...)
	}
	return head
}

// head appends the lines of a request or a response; the empty one at its end is a mark alone.
func (p *shakePrinter) head(paint Paint, mark string, head []byte) {
	for line := range bytes.Lines(head) {
		p.dst = paint.Append(p.dst, mark)
		if line = bytes.TrimSuffix(line, []byte("\n")); len(line) > 0 {
			line = bytes.TrimSuffix(line, []byte("\r"))
		}
		if len(line) > 0 {
			p.dst = Escape(append(p.dst, ' '), line, false)
		}
		p.dst = append(p.dst, '\n')
	}
}

// accept tells how the answer was tied to the question.
func (p *shakePrinter) accept() {
	h := p.h
	if h.Key == "" || h.Accept == "" || !p.answered() && h.AcceptGot == "" {
		return
	}
	p.status("Sec-WebSocket-Accept: " +
		"base64(SHA-1(key + 258EAFA5-E914-47DA-95CA-C5AB0DC85B11)), RFC 6455 §4.2.2")
	p.status("  key: " + h.Key)
	p.status("  expected: " + h.Accept)
	switch h.AcceptGot {
	case h.Accept:
		p.status("  received: " + h.AcceptGot + ", they agree")
	case "":
		p.line(p.pal.Error, "  received: none")
	default:
		p.line(p.pal.Error, "  received: "+h.AcceptGot+", they do not agree")
	}
}

// answered reports whether the answer is one that chooses subprotocols and extensions.
func (p *shakePrinter) answered() bool { return p.h.Status == 101 }

func (p *shakePrinter) subprotocol() {
	h := p.h
	if len(h.OfferedProtocols) == 0 && h.Subprotocol == "" {
		return
	}
	offered := h.OfferedProtocols
	if !p.style.Secrets {
		offered = hide.Protocols(offered)
	}
	p.chosen("subprotocol", strings.Join(offered, ", "), subprotocol(h, p.style.Secrets))
}

// chosen tells what was offered, and what the server chose of it.
func (p *shakePrinter) chosen(what, offered, chosen string) {
	if offered == "" {
		offered = "none"
	}
	p.status(what + " offered: " + offered)
	switch {
	case chosen != "":
		p.status(what + " chosen: " + chosen)
	case p.answered():
		p.status(what + " chosen: none")
	}
}

func (p *shakePrinter) extensions() {
	h := p.h
	if h.OfferedExtensions == "" && h.Extensions == "" {
		return
	}
	p.chosen("extension", h.OfferedExtensions, h.Extensions)
	for extension := range strings.SplitSeq(h.Extensions, ",") {
		name, params, _ := strings.Cut(extension, ";")
		if strings.TrimSpace(name) != "permessage-deflate" {
			continue
		}
		for param := range strings.SplitSeq(params, ";") {
			param = strings.TrimSpace(param)
			if text := deflateText(param); text != "" {
				p.status("  " + param + ": " + text)
			}
		}
	}
}

// deflateText explains a parameter of permessage-deflate.
func deflateText(param string) string {
	name, value, _ := strings.Cut(param, "=")
	value = strings.Trim(strings.TrimSpace(value), `"`)
	switch strings.TrimSpace(name) {
	case "server_no_context_takeover":
		return "the server compresses each message on its own, RFC 7692 §7.1.1.1"
	case "client_no_context_takeover":
		return "we compress each message on its own, RFC 7692 §7.1.1.2"
	case "server_max_window_bits":
		return "the server looks back at most " + windowText(value) + ", RFC 7692 §7.1.2.1"
	case "client_max_window_bits":
		return "we look back at most " + windowText(value) + ", RFC 7692 §7.1.2.2"
	}
	return ""
}

// windowText is the size of a window of so many bits, 8 to 15.
func windowText(bits string) string {
	n, err := strconv.ParseUint(bits, 10, 4)
	switch {
	case err != nil || n < 8:
		return "2^" + bits + " bytes"
	case n < 10:
		return strconv.Itoa(1<<n) + " bytes"
	}
	return strconv.Itoa(1<<(n-10)) + " KiB"
}

func (p *shakePrinter) timings() {
	t := &p.h.Timings
	var parts []string
	for _, part := range []struct {
		name string
		took time.Duration
	}{
		{"DNS", t.DNS}, {"TCP", t.TCP}, {"proxy", t.Proxy}, {"TLS", t.TLS},
		{"upgrade", t.Upgrade}, {"total", t.Total},
	} {
		if part.took > 0 {
			parts = append(parts, part.name+" "+plural.Rounded(part.took).String())
		}
	}
	if len(parts) > 0 {
		p.status("timings: " + strings.Join(parts, ", "))
	}
}
