// Package har is the HTTP Archive format 1.2 (HAR) as far as WebSocket connections go: the members
// of an entry, a Reader that takes what browsers, proxies and other programs write, and what that
// means: when, which way, refused or not. It knows nothing of sessions and of how things look.
//
// A connection is an entry whose "_resourceType" is "websocket", and its messages are its
// "_webSocketMessages", as Chromium's developer tools write them (front_end/models/har of
// chrome-devtools-frontend: Log.ts, HARFormat.ts, Importer.ts). The rest of what wsline knows
// stands in members that begin with an underscore, as HAR 1.2 asks of custom ones:
//
//	_controlFrames         pings, pongs and Close frames: of a message those that came before
//	                       it, of the entry those after the last message
//	_controlFramesLeftOut  how many of them were too many
//	_end                   how the connection ended
//	_connectionName        which of several connections it is
//	_connect               what is typed behind "/connect" to open it again, without secrets
//	_length                of a message that was cut, how many bytes it had
package har

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// Entry is one request of an archive, its members in the order in which they are written. The
// messages are not written by AppendHead.
type Entry struct {
	StartedDateTime Text     `json:"startedDateTime"`
	Time            Number   `json:"time"` // milliseconds
	Request         Request  `json:"request"`
	Response        Response `json:"response"`
	Cache           struct{} `json:"cache"`
	Timings         Timings  `json:"timings"`
	ServerIPAddress Text     `json:"serverIPAddress,omitempty"`
	Connection      Text     `json:"connection,omitempty"` // the server's port
	Name            Text     `json:"_connectionName,omitempty"`
	Connect         Text     `json:"_connect,omitempty"`
	ResourceType    Text     `json:"_resourceType,omitempty"`

	Number int     `json:"-"` // its place among the archive's entries, from 1
	Said   int     `json:"-"` // messages that it has
	Lists  []List  `json:"-"` // where those stand, and the control frames after the last of them
	End    *End    `json:"-"` // nil where it is not told
	Errs   []error `json:"-"` // of members that cannot be read

	hasMessages bool         // the member is there, though it may be empty
	talked      bool         // something of it was said, and not an error only
	failed      *Text        // what the first error says, nil for none
	first       [3]time.Time // see First
}

// Request is an entry's request.
type Request struct {
	Method      Text   `json:"method"`
	URL         Text   `json:"url"`
	HTTPVersion Text   `json:"httpVersion"`
	Headers     []Pair `json:"headers"`
	QueryString []Pair `json:"queryString"`
	Cookies     []Pair `json:"cookies"`
	HeadersSize Number `json:"headersSize"`
	BodySize    Number `json:"bodySize"`
}

// Response is an entry's response.
type Response struct {
	Status       Number  `json:"status"`
	StatusText   Text    `json:"statusText"`
	HTTPVersion  Text    `json:"httpVersion"`
	Headers      []Pair  `json:"headers"`
	Cookies      []Pair  `json:"cookies"`
	Content      Content `json:"content"`
	RedirectURL  Text    `json:"redirectURL"`
	HeadersSize  Number  `json:"headersSize"`
	BodySize     Number  `json:"bodySize"`
	TransferSize Number  `json:"_transferSize"`
	Error        Text    `json:"_error,omitempty"` // of mitmproxy and wsline
	// FailureText is Playwright's, and what others said where wsline writes it again.
	FailureText Text `json:"_failureText,omitempty"`
}

// Pair is a header field, a parameter or a cookie.
type Pair struct {
	Name  Text `json:"name"`
	Value Text `json:"value"`
}

// Content is the body of a response.
type Content struct {
	Size     Number `json:"size"`
	MIMEType Text   `json:"mimeType"`
	Text     Text   `json:"text,omitempty"`
	Encoding Text   `json:"encoding,omitempty"`
}

// Timings are the parts of a request in milliseconds; one that is -1 was not needed. SSL is part of
// Connect.
type Timings struct {
	Blocked Number `json:"blocked"`
	DNS     Number `json:"dns"`
	SSL     Number `json:"ssl"`
	Connect Number `json:"connect"`
	Send    Number `json:"send"`
	Wait    Number `json:"wait"`
	Receive Number `json:"receive"`
}

// Message is a message, or something else that happened on a connection.
type Message struct {
	Type     Text `json:"type"` // send, receive or error
	Time     Text `json:"time"`
	Opcode   Text `json:"opcode"`
	Data     Text `json:"data"`
	Encoding Text `json:"_encoding"`

	Base64       []byte    `json:"base64"` // these are of control frames, as wsline writes them
	Text         *string   `json:"text"`
	Code         *int      `json:"code"`
	Reason       Text      `json:"reason"`
	ReasonBase64 []byte    `json:"reason_base64"`
	RTT          Text      `json:"rtt"`
	Alive        bool      `json:"keepalive"`
	Controls     []Message `json:"_controlFrames"`

	Err error `json:"-"` // why it cannot be read
}

// End is how a connection ended: when, and an object with the members of docs/events.md's "end".
type End struct {
	Time Text
	JSON json.RawMessage
}

// Text is a string. What other programs wrote instead is taken as it stands: a number's digits, an
// object's JSON.
type Text string

// UnmarshalJSON takes any value; null is no text.
func (t *Text) UnmarshalJSON(p []byte) error {
	switch {
	case string(p) == "null":
		return nil
	case p[0] != '"':
		*t = Text(p)
		return nil
	case bytes.IndexByte(p, '\\') < 0 && utf8.Valid(p): // it stands for itself
		*t = Text(p[1 : len(p)-1])
		return nil
	}
	return json.Unmarshal(p, (*string)(t))
}

// Number is a number, which other programs may have written as a string.
type Number float64

// UnmarshalJSON takes a number, also one in a string; anything else is none, and stands for 0.
func (n *Number) UnmarshalJSON(p []byte) error {
	f, err := strconv.ParseFloat(string(bytes.Trim(p, `"`)), 64)
	if err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
		*n = Number(f)
	}
	return nil
}

// AppendHead appends an entry up to the beginning of its messages: "[" is its last byte.
func (e *Entry) AppendHead(dst []byte) []byte {
	for _, list := range []*[]Pair{
		&e.Request.Headers, &e.Request.QueryString, &e.Request.Cookies,
		&e.Response.Headers, &e.Response.Cookies,
	} {
		if *list == nil {
			*list = []Pair{} // HAR 1.2 wants the array
		}
	}
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if err := out.Encode(e); err != nil {
		panic(err) // a number that is none: there is no other cause
	}
	dst = append(dst, bytes.TrimSuffix(b.Bytes(), []byte("}\n"))...)
	return append(dst, `,"_initiator":{"type":"other"},"_priority":null,"_webSocketMessages":[`...)
}
