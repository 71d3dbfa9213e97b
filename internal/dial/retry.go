package dial

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter is the longest time that Error.RetryAfter says. One who is told to stay away for
// longer, which is as often a mistake for milliseconds, does little harm with a try in an hour.
const maxRetryAfter = time.Hour

// RetryAfter is how long the server, or the proxy, asks to be left alone from now on: its Retry-After
// in seconds or as a date (RFC 9110 §10.2.3), at most an hour, and 0 for a date that has passed.
// A date is that of the server's clock, so it is compared with the Date of the same answer where there
// is one, and with now where there is none. ok is false when nothing, or nothing sensible, was said.
func (e *Error) RetryAfter(now time.Time) (wait time.Duration, ok bool) {
	value := e.Header.Get("Retry-After")
	if value != "" && strings.Trim(value, "0123456789") == "" {
		const most = int64(maxRetryAfter / time.Second)
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil { // it has too many digits
			seconds = most
		}
		return time.Duration(min(seconds, most)) * time.Second, true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if date, err := http.ParseTime(e.Header.Get("Date")); err == nil {
		now = date
	}
	return min(max(at.Sub(now), 0), maxRetryAfter), true
}
