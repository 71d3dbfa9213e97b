package format

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wsline/format/har"
	"wsline/internal/dial"
	"wsline/internal/exit"
	"wsline/internal/hide"
	"wsline/internal/wire"
	"wsline/session"
)

// harConnection makes records of an entry of an archive.
type harConnection struct {
	entry  *har.Entry // nil when it has become a record
	number int        // among the connections
	name   string
	ours   bool // wsline wrote it

	last    time.Time // of the record before, as it stands there
	known   time.Time // of one that stands before the first that has a time
	told    time.Time // what the record before said
	records []*Record // the next ones: two, so that the last is known for it
	rest    *har.ListReader
	tells   bool    // it tells how it ended
	over    *Record // which is this
	ended   bool    // records has the last one
}

// begin makes the first record. Before is the time of one that has none itself, and may be zero.
func (c *harConnection) begin(in io.ReaderAt, before time.Time) {
	defer func() { c.entry = nil }()
	outcome := c.entry.Outcome()
	start, first := harBegin(c.entry)
	took := c.entry.Timings.Upgrade()
	if start.IsZero() {
		start, took = before, 0 // DevTools then counts from when the machine was started
	}
	if limit := first.Sub(start); !first.IsZero() && took > limit {
		took = max(0, limit)
	}
	h := c.handshake(took)
	c.last = start.Add(took)
	if !outcome.Opened {
		h.Status = outcome.Status
		c.add(&Record{Failure: c.failure(h, outcome), Connect: string(c.entry.Connect)})
		c.ended = true
		return
	}
	c.add(&Record{
		Event:   &session.Event{Kind: session.KindOpen, Handshake: h},
		Connect: string(c.entry.Connect),
	})
	c.rest, c.tells = har.ReadLists(in, c.entry.Lists), c.entry.End != nil
}

// next returns the next record, after which others may have to be read: in the order in which they
// stand there, as what has no time happened when what stands before it did.
func (c *harConnection) next() (*Record, error) {
	r := c.records[0]
	c.records = c.records[1:]
	for len(c.records) < 2 && !c.ended {
		m, err := c.rest.Next()
		if err != nil {
			c.ended, c.rest = true, nil
			if err == io.EOF {
				err = nil
				c.end()
			}
			return r, err
		}
		for k := range m.Controls {
			c.message(&m.Controls[k])
		}
		c.message(m)
	}
	return r, nil
}

// harBegin is when the request for a connection began, and when the first message was; zero where
// that is not known.
func harBegin(e *har.Entry) (start, first time.Time) {
	first = e.First()
	if start, ok := e.Started(); ok {
		return start, first
	}
	if !first.IsZero() {
		start = first.Add(-e.Timings.Upgrade())
	}
	return start, first
}

// add adds what happened at the time of last. None is told before the one that stands before it,
// also where its own time is earlier.
func (c *harConnection) add(r *Record) {
	at := c.last
	if at.IsZero() {
		at = c.known
	}
	if r.Event != nil {
		r.Event.Time = at
	}
	if at.Before(c.told) {
		at = c.told
	}
	r.Conn, r.Time, c.told = c.name, at, at
	c.records = append(c.records, r)
}

// settle gives the first record what is known when all connections are: a name, and a time if it
// has none.
func (c *harConnection) settle(known time.Time) {
	r := c.records[0]
	c.known, c.records = known, nil
	c.add(r)
}

// message adds a message or a control frame. What cannot be read has been told.
func (c *harConnection) message(m *har.Message) {
	if at, ok := m.At(); ok {
		c.last = at
	}
	ev, err := harEvent(m)
	if err != nil || ev.Kind == session.KindNotice && c.tells { // the end says it too
		return
	}
	c.add(&Record{Event: ev})
}

// end adds how the connection ended. An error that stands last is what ended it.
func (c *harConnection) end() {
	if c.over != nil {
		if !c.over.Time.IsZero() {
			c.last = c.over.Time
		}
		c.add(c.over)
	}
	if c.tells || len(c.records) == 0 {
		return
	}
	if ev := c.records[len(c.records)-1].Event; ev.Kind == session.KindNotice {
		*ev = session.Event{Kind: session.KindEnd, Time: ev.Time, End: &session.End{
			Cause: session.CauseBroken, Code: wire.StatusAbnormalClosure, Err: errors.New(ev.Text),
		}}
	}
}

// harEnd is what an entry tells of the end; nil where it does not.
func harEnd(told *har.End) (*Record, error) {
	if told == nil {
		return nil, nil
	}
	var l jsonEnd
	if err := json.Unmarshal(told.JSON, &l); err != nil {
		return nil, err
	}
	r := &Record{Event: &session.Event{Kind: session.KindEnd}}
	var err error
	if r.Event.End, err = l.end(); err != nil {
		return nil, err
	}
	r.Time, _ = told.At()
	return r, nil
}

// failure says why there is no connection, and to where.
func (c *harConnection) failure(h *dial.Handshake, o har.Outcome) *Failure {
	f := &Failure{
		Code: exit.Connect, Handshake: h, Body: c.entry.Response.Content.Body(), Cause: o.Text,
		Foreign: o.Text != "" && (!c.ours || c.entry.Response.FailureText != ""),
	}
	to := "it"
	if h.URL != nil {
		to = hide.URL(h.URL)
	}
	switch {
	case h.Status > 0 && h.Status != 101:
		status := strings.TrimSpace(strconv.Itoa(h.Status) + " " +
			string(c.entry.Response.StatusText))
		f.Code, f.Message = exit.Handshake, to+" answered "+status+bodyLine(f.Body)
	case o.Text != "":
		f.Message = "no connection to " + to + ": " + o.Text
	default:
		f.Message = "no connection to " + to + ": no answer is recorded"
	}
	return f
}

// bodyLine is what the body of an answer says of itself, if it is short text.
func bodyLine(body []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
	if line = strings.TrimSpace(line); line == "" || len(line) > 100 || line[0] == '<' ||
		!utf8.ValidString(line) {
		return ""
	}
	return ": " + line
}

// handshake is what an entry tells of it; took is how long it took at most.
func (c *harConnection) handshake(took time.Duration) *dial.Handshake {
	request, response := &c.entry.Request, &c.entry.Response
	h := &dial.Handshake{URL: parsed(string(request.URL)), Status: int(max(0, response.Status))}
	line := string(request.Method) + " " + requestTarget(h) + " " + httpVersion(request.HTTPVersion)
	h.Request = harHeadOf(line, request.WithCookies())
	line = httpVersion(response.HTTPVersion) + " " + strconv.Itoa(h.Status) + " " +
		string(response.StatusText)
	h.Response = harHeadOf(strings.TrimSpace(line), response.Headers)
	h.Header = headerOf(h.Response)
	h.AcceptGot = h.Header.Get("Sec-WebSocket-Accept")
	h.Subprotocol = h.Header.Get("Sec-WebSocket-Protocol")
	h.Extensions = h.Header.Get("Sec-WebSocket-Extensions")
	h.Compressed = strings.HasPrefix(h.Extensions, "permessage-deflate")
	sent := headerOf(h.Request)
	if h.Key = sent.Get("Sec-WebSocket-Key"); h.Key != "" {
		h.Accept = wire.Accept(h.Key)
	}
	h.OfferedExtensions = sent.Get("Sec-WebSocket-Extensions")
	for _, list := range sent.Values("Sec-WebSocket-Protocol") {
		for p := range strings.SplitSeq(list, ",") {
			h.OfferedProtocols = append(h.OfferedProtocols, strings.TrimSpace(p))
		}
	}
	h.Remote = remoteOf(c.entry)
	t := &c.entry.Timings
	h.Timings = dial.Timings{Total: took}
	if took == t.Upgrade() { // otherwise its parts are not the handshake's
		h.Timings.DNS, h.Timings.TLS = har.Millis(t.DNS), har.Millis(t.SSL)
		h.Timings.TCP = max(0, har.Millis(t.Connect)-h.Timings.TLS)
		h.Timings.Upgrade = har.Millis(t.Wait)
	}
	return h
}

// remoteOf is the server's address; nil where it is not told, or is none.
func remoteOf(e *har.Entry) net.Addr {
	ip, err := netip.ParseAddr(strings.Trim(string(e.ServerIPAddress), "[]"))
	port, portErr := strconv.ParseUint(string(e.Connection), 10, 16)
	if err != nil || portErr != nil || port == 0 {
		return nil
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(ip, uint16(port)))
}

func requestTarget(h *dial.Handshake) string {
	if h.URL == nil {
		return "/"
	}
	return h.URL.RequestURI()
}

// httpVersion is a version as it stands in a head; DevTools writes "http/1.1" in some.
func httpVersion(s har.Text) string { return cmp.Or(strings.ToUpper(string(s)), "HTTP/1.1") }

// harHeadOf writes fields as they would have been on the wire; there is none without them.
func harHeadOf(line string, pairs []har.Pair) []byte {
	if len(pairs) == 0 {
		return nil
	}
	fields := make([]dial.Field, len(pairs))
	for i, f := range pairs {
		fields[i] = dial.Field{Name: string(f.Name), Value: string(f.Value)}
	}
	return joinHead(line, fields)
}

// harEvent is a message, a control frame, or as a notice the error that DevTools writes among them.
func harEvent(m *har.Message) (*session.Event, error) {
	if m.Err != nil {
		return nil, m.Err
	}
	ev := &session.Event{Kind: session.KindMessage, Alive: m.Alive}
	if m.Type == "send" {
		ev.Dir = session.Out
	}
	switch m.Kind() {
	case har.KindText:
		ev.Opcode = wire.OpText
	case har.KindBinary:
		ev.Opcode = wire.OpBinary
	case har.KindPing:
		ev.Kind = session.KindPing
	case har.KindPong:
		ev.Kind = session.KindPong
		var rtt seconds
		if m.RTT != "" && rtt.UnmarshalJSON([]byte(m.RTT)) == nil {
			ev.RTT = time.Duration(rtt)
		}
	case har.KindClose:
		return ev, harClose(ev, m)
	case har.KindError:
		ev.Kind, ev.Text = session.KindNotice, string(m.Data)
		return ev, nil
	default:
		if m.Type != "send" && m.Type != "receive" {
			return nil, errors.New(`its "type" is neither "send" nor "receive"`)
		}
		return nil, fmt.Errorf("%s is no opcode of a message", shown(string(m.Opcode)))
	}
	var err error
	ev.Payload, err = m.Payload()
	return ev, err
}

func harClose(ev *session.Event, m *har.Message) (err error) {
	ev.Kind, ev.Code, ev.Reason = session.KindClose, wire.StatusNoStatusRcvd,
		string(cmp.Or(m.Reason, m.Data))
	if len(m.ReasonBase64) > 0 {
		ev.Reason = string(m.ReasonBase64)
	}
	if m.Code != nil {
		ev.Code, err = closeCode(*m.Code)
	}
	return err
}

// parsed is a URL of an archive; nil when it is none. Proxies write those of HTTP.
func parsed(s string) *url.URL {
	s = harAddress(s)
	u, err := hiddenURL(&s)
	if err != nil || u.Scheme == "" {
		return nil
	}
	switch u.Scheme {
	case "http":
		u.Scheme = "ws"
	case "https":
		u.Scheme = "wss"
	}
	return u
}
