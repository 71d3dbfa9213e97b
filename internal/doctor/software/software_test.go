package software

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// What each row says is a line without a full stop, short enough to be read, and it rests on
// evidence.
func TestRows(t *testing.T) {
	names := map[string]bool{}
	tries := regexp.MustCompile(`^(-s( \S+)?|-o \S+|no -o|--host \S+|at (/|\{here\}/)\S*( -s \S+)?)$`)
	for _, r := range Rows() {
		name := r.Software + ", " + r.Name
		if r.Software == "" || r.Name == "" || names[name] {
			t.Errorf("%q is no name, or another one's", name)
		}
		names[name] = true
		if len(r.Status) == 0 && r.Begins == "" && r.Where == "" && r.After[1] == 0 && r.Sent == nil {
			t.Errorf("%s: rests on nothing", name)
		}
		if n := len(r.Fact) + len(r.Cause); n == 0 || n > 165 || len(r.Hint) > 200 {
			t.Errorf("%s: a cause of %d bytes, a hint of %d", name, n, len(r.Hint))
		}
		for _, s := range []string{r.Fact, r.Cause, r.Hint} {
			if strings.HasSuffix(s, ".") || strings.ContainsAny(s, "\n") {
				t.Errorf("%s: %q", name, s)
			}
		}
		for _, s := range r.Try {
			if !tries.MatchString(s) {
				t.Errorf("%s: %q is nothing to try", name, s)
			}
		}
	}
	for _, p := range knownProxies {
		if strings.ToLower(p.server) != p.server || len(p.passOn) > 160 {
			t.Errorf("%+v", p)
		}
	}
}

func answer(status int, body string, fields ...string) *Answer {
	a := &Answer{Status: status, Phrase: http.StatusText(status), Header: http.Header{},
		Sent: http.Header{}, Body: []byte(body),
		Short: func(s string) string { return s }, Quote: func(s string) string { return s },
		At: func(path string) string { return "ws://a" + path }}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		a.Header.Add(name, value)
	}
	return a
}

// A phrase counts only where it was seen, and nothing is known of what is like another.
func TestFind(t *testing.T) {
	const origin = "The origin server did not find a current representation"
	ended := answer(0, "")
	ended.Situation, ended.After = Ended, 1005*time.Millisecond
	soon := answer(0, "")
	soon.Situation, soon.After = Ended, 100*time.Millisecond
	for _, c := range []struct {
		name string
		a    *Answer
		want string // "" for no row
	}{
		{"Tomcat's page", answer(404, origin), "Tomcat, wrong path"},
		{"the same words in another status", answer(502, origin), ""},
		{"ws", answer(400, "Bad Request", "Content-Type: text/html"), "ws (Node.js), other path"},
		{"the same through a proxy", answer(400, "Bad Request", "Content-Type: text/html", "Server: nginx"), ""},
		{"a page that says more", answer(400, "Bad Request!", "Content-Type: text/html"), ""},
		{"a 403 without a body, of somebody", answer(403, "", "Server: nginx"), ""},
		{"a 403 without a body, of uvicorn", answer(403, "", "Server: uvicorn"), "uvicorn, unknown path"},
		{"a library", answer(403, "Forbidden\n", "Sec-WebSocket-Version: 13"), "a WebSocket library, no Origin"},
		{"an older library", answer(403, "Forbidden\n", "Sec-WebSocket-Version: 8"), ""},
		{"a TCP end after a second", ended, "Socket.IO, other path"},
		{"a TCP end", soon, ""},
	} {
		found, ok := Find(c.a)
		name := ""
		if ok {
			name = found.Software + ", " + found.Name
		}
		if name != c.want {
			t.Errorf("%s: %q, want %q", c.name, name, c.want)
		}
	}
}

func TestTexts(t *testing.T) {
	a := answer(400, "Failed to open a WebSocket connection: invalid subprotocol; expected one of a.b, c.\n")
	if f, _ := Find(a); f.Hint != "-s a.b offers the one that it names" || len(f.Try) != 1 || f.Try[0] != "-s a.b" {
		t.Errorf("%q, %q", f.Hint, f.Try)
	}
	a = answer(400, "Failed to open a WebSocket connection: invalid subprotocol; expected one of a.b.\n")
	if f, _ := Find(a); f.Hint != "-s a.b offers the one that it names" {
		t.Errorf("%q", f.Hint)
	}
	a = answer(400, "Transport unknown")
	if f, _ := Find(a); f.Hint != "its WebSocket is at ws://a/socket.io/?EIO=4&transport=websocket" {
		t.Errorf("%q", f.Hint)
	}
	a = answer(400, "Handshake error: None", "Via: 1.1 varnish (Varnish/7.1)")
	if f, _ := Find(a); !strings.HasPrefix(f.Hint, "Varnish needs return (pipe)") {
		t.Errorf("%q", f.Hint)
	}
}

// What a server said is data in a hint, which may be pasted into a shell: also where it looks like
// one of our own words.
func TestServersWordsAreData(t *testing.T) {
	const words = "{at /x$y} {origin} {1}"
	a := answer(403, `request Origin "http://b" is not authorized for Host "`+words+`"`)
	a.Quote = func(s string) string { return "'" + s + "'" }
	a.Words = []string{"{origin}", "http://a"}
	want := passHost + "; until then -o http://'" + words + "'"
	if f, _ := Find(a); f.Hint != want {
		t.Errorf("%s, want %s", f.Hint, want)
	}
}
