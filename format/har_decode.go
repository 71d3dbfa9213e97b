package format

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

// harRecord is an entry of an archive.
type harRecord struct {
	StartedDateTime time.Time  `json:"startedDateTime"`
	Time            float64    `json:"time"`
	Request         harMessage `json:"request"`
	Response        harMessage `json:"response"`
	Timings         struct {
		DNS     float64 `json:"dns"`
		SSL     float64 `json:"ssl"`
		Connect float64 `json:"connect"`
		Wait    float64 `json:"wait"`
	} `json:"timings"`
	ServerIPAddress string    `json:"serverIPAddress"`
	ResourceType    string    `json:"_resourceType"`
	Name            string    `json:"_connectionName"`
	Messages        []harData `json:"_webSocketMessages"`
	Controls        []harData `json:"_controlFrames"`
	End             *harEnd   `json:"_end"`
}

type harEnd struct {
	At json.Number `json:"time"`
	jsonEnd
}

// harMessage is a request or a response.
type harMessage struct {
	Method      string `json:"method"`
	URL         string `json:"url"`
	HTTPVersion string `json:"httpVersion"`
	Status      int    `json:"status"`
	StatusText  string `json:"statusText"`
	Headers     []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"headers"`
}

// harData is a message or a control frame.
type harData struct {
	Type         string      `json:"type"`
	Time         json.Number `json:"time"`
	Opcode       *int        `json:"opcode"`
	Data         string      `json:"data"`
	Text         *string     `json:"text"`
	Base64       []byte      `json:"base64"`
	Code         int         `json:"code"`
	Reason       string      `json:"reason"`
	ReasonBase64 []byte      `json:"reason_base64"`
	RTT          seconds     `json:"rtt"`
	Alive        bool        `json:"keepalive"`
	Controls     []harData   `json:"_controlFrames"`
}

func (e *harRecord) isWebSocket() bool {
	return e.ResourceType == "websocket" || e.Messages != nil
}

// all are the events of an entry.
func (e *harRecord) all() ([]*Record, error) {
	opened := e.StartedDateTime.Add(millis(e.Time))
	events := []*session.Event{{Kind: session.KindOpen, Time: opened, Handshake: e.handshake()}}
	var err error
	add := func(m *harData) {
		ev, bad := m.event(opened)
		if err == nil {
			err = bad
		}
		if ev != nil {
			events = append(events, ev)
		}
	}
	for i := range e.Messages {
		for k := range e.Messages[i].Controls {
			add(&e.Messages[i].Controls[k])
		}
		add(&e.Messages[i])
	}
	for i := range e.Controls {
		add(&e.Controls[i])
	}
	if e.End != nil && err == nil {
		ev := &session.Event{Kind: session.KindEnd, Time: events[len(events)-1].Time}
		ev.End, err = e.End.end()
		if at, ok := epoch(e.End.At); ok {
			ev.Time = at
		}
		events = append(events, ev)
	}
	records := make([]*Record, len(events))
	for i, ev := range events {
		records[i] = &Record{Conn: e.Name, Time: ev.Time, Event: ev}
	}
	return records, err
}

// handshake is what an entry tells of it.
func (e *harRecord) handshake() *dial.Handshake {
	h := &dial.Handshake{URL: parsed(e.Request.URL), Status: e.Response.Status}
	h.Request = e.Request.head(e.Request.Method + " " + requestTarget(h) + " " +
		httpVersion(e.Request.HTTPVersion))
	h.Response = e.Response.head(strings.TrimSpace(httpVersion(e.Response.HTTPVersion) + " " +
		strconv.Itoa(e.Response.Status) + " " + e.Response.StatusText))
	h.Header = headerOf(h.Response)
	h.AcceptGot = h.Header.Get("Sec-WebSocket-Accept")
	h.Subprotocol = h.Header.Get("Sec-WebSocket-Protocol")
	h.Extensions = h.Header.Get("Sec-WebSocket-Extensions")
	h.Compressed = strings.HasPrefix(h.Extensions, "permessage-deflate")
	request := headerOf(h.Request)
	if h.Key = request.Get("Sec-WebSocket-Key"); h.Key != "" {
		h.Accept = wire.Accept(h.Key)
	}
	h.OfferedExtensions = request.Get("Sec-WebSocket-Extensions")
	for _, list := range request.Values("Sec-WebSocket-Protocol") {
		for p := range strings.SplitSeq(list, ",") {
			h.OfferedProtocols = append(h.OfferedProtocols, strings.TrimSpace(p))
		}
	}
	h.Timings = dial.Timings{
		DNS: millis(e.Timings.DNS), TLS: millis(e.Timings.SSL), Upgrade: millis(e.Timings.Wait),
		TCP: max(0, millis(e.Timings.Connect)-millis(e.Timings.SSL)), Total: millis(e.Time),
	}
	return h
}

func requestTarget(h *dial.Handshake) string {
	if h.URL == nil {
		return "/"
	}
	return h.URL.RequestURI()
}

// httpVersion is a version as it stands in a head; DevTools writes "http/1.1" in some.
func httpVersion(s string) string {
	if s == "" {
		return "HTTP/1.1"
	}
	return strings.ToUpper(s)
}

// head writes fields as they would have been on the wire; there is none without them.
func (m *harMessage) head(line string) []byte {
	if len(m.Headers) == 0 {
		return nil
	}
	fields := make([]dial.Field, len(m.Headers))
	for i, f := range m.Headers {
		fields[i] = dial.Field{Name: f.Name, Value: f.Value}
	}
	return joinHead(line, fields)
}

// event is nil for what is neither a message nor a control frame, such as DevTools' type "error".
func (m *harData) event(before time.Time) (*session.Event, error) {
	if m.Opcode == nil || m.Type != "send" && m.Type != "receive" {
		return nil, nil
	}
	ev := &session.Event{Kind: session.KindMessage, Time: before}
	if m.Type == "send" {
		ev.Dir = session.Out
	}
	if at, ok := epoch(m.Time); ok {
		ev.Time = at
	}
	var err error
	switch op := wire.Opcode(*m.Opcode); op {
	case wire.OpText:
		ev.Opcode, ev.Payload = op, []byte(m.Data)
	case wire.OpBinary:
		ev.Opcode = op
		if ev.Payload, err = base64.StdEncoding.DecodeString(m.Data); err != nil {
			err = errors.New("the data of a binary message is not base64")
		}
	case wire.OpPing:
		ev.Kind, ev.Payload, ev.Alive = session.KindPing, m.payload(), m.Alive
	case wire.OpPong:
		ev.Kind, ev.Payload, ev.RTT = session.KindPong, m.payload(), time.Duration(m.RTT)
		ev.Alive = m.Alive
	case wire.OpClose:
		ev.Kind, ev.Reason = session.KindClose, m.Reason
		if len(m.ReasonBase64) > 0 {
			ev.Reason = string(m.ReasonBase64)
		}
		ev.Code, err = closeCode(m.Code)
	default:
		return nil, nil
	}
	return ev, err
}

func (m *harData) payload() []byte {
	if m.Text != nil {
		return []byte(*m.Text)
	}
	return m.Base64
}

// epoch is a time from seconds since 1970.
func epoch(n json.Number) (time.Time, bool) {
	var s seconds
	if n == "" || s.UnmarshalJSON([]byte(n)) != nil {
		return time.Time{}, false
	}
	return time.Unix(0, int64(s)).UTC(), true
}

// millis is a time span from milliseconds; -1 is one that was not needed.
func millis(ms float64) time.Duration {
	if !(ms > 0) || ms > 1e12 {
		return 0
	}
	return time.Duration(ms * 1e6)
}

// parsed is a URL of an archive; nil when it is none.
func parsed(s string) *url.URL {
	u, err := hiddenURL(&s)
	if err != nil || u.Scheme == "" {
		return nil
	}
	return u
}
