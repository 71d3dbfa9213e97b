package dial

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 10, 21, 7, 28, 0, 0, time.UTC)
	const none = -1
	tests := []struct {
		field, date string
		want        time.Duration
	}{
		{"0", "", 0},
		{"5", "", 5 * time.Second},
		{"007", "", 7 * time.Second},
		{"3600", "", time.Hour},
		{"3601", "", time.Hour},
		{"9223372036854775807", "", time.Hour},
		{"99999999999999999999999", "", time.Hour},

		{"Wed, 21 Oct 2026 07:28:30 GMT", "", 30 * time.Second},
		{"Wednesday, 21-Oct-26 07:28:30 GMT", "", 30 * time.Second},
		{"Wed Oct 21 07:28:30 2026", "", 30 * time.Second},
		{"Wed, 21 Oct 2026 07:27:59 GMT", "", 0},
		{"Thu, 01 Jan 1970 00:00:00 GMT", "", 0},
		{"Wed, 21 Oct 2026 09:00:00 GMT", "", time.Hour},
		{"Fri, 31 Dec 9999 23:59:59 GMT", "", time.Hour},
		// The server's clock is ahead, and behind.
		{"Wed, 21 Oct 2026 08:00:10 GMT", "Wed, 21 Oct 2026 08:00:00 GMT", 10 * time.Second},
		{"Tue, 20 Oct 2026 08:00:10 GMT", "Tue, 20 Oct 2026 08:00:00 GMT", 10 * time.Second},
		{"Wed, 21 Oct 2026 07:28:30 GMT", "yesterday", 30 * time.Second},
		{"5", "Tue, 20 Oct 2026 08:00:00 GMT", 5 * time.Second},

		{"", "", none},
		{"-1", "", none},
		{"+5", "", none},
		{"1.5", "", none},
		{"1e3", "", none},
		{"0x10", "", none},
		{"5s", "", none},
		{"5, 10", "", none},
		{"٥", "", none},
		{"soon", "", none},
		{"2026-10-21T07:28:30Z", "", none},
		{"Wed, 32 Oct 2026 07:28:30 GMT", "", none},
		{strings.Repeat("x", 1<<16), "", none},
	}
	for _, tt := range tests {
		e := &Error{Header: http.Header{"Retry-After": {tt.field}, "Date": {tt.date}}}
		got, ok := e.RetryAfter(now)
		if ok != (tt.want != none) || ok && got != tt.want {
			t.Errorf("%.40q, %q: %v, %v, want %v", tt.field, tt.date, got, ok, tt.want)
		}
	}
	if _, ok := new(Error).RetryAfter(now); ok {
		t.Error("an error without an answer knows when to try again")
	}
}

// A real answer has it, and so has a proxy's.
func TestRetryAfterOfAnAnswer(t *testing.T) {
	const answer = "HTTP/1.1 503 x\r\nretry-after:  7 \r\nContent-Length: 0\r\n\r\n"
	proxied := piped(t, "ws://example.com/", respond(answer))
	proxied.Proxy = func(*url.URL) (*url.URL, error) { return url.Parse("http://proxy.example:1") }
	for _, cfg := range []*Config{piped(t, "ws://example.com/", respond(answer)), proxied} {
		e := dialError(t, t.Context(), cfg)
		if got, ok := e.RetryAfter(time.Now()); got != 7*time.Second || !ok {
			t.Errorf("%v: %v, %v", e, got, ok)
		}
	}
}
