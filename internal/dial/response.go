package dial

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"wsline/internal/dial/digest"
	"wsline/internal/dial/phrase"
	"wsline/internal/exit"
)

const (
	maxHead  = 64 << 10 // bytes of a response head, and of those of 1xx responses before it
	maxBody  = 4 << 10  // bytes kept of a refusal's body
	bodyWait = 2 * time.Second
)

var errMalformed = errors.New("malformed HTTP response")

// parseHead reads a response head. Unlike http.ReadResponse it leaves every field as it is: that
// one takes out a Connection field with "close" in it, whatever else it says.
func parseHead(head []byte) (*http.Response, error) {
	r := textproto.NewReader(bufio.NewReader(bytes.NewReader(head)))
	line, err := r.ReadLine()
	if err != nil {
		return nil, err
	}
	resp := new(http.Response)
	var rest, code string
	var ok bool
	resp.Proto, rest, _ = strings.Cut(line, " ")
	if resp.ProtoMajor, resp.ProtoMinor, ok = http.ParseHTTPVersion(resp.Proto); !ok {
		return nil, errMalformed
	}
	resp.Status = strings.TrimSpace(rest)
	code, _, _ = strings.Cut(resp.Status, " ")
	resp.StatusCode, err = strconv.Atoi(code)
	if err != nil || len(code) != len("200") || resp.StatusCode < 100 {
		return nil, errMalformed
	}
	fields, err := r.ReadMIMEHeader()
	resp.Header = http.Header(fields)
	return resp, err
}

// malformed is the error for a head that parseHead does not take.
func (u *upgrader) malformed(head []byte, err error) *Error {
	e := &Error{Kind: KindHandshake, Reason: ReasonNotHTTP, Got: firstLine(head), Err: err}
	e.Text = u.peer() + " answered with a malformed HTTP response"
	if errors.Is(err, errMalformed) {
		e.Text += ": " + exit.Quote(e.Got) + " is no status line"
		return e
	}
	_, fields, _ := bytes.Cut(head, []byte("\n"))
	for line := range bytes.Lines(fields) {
		line = bytes.TrimRight(line, "\r\n")
		if text := badField(string(line)); text != "" {
			e.Reason, e.Got = ReasonMalformed, firstLine(line)
			e.Text += ": " + text
			break
		}
	}
	return e
}

// badField says what is wrong with a line that should be a header field (RFC 9112 §5), or go on with
// the one before; "" when nothing is. The value may be secret: it is not told.
func badField(line string) string {
	folded := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
	name, value, isField := strings.Cut(line, ":")
	switch {
	case line == "":
		return ""
	case folded:
		name, value = "", line
	case !isField:
		return exit.Quote(firstLine([]byte(line))) + " is no header field"
	case !IsToken(name):
		return exit.Quote(firstLine([]byte(name))) + " is no name of a header field"
	}
	isControl := func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
	if strings.IndexFunc(value, isControl) < 0 {
		return ""
	}
	return strings.TrimSpace("the header field "+name) + " has a control character"
}

// firstLine is the beginning of what a peer sent, as much as is quoted.
func firstLine(b []byte) string {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return string(bytes.TrimSuffix(line[:min(len(line), exit.MaxQuoted)], []byte("\r")))
}

// NoUpgrade ends the text of a ReasonStatus error; where a cause is told it may be left out.
const NoUpgrade = " instead of an upgrade"

// refused is the error for an answer other than 101: a redirect, or a refusal with its first 4 KiB.
func (u *upgrader) refused(resp *http.Response) *Error {
	e := &Error{
		Kind: KindHandshake, Reason: ReasonStatus,
		Status: resp.StatusCode, Phrase: phrase.Of(resp), Proto: resp.Proto, Header: resp.Header,
		Text: u.peer() + " answered " + phrase.Status(resp, exit.Quote) + NoUpgrade,
	}
	if location := resp.Header.Get("Location"); location != "" && isRedirect(resp.StatusCode) {
		e.Reason, e.Location = ReasonRedirect, location
		e.Text = u.peer() + " redirects to " + exit.Quote(location)
		return e
	}
	e.Foreign = digest.Foreign(e.challenges())
	e.Body, e.BodyCut = readBody(u.hs.Response, u.tap)
	return e
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// deadlineReader is a connection as far as readBody needs it.
type deadlineReader interface {
	io.Reader
	SetReadDeadline(time.Time) error
}

// readBody reads the beginning of the body after a head, for as long as a person would wait for it.
// more says that there was more.
func readBody(head []byte, r deadlineReader) (body []byte, more bool) {
	r.SetReadDeadline(time.Now().Add(bodyWait))
	whole := io.MultiReader(bytes.NewReader(head), r)
	resp, err := http.ReadResponse(bufio.NewReader(whole), nil)
	if err != nil {
		return nil, false
	}
	body, _ = io.ReadAll(io.LimitReader(resp.Body, maxBody+1)) // what came is worth showing
	if len(body) <= maxBody {
		return body, false
	}
	return body[:maxBody], true
}
