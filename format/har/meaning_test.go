package har

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	tests := []struct{ number, want string }{
		{"1767366246.123456", "2026-01-02T15:04:06.123456Z"},      // DevTools, mitmproxy
		{"1767366246.2000988", "2026-01-02T15:04:06.2000988Z"},    // more digits than it knows
		{"1767366246123.4561", "2026-01-02T15:04:06.1234561Z"},    // Playwright
		{"1767366246123456", "2026-01-02T15:04:06.123456Z"},       // microseconds
		{"1767366246123456789", "2026-01-02T15:04:06.123456789Z"}, // nanoseconds
		{"1767366246", "2026-01-02T15:04:06Z"},
		{"1.767366246e9", "2026-01-02T15:04:06Z"},
		{"1.767366246123E+12", "2026-01-02T15:04:06.123Z"},
		{"631152000", "1990-01-01T00:00:00Z"},
		{"631151999", ""}, {"14909.907495", ""}, {"1", ""}, {"0", ""}, {"-1", ""}, {"", ""},
		{"soon", ""}, {"NaN", ""}, {"1e300", ""}, {"9999999999999999999999", ""},
	}
	for _, tt := range tests {
		at, ok := (&Message{Time: Text(tt.number)}).At()
		got := ""
		if ok {
			got = at.Format(time.RFC3339Nano)
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.number, got, tt.want)
		}
	}
}

func TestStarted(t *testing.T) {
	for text, want := range map[string]string{
		"2026-01-02T15:04:06.123Z":         "2026-01-02T15:04:06.123Z",
		"2026-01-02T16:04:06.123456+01:00": "2026-01-02T15:04:06.123456Z",
		"2026-01-02T16:04:06+0100":         "2026-01-02T15:04:06Z",
		"2026-01-02T15:04:06":              "2026-01-02T15:04:06Z",
		"1767366246123":                    "2026-01-02T15:04:06.123Z",
		"1969-12-31T23:59:59.000Z":         "", // DevTools, of a connection that never was
		"":                                 "",
		"today":                            "",
	} {
		at, ok := (&Entry{StartedDateTime: Text(text)}).Started()
		if got := at.Format(time.RFC3339Nano); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %s, %v, want %s", text, got, ok, want)
		}
	}
}

// What became of a request, by what each writer leaves of it.
func TestOutcome(t *testing.T) {
	const failed = "Error in connection establishment: net::ERR_CONNECTION_REFUSED"
	const refused = "Error during WebSocket handshake: Unexpected response code: 403"
	const message = `{"type":"receive","opcode":1,"data":""}`
	tests := []struct {
		entry string
		want  Outcome
	}{
		{`"response":{"status":101}`, Outcome{Opened: true, Status: 101}},
		{`"response":{"status":"101"}`, Outcome{Opened: true, Status: 101}},
		{`"_webSocketMessages":[` + message + `]`, Outcome{Opened: true}},
		{`"response":{"status":0},"_webSocketMessages":[{"type":"error","data":"` + refused + `"}]`,
			Outcome{Status: 403, Text: refused}}, // DevTools
		{`"response":{"status":0},"_webSocketMessages":[{"type":"error","data":"` + failed + `"}]`,
			Outcome{Text: failed}},
		{`"response":{"status":-1,"_failureText":"` + refused + `"}`,
			Outcome{Status: 403, Text: refused}}, // Playwright
		{`"response":{"status":-1,"_failureText":"` + failed + `"}`, Outcome{Text: failed}},
		{`"response":{"status":403}`, Outcome{Status: 403}}, // mitmproxy
		{`"response":{"status":200}`, Outcome{Status: 200}},
		{`"response":{"status":0,"_error":"x"}`, Outcome{Text: "x"}},
		{`"response":{"status":101,"_error":"a wrong answer"}`,
			Outcome{Status: 101, Text: "a wrong answer"}}, // wsline
		{`"response":{"status":101},"_webSocketMessages":[{"type":"error","data":` +
			`"Error during WebSocket handshake: Incorrect 'Sec-WebSocket-Accept' header value"}]`,
			Outcome{Status: 101, Text: "Error during WebSocket handshake: " +
				"Incorrect 'Sec-WebSocket-Accept' header value"}},
		{`"response":{"status":101},"_webSocketMessages":[` + message +
			`,{"type":"error","data":"Invalid frame header"}]`,
			Outcome{Opened: true, Status: 101, Text: "Invalid frame header"}},
		{`"request":{"method":"CONNECT"},"response":{"status":200}`,
			Outcome{Opened: true, Status: 200}}, // over HTTP/2
		{`"request":{"headers":[{"name":":protocol","value":"websocket"}]},"response":{"status":200}`,
			Outcome{Opened: true, Status: 200}},
		{``, Outcome{}},
	}
	for _, tt := range tests {
		e, _ := only(t, `{"_resourceType":"websocket",`+tt.entry+`}`)
		if got := e.Outcome(); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.entry, got, tt.want)
		}
	}
}

// only reads an archive of one entry, and what it has of messages twice.
func only(t *testing.T, entry string) (*Entry, []Message) {
	t.Helper()
	entry = strings.Replace(entry, ",}", "}", 1)
	in := strings.NewReader(`{"log":{"creator":{"name":"x"},"entries":[` + entry + `]}}`)
	r := NewReader(in)
	var messages, again []Message
	r.Each = func(_ *Entry, m *Message, _ int) { messages = append(messages, *m) }
	e, err := r.Next()
	if err != nil {
		t.Fatalf("%s: %v", entry, err)
	}
	if _, err := r.Next(); err != io.EOF || r.Creator != "x" || r.Within {
		t.Errorf("then %v", err)
	}
	list := ReadLists(in, e.Lists)
	for m, err := list.Next(); err != io.EOF; m, err = list.Next() {
		if err != nil {
			t.Fatal(err)
		}
		again = append(again, *m)
	}
	if !reflect.DeepEqual(messages, again) {
		t.Errorf("read again: %+v\nwant %+v", again, messages)
	}
	return e, messages
}

// A WebSocket connection is one by any of its marks.
func TestIsWebSocket(t *testing.T) {
	for entry, want := range map[string]bool{
		`{"_resourceType":"WebSocket"}`:                                    true,
		`{"_webSocketMessages":[]}`:                                        true,
		`{"_webSocketMessages":null}`:                                      false,
		`{"request":{"url":"wss://h/"}}`:                                   true,
		`{"request":{"url":"WS://h/"}}`:                                    true,
		`{"request":{"url":"https://h/"}}`:                                 false,
		`{"_resourceType":"fetch","request":{}}`:                           false,
		`{"request":{"headers":[{"name":"upgrade","value":"WebSocket"}]}}`: true,
		`[{"_resourceType":"websocket"}]`:                                  false,
	} {
		r := NewReader(strings.NewReader(`{"log":{"entries":[` + entry + `]}}`))
		e, err := r.Next()
		if (e != nil) != want || !want && !errors.Is(err, io.EOF) {
			t.Errorf("%s: %+v, %v", entry, e, err)
		}
	}
}

// What others wrote in another way is taken for what it means; what means nothing costs that alone.
func TestLenience(t *testing.T) {
	e, messages := only(t, `{"time":"12.5","response":"none",`+
		`"request":{"url":7,"headersSize":null},`+
		`"timings":{"wait":[1],"send":"2"},"connection":443,"_controlFrames":{"a":[{}]},`+
		`"_webSocketMessages":[{"type":"send","opcode":"2","data":"aGk="},17]}`)
	if e.Time != 12.5 || e.Request.URL != "7" || e.Connection != "443" || e.Timings.Send != 2 ||
		len(messages) != 2 || messages[1].Err == nil || messages[0].Kind() != KindBinary {
		t.Errorf("%+v", e)
	}
	p, err := messages[0].Payload()
	if string(p) != "hi" || err != nil {
		t.Errorf("%q, %v", p, err)
	}
	var got []string
	for _, err := range e.Errs {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			got = append(got, kind.Field+" is a "+kind.Value)
		} else {
			got = append(got, err.Error())
		}
	}
	want := `response is a string, "_controlFrames" is no array`
	if strings.Join(got, ", ") != want {
		t.Errorf("%q", got)
	}
}

// FuzzMessage: what is read quickly is what encoding/json reads.
func FuzzMessage(f *testing.F) {
	for _, text := range []string{
		`{"type":"receive","time":1767366246.123456,"opcode":1,"data":"a\\\"\\u00e9é\\\\"}`,
		`{ "type" : "send" , "time":"1" ,"opcode":-1e5,"data":"" }`,
		`{}`, ` {"data":null}`, `{"data":[1]}`,
		`{"Data":"x"}`, `{"data":"x","data":"y"}`,
		`{"type":"send","_encoding":"base64"}`, `[]`, `17`, `"x"`,
		`{"dat\u0061":"x"}`, "{\"data\":\"\xff\"}", `{"data":"\ud800"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		text = bytes.TrimSpace(text)
		var got, want Message
		if !json.Valid(text) || !got.quick(text) {
			return
		}
		if err := json.Unmarshal(text, &want); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v\nwant %+v, %v", text, got, want, err)
		}
	})
}
