package format

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wsline/internal/dial"
)

// The HTTP Archive format 1.2, as Chromium's developer tools write and import it: front_end's
// models/har/Log.ts, HARFormat.ts and Importer.ts. A connection is an entry whose "_resourceType"
// is "websocket"; its messages are "_webSocketMessages", each with "type" ("send" or "receive"),
// "time" (seconds since 1970), "opcode" and "data": text as it is, and base64 for any other opcode,
// as the field payloadData of Network.WebSocketFrame in the DevTools protocol. The rest of what we
// know stands in members that begin with an underscore, as HAR 1.2 asks of custom ones:
//
//	_controlFrames         pings, pongs and Close frames: of a message those that came before
//	                       it, of the entry those after the last message
//	_controlFramesLeftOut  how many of them were too many
//	_end                   how the connection ended
//	_connectionName        which of several connections it is
//	_length                of a message that was cut, how many bytes it had

// harHead is what an archive begins with.
func harHead(program string) []byte {
	name, version, _ := strings.Cut(program, " ")
	dst := appendString([]byte(`{"log":{"version":"1.2","creator":{"name":`), []byte(name))
	dst = appendMember(dst, "version", version)
	return append(dst, `},"pages":[],"entries":[`...)
}

// harFoot is what an archive ends with.
const harFoot = "\n]}}\n"

// appendEntry appends an entry up to the beginning of its messages.
func appendEntry(dst []byte, conn string, number int, at time.Time, h *dial.Handshake,
	secrets bool) []byte {
	if h == nil {
		h = &dial.Handshake{}
	}
	dst = appendTime(append(dst, `{"startedDateTime":"`...), at.Add(-h.Timings.Total))
	dst = appendMillis(append(dst, `","time":`...), h.Timings.Total)
	dst = appendHARRequest(append(dst, `,"request":`...), h, secrets)
	dst = appendHARResponse(append(dst, `,"response":`...), h, secrets)
	dst = appendHARTimings(append(dst, `,"cache":{},"timings":`...), &h.Timings)
	dst = appendMember(dst, "serverIPAddress", addressOf(h.Remote))
	dst = appendMember(dst, "connection", strconv.Itoa(number))
	if conn != "" {
		dst = appendMember(dst, "_connectionName", conn)
	}
	return append(dst, `,"_initiator":{"type":"other"},"_priority":null,`+
		`"_resourceType":"websocket","_webSocketMessages":[`...)
}

func appendHARRequest(dst []byte, h *dial.Handshake, secrets bool) []byte {
	line, fields := harFields(requestHead(h, secrets))
	method, rest, _ := strings.Cut(line, " ")
	target, proto := cutVersion(rest)
	dst = appendString(append(dst, `{"method":`...), []byte(method))
	address := target
	if h.URL != nil {
		if address = h.URL.String(); !secrets {
			address = HideURL(h.URL)
		}
	}
	dst = appendMember(dst, "url", address)
	dst = appendMember(dst, "httpVersion", proto)
	dst = appendPairs(dst, "headers", fields)
	dst = appendPairs(dst, "queryString", queryOf(address))
	dst = appendPairs(dst, "cookies", cookiesOf(fields, secrets))
	dst = appendInt(dst, "headersSize", int64(len(h.Request)))
	return append(dst, `,"bodySize":0}`...)
}

func appendHARResponse(dst []byte, h *dial.Handshake, secrets bool) []byte {
	line, fields := harFields(responseHead(h, secrets))
	proto, rest, _ := strings.Cut(line, " ")
	_, text, _ := strings.Cut(rest, " ")
	dst = strconv.AppendInt(append(dst, `{"status":`...), int64(h.Status), 10)
	dst = appendMember(dst, "statusText", text)
	dst = appendMember(dst, "httpVersion", proto)
	dst = appendPairs(dst, "headers", fields)
	dst = appendPairs(dst, "cookies", setCookiesOf(fields, secrets))
	dst = append(dst, `,"content":{"size":0,"mimeType":"x-unknown"},"redirectURL":""`...)
	dst = appendInt(dst, "headersSize", int64(len(h.Response)))
	dst = appendInt(append(dst, `,"bodySize":0`...), "_transferSize", int64(len(h.Response)))
	return append(dst, `,"_error":null}`...)
}

// harFields takes a head apart as well as it can be.
func harFields(head []byte) (line string, fields []dial.Field) {
	for i, l := range strings.Split(strings.TrimRight(string(head), "\r\n"), "\n") {
		l = strings.TrimSuffix(l, "\r")
		if i == 0 {
			line = l
			continue
		}
		name, value, _ := strings.Cut(l, ":")
		fields = append(fields, dial.Field{Name: name, Value: strings.TrimSpace(value)})
	}
	return line, fields
}

func appendPairs(dst []byte, name string, pairs []dial.Field) []byte {
	dst = append(appendName(dst, name), '[')
	for i, p := range pairs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, `{"name":`...), []byte(p.Name))
		dst = append(appendMember(dst, "value", p.Value), '}')
	}
	return append(dst, ']')
}

// queryOf are a URL's parameters, as they would be read.
func queryOf(address string) (pairs []dial.Field) {
	_, query, _ := strings.Cut(address, "?")
	query, _, _ = strings.Cut(query, "#")
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, dial.Field{Name: unescapeQuery(name), Value: unescapeQuery(value)})
	}
	return pairs
}

// cookiesOf are the cookies of a request, none when their values are hidden.
func cookiesOf(fields []dial.Field, secrets bool) (pairs []dial.Field) {
	for _, f := range fields {
		if !secrets || !strings.EqualFold(f.Name, "Cookie") {
			continue
		}
		cookies, _ := http.ParseCookie(f.Value)
		for _, c := range cookies {
			pairs = append(pairs, dial.Field{Name: c.Name, Value: c.Value})
		}
	}
	return pairs
}

// setCookiesOf are the cookies of a response, none when their values are hidden.
func setCookiesOf(fields []dial.Field, secrets bool) (pairs []dial.Field) {
	for _, f := range fields {
		if !secrets || !strings.EqualFold(f.Name, "Set-Cookie") {
			continue
		}
		if c, err := http.ParseSetCookie(f.Value); err == nil {
			pairs = append(pairs, dial.Field{Name: c.Name, Value: c.Value})
		}
	}
	return pairs
}

// appendHARTimings appends the parts of the handshake in milliseconds. They add up to the entry's
// time, but for ssl, which is part of connect, and for those that are -1, which were not needed.
func appendHARTimings(dst []byte, t *dial.Timings) []byte {
	connect := t.TCP + t.Proxy + t.TLS
	dst = appendNeeded(append(dst, `{"blocked":`...), t.Total-t.DNS-connect-t.Upgrade)
	dst = appendNeeded(append(dst, `,"dns":`...), t.DNS)
	dst = appendNeeded(append(dst, `,"ssl":`...), t.TLS)
	dst = appendNeeded(append(dst, `,"connect":`...), connect)
	dst = appendMillis(append(dst, `,"send":0,"wait":`...), t.Upgrade)
	return append(dst, `,"receive":0}`...)
}

func appendNeeded(dst []byte, d time.Duration) []byte {
	if d <= 0 {
		return append(dst, "-1"...)
	}
	return appendMillis(dst, d)
}

// appendMillis appends a time span in milliseconds, exact to the nanosecond.
func appendMillis(dst []byte, d time.Duration) []byte {
	d = max(d, 0)
	dst = strconv.AppendInt(dst, int64(d/time.Millisecond), 10)
	rest := strconv.Itoa(int(d%time.Millisecond) + 1e6)
	return append(append(dst, '.'), rest[1:]...)
}

func addressOf(addr net.Addr) string {
	if addr == nil {
		return ""
	}
	host, _, err := net.SplitHostPort(addr.String())
	if err != nil {
		return ""
	}
	return host
}
