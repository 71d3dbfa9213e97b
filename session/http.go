package session

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
)

const httpBody = 100 // bytes of it

// An HTTPError is an HTTP response where the first frame should be: a server that refused after it
// had let the connection in. Its first byte is a Close frame that is no last frame, with a reserved
// bit, so it can never be taken for a right one (RFC 6455 §5.2, §5.5).
type HTTPError struct {
	Status string // "400 Bad Request"
	Body   string // the beginning of it, at most httpBody bytes
}

func (e *HTTPError) Error() string {
	return "an HTTP response came in place of a frame: " + e.Status
}

// httpError is the error for bytes that begin an HTTP response, nil for others.
func httpError(b []byte) error {
	if !bytes.HasPrefix(b, []byte("HTTP/1.")) {
		return nil
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(b)), nil)
	if err != nil {
		return nil // what it is to be called is for the framing to say
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, httpBody))
	return &HTTPError{Status: resp.Status, Body: string(body)}
}
