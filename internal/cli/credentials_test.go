package cli_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"wsline/internal/clitest"
	"wsline/internal/wstest"
)

// credentials are flags that give one, each with what must not be shown of it, and how a server, or
// a proxy, that repeats the request says it.
var credentials = []struct {
	name   string
	flags  []string
	query  string
	hidden []string
}{
	{"bearer", []string{"--bearer", "tok-s3cr3t-1"}, "", []string{"tok-s3cr3t-1"}},
	{"auth", []string{"--auth", "me:hunter2x"}, "", []string{"hunter2x", "bWU6aHVudGVyMng"}},
	{"short", []string{"--auth", "me:abc"}, "", []string{"bWU6YWJj"}},
	{"field", []string{"-H", "Authorization: Token s3cr3t-2"}, "", []string{"s3cr3t-2"}},
	{"key", []string{"-H", "X-Api-Key: s3cr3t-3"}, "", []string{"s3cr3t-3"}},
	{"cookie", []string{"--cookie", "sid=s3cr3t-4; a=b"}, "", []string{"s3cr3t-4"}},
	{"raw", []string{"--raw-header", "Cookie: sid=s3cr3t-5"}, "", []string{"s3cr3t-5"}},
	{"query", nil, "?room=1&access_token=s3cr3t%2F6", []string{"s3cr3t/6", "s3cr3t%2F6", "s3cr3t"}},
	{"subprotocol", []string{"-s", "bearer,s3cr3t-7"}, "", []string{"s3cr3t-7"}},
}

// repeated is what a server repeats of a request.
func repeated(r *http.Request) string {
	said := "you sent " + r.RequestURI
	for _, name := range []string{
		"Authorization", "Proxy-Authorization", "X-Api-Key", "Cookie", "Sec-WebSocket-Protocol",
	} {
		if value := r.Header.Get(name); value != "" {
			said += " " + value
		}
	}
	return said
}

// repeaters are the ways to repeat it.
var repeaters = map[string]func(p *wstest.Peer, said string) error{
	"refusal": func(p *wstest.Peer, said string) error {
		return p.Write(fmt.Appendf(nil, "HTTP/1.1 403 Not %s\r\nWWW-Authenticate: Bearer "+
			"error_description=\"%[1]s\"\r\nX-Said: %[1]s\r\nContent-Length: %d\r\n\r\n%[1]s",
			said, len(said)))
	},
	"JSON": func(p *wstest.Peer, said string) error {
		said = fmt.Sprintf(`{"error": %q}`, said)
		return p.Refuse(401, http.Header{"Content-Type": {"application/json"}}, said)
	},
	"cut": func(p *wstest.Peer, said string) error {
		said = strings.Repeat("x ", 2048-len(said)/2+2) + said
		return p.Refuse(400, nil, said+strings.Repeat("y", 100))
	},
	"redirect": func(p *wstest.Peer, said string) error {
		return p.Refuse(302, http.Header{"Location": {"/" + strings.Repeat("x", 70) + said}}, "")
	},
	"multiple choices": func(p *wstest.Peer, said string) error {
		return p.Refuse(300, http.Header{"Location": {"/" + said}}, "")
	},
	"Close": func(p *wstest.Peer, said string) error {
		if err := p.Accept(wstest.Field("X-Said: " + said)); err != nil {
			return err
		}
		return p.Close(1008, cutTo(said, 123))
	},
	"HTTP": func(p *wstest.Peer, said string) error {
		if err := p.Accept(); err != nil {
			return err
		}
		return p.Write([]byte("HTTP/1.1 400 " + said + "\r\n\r\n" + said))
	},
	"no HTTP": func(p *wstest.Peer, said string) error { return p.Write([]byte(said + "\r\n\r\n")) },
	"no field": func(p *wstest.Peer, said string) error {
		return p.Write([]byte("HTTP/1.1 101 Yes\r\n" + said + "\r\n\r\n"))
	},
}

// What a server repeats of the credentials that were given to it is shown nowhere but in messages,
// unless --show-secrets is given.
func TestCredentialsThatServersRepeat(t *testing.T) {
	for how, repeat := range repeaters {
		for _, c := range credentials {
			t.Run(how+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				url := repeats(t, repeat) + c.query
				dir := t.TempDir()
				ways := [][]string{
					{"-v", "--frames", "--record", dir + "/a.har"}, {"--record", dir + "/a.wst"},
					{"--json", "--record", dir + "/a.jsonl"},
				}
				if c.name == "bearer" {
					ways = append(ways, []string{"--diagnose"})
				}
				for _, way := range ways {
					_, out, errs := clitest.Run(t, "", "", slices.Concat(way, c.flags, []string{url})...)
					checkHidden(t, way[0], out+errs, c.hidden)
				}
				for _, name := range []string{"a.har", "a.wst", "a.jsonl"} {
					text, _ := os.ReadFile(filepath.Join(dir, name)) // none of what was not opened
					checkHidden(t, name, string(text), c.hidden)
				}
				_, out, errs := clitest.Run(t, "", "",
					slices.Concat([]string{"-v", "--show-secrets"}, c.flags, []string{url})...)
				if !strings.Contains(out+errs, c.hidden[len(c.hidden)-1]) {
					t.Errorf("--show-secrets hides it: %s", errs)
				}
			})
		}
	}
}

// repeats is the URL of a server that repeats each request.
func repeats(t *testing.T, repeat func(p *wstest.Peer, said string) error) string {
	server := wstest.Serve(t, func(p *wstest.Peer) {
		_ = repeat(p, repeated(p.Request()))
		_ = p.HalfClose()
	})
	return strings.TrimSuffix(server.URL(), "/") + "/chat"
}

func checkHidden(t *testing.T, where, text string, hidden []string) {
	t.Helper()
	for _, value := range hidden {
		if i := strings.Index(text, value); i >= 0 {
			t.Errorf("%s shows %s: %s", where, value, text[max(0, i-200):min(len(text), i+60)])
		}
	}
}

// A message is what the server said, to the byte; what is told of the end is not.
func TestCredentialsInMessages(t *testing.T) {
	url := repeats(t, func(p *wstest.Peer, said string) error {
		if err := p.Accept(); err != nil {
			return err
		}
		_ = p.Text("-ERR '" + said + "'")
		p.Hangup()
		return nil
	})
	code, out, errs := clitest.Run(t, "", "", "--bearer", "tok-s3cr3t-1", url)
	if want := "-ERR 'you sent /chat Bearer tok-s3cr3t-1'\n"; code != 7 || out != want {
		t.Errorf("exit code %d, stdout %q", code, out)
	}
	checkHidden(t, "stderr", errs, []string{"tok-s3cr3t-1"})
	if !strings.Contains(errs, "Bearer <12 bytes hidden>") {
		t.Errorf("the last words are not told: %s", errs)
	}
}

// A script may expect the value of its own secret, which reports hide by its name; another one is
// hidden before it is compared.
func TestCredentialsInScripts(t *testing.T) {
	url := repeats(t, repeaters["Close"])
	for expected, code := range map[string]int{
		"you sent /chat Bearer ${token}": 0, "you sent /chat Bearer ...": 0,
		"you sent /chat Bearer other": 9,
	} {
		file := filepath.Join(t.TempDir(), "a.wst")
		text := "> /connect --bearer ${token}\n<close 1008 " + expected + "\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, out, errs := clitest.Run(t, "", "", "test", "-v", "--url", url,
			"--secret", "token=tok-s3cr3t-1", file)
		if checkHidden(t, "test", out+errs, []string{"tok-s3cr3t-1"}); got != code {
			t.Errorf("%s: exit code %d\n%s%s", expected, got, out, errs)
		}
	}
}

// A proxy that refuses repeats what was meant for it.
func TestCredentialsThatProxiesRepeat(t *testing.T) {
	proxy := wstest.Serve(t, func(p *wstest.Peer) {
		said := repeated(p.Request())
		_ = p.Refuse(403, http.Header{"X-Said": {said}, "Proxy-Authenticate": {"Basic realm=" +
			strconv.Quote(said)}}, said)
		_ = p.HalfClose()
	})
	_, out, errs := clitest.Run(t, "", "", "-v", "--proxy",
		"http://me:hunter2x@"+proxy.Addr(), "ws://example.test/")
	checkHidden(t, "stderr", out+errs, []string{"hunter2x", "bWU6aHVudGVyMng"})
	if !strings.Contains(errs, "403") {
		t.Errorf("the proxy was not asked: %s", errs)
	}
}
