package format

import (
	"cmp"
	"encoding/base64"
	"net"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wsline/format/har"
	"wsline/internal/dial"
	"wsline/internal/hide"
	"wsline/internal/lazy"
)

// harHead is what an archive begins with.
func harHead(program string) []byte {
	name, version, _ := strings.Cut(program, " ")
	dst := appendString([]byte(`{"log":{"version":"1.2","creator":{"name":`), []byte(name))
	dst = appendMember(dst, "version", version)
	return append(dst, `},"pages":[],"entries":[`...)
}

// harFoot is what an archive ends with.
const harFoot = "\n]}}\n"

// harEntryOf is the entry of a handshake that ended at a time, without its messages.
func harEntryOf(at time.Time, h *dial.Handshake, secrets bool) *har.Entry {
	e := &har.Entry{
		StartedDateTime: har.Text(appendTime(nil, at.Add(-h.Timings.Total))),
		Time:            millis(h.Timings.Total),
		Request:         harRequest(h, secrets),
		Response:        harResponse(h, secrets),
		Timings:         harTimings(&h.Timings),
		ResourceType:    "websocket",
	}
	// Of a connection through a proxy the address is the proxy's, and HAR wants the server's.
	if addr, ok := h.Remote.(*net.TCPAddr); ok && h.Proxy == nil {
		port := addr.AddrPort()
		e.ServerIPAddress = har.Text(port.Addr().Unmap().WithZone("").String())
		e.Connection = har.Text(strconv.Itoa(int(port.Port())))
	}
	return e
}

// harFailureOf is the entry of a connection that could not be opened.
func harFailureOf(at time.Time, f *Failure, secrets bool) *har.Entry {
	e := harEntryOf(at, f.Handshake, secrets)
	r := &e.Response
	if r.Error = har.Text(f.Cause); f.Foreign {
		r.Error, r.FailureText = "", r.Error
	}
	if location := f.Handshake.Header.Get("Location"); location != "" {
		if !secrets {
			location = hide.URLText(location)
		}
		r.RedirectURL = har.Text(harURL(location))
	}
	if len(f.Body) == 0 {
		return e
	}
	r.Content.Size, r.BodySize = har.Number(len(f.Body)), har.Number(len(f.Body))
	r.TransferSize += r.BodySize
	if kind := f.Handshake.Header.Get("Content-Type"); kind != "" {
		r.Content.MIMEType = har.Text(kind)
	}
	if r.Content.Text = har.Text(f.Body); !utf8.Valid(f.Body) {
		r.Content.Text = har.Text(base64.StdEncoding.EncodeToString(f.Body))
		r.Content.Encoding = "base64"
	}
	return e
}

func harRequest(h *dial.Handshake, secrets bool) har.Request {
	line, fields := har.ParseHead(requestHead(h, secrets))
	method, rest, _ := strings.Cut(line, " ")
	target, proto := hide.CutVersion(rest)
	address := target
	if h.URL != nil {
		if address = h.URL.String(); !secrets {
			address = hide.URL(h.URL)
		}
	}
	r := har.Request{
		Method: har.Text(cmp.Or(method, "GET")), URL: har.Text(harURL(address)),
		HTTPVersion: har.Text(cmp.Or(proto, "HTTP/1.1")),
		Headers:     fields, QueryString: har.Query(address), HeadersSize: headSize(h.Request),
	}
	if secrets { // otherwise their values are hidden
		r.Cookies = har.Cookies(fields)
	}
	return r
}

func harResponse(h *dial.Handshake, secrets bool) har.Response {
	line, fields := har.ParseHead(responseHead(h, secrets))
	proto, rest, _ := strings.Cut(line, " ")
	_, text, _ := strings.Cut(rest, " ")
	r := har.Response{
		Status: har.Number(h.Status), StatusText: har.Text(text), HTTPVersion: har.Text(proto),
		Headers: fields, Content: har.Content{MIMEType: "x-unknown"},
		HeadersSize: headSize(h.Response), TransferSize: har.Number(len(h.Response)),
	}
	if secrets {
		r.Cookies = har.SetCookies(fields)
	}
	return r
}

// headSize is how long a head was; HAR 1.2 has -1 for one that is not known.
func headSize(head []byte) har.Number {
	if len(head) == 0 {
		return -1
	}
	return har.Number(len(head))
}

// What is hidden in a URL has characters that no URL has (RFC 3986 §2): in an archive they are
// escaped, so that it is still one.
var (
	hiddenParts = strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20")
	hiddenPart  = lazy.Regexp(`%3C([0-9]+)%20(bytes?)%20hidden%3E`)
)

func harURL(address string) string { return hiddenParts.Replace(address) }

// harAddress is what harURL was made of.
func harAddress(s string) string {
	s = strings.Replace(s, "//%3Chidden%3E@", "//<hidden>@", 1)
	return hiddenPart().ReplaceAllString(s, "<$1 $2 hidden>")
}

// harTimings are the parts of the handshake. They add up to the entry's time, but for ssl, which is
// part of connect, and for those that are -1, which were not needed.
func harTimings(t *dial.Timings) har.Timings {
	connect := t.TCP + t.Proxy + t.TLS
	return har.Timings{
		Blocked: needed(t.Total - t.DNS - connect - t.Upgrade), DNS: needed(t.DNS),
		SSL: needed(t.TLS), Connect: needed(connect), Wait: millis(t.Upgrade),
	}
}

func needed(d time.Duration) har.Number {
	if d <= 0 {
		return -1
	}
	return millis(d)
}

// millis is a time span in milliseconds, exact to the nanosecond below some days.
func millis(d time.Duration) har.Number { return har.Number(max(d, 0)) / 1e6 }
