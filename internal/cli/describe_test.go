package cli

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/repl"
	"wsline/repl/line"
	"wsline/session"
)

func TestDialCodes(t *testing.T) {
	for kind, want := range map[dial.Kind]int{
		dial.KindConnect: 3, dial.KindTLS: 4, dial.KindHandshake: 5, dial.KindTimeout: 6,
		dial.KindCanceled: 130,
	} {
		got := describe(&dial.Error{Kind: kind, Text: "x"})
		if got.code != want || got.message != "x" {
			t.Errorf("kind %d: got %+v, want code %d", kind, got, want)
		}
	}
}

// Every reason but those that say all by themselves has a hint.
func TestEveryReasonHasAHint(t *testing.T) {
	kinds := map[dial.Kind][2]dial.Reason{
		dial.KindConnect:   {dial.ReasonNameNotFound, dial.ReasonProxyRefused},
		dial.KindTimeout:   {dial.ReasonLateDNS, dial.ReasonLateUpgrade},
		dial.KindTLS:       {dial.ReasonNotTLS, dial.ReasonTLSAlert},
		dial.KindHandshake: {dial.ReasonRedirect, dial.ReasonExtension},
	}
	for kind, reasons := range kinds {
		for r := reasons[0]; r <= reasons[1]; r++ {
			e := &dial.Error{Kind: kind, Reason: r, URL: &url.URL{Scheme: "ws", Host: "a"}}
			if hint := dialHint(e); hint == "" && r != dial.ReasonHeadTooLong {
				t.Errorf("kind %d, reason %d: no hint", kind, r)
			}
		}
	}
}

func TestStatusHints(t *testing.T) {
	for _, c := range []struct {
		status int
		field  string
		hint   string
	}{
		{401, "", "--auth USER, --bearer TOKEN or --cookie NAME=VALUE logs in"},
		{401, "WWW-Authenticate: BASIC realm=x", "--auth USER logs in"},
		{401, "WWW-Authenticate: Bearer", "--bearer TOKEN logs in"},
		{302, "", "the redirect does not say where to: check the path of the URL"},
		{405, "", otherPath},
		{418, "", ""},
		{426, "", forwardUpgrade},
		{426, "Upgrade: h2c", "check the path of the URL"},
		{426, "Sec-WebSocket-Version: 8, 7",
			"the server, or the library that it uses, is older than RFC 6455"},
		{426, "Sec-WebSocket-Version: 8, 13", forwardUpgrade},
		{429, "", "try again later"},
		{429, "Retry-After: 5", "try again in 5 seconds"},
		{429, "Retry-After: 1", "try again in a second"},
		{501, "", otherPath},
		{504, "", "is that server busy or stuck, and does the gateway pass upgrades on?"},
		{599, "", "the server has a fault of its own: its log should say more"},
	} {
		header := http.Header{}
		if name, value, ok := strings.Cut(c.field, ": "); ok {
			header.Set(name, value)
		}
		e := &dial.Error{
			Kind: dial.KindHandshake, Reason: dial.ReasonStatus, Status: c.status, Header: header,
		}
		if got := dialHint(e); got != c.hint {
			t.Errorf("%d %s: got %q, want %q", c.status, c.field, got, c.hint)
		}
	}
}

func TestSchemeHintHidesCredentials(t *testing.T) {
	u, _ := url.Parse("ws://user:pass@host/x?y")
	e := &dial.Error{Kind: dial.KindHandshake, Reason: dial.ReasonTLSServer, URL: u}
	if got, want := dialHint(e), "for a server with TLS: wss://host/x?y"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFirstLines(t *testing.T) {
	all := "x" + strings.Repeat("\nx", bodyLines-1)
	shown := strings.ReplaceAll(all, "\n", "|")
	for _, c := range []struct {
		in    string
		isCut bool
		want  string
	}{
		{"", false, ""},
		{"\n\n", false, ""},
		{"a\r\n\r\n  b  \n\tc", false, "a|  b|\tc"},
		{"a\nb", true, "a|b|… and more"},
		{all, false, shown},
		{all + "\n\nx\n\n", false, shown + "|… 1 more line"},
		{all + "\n\nx\ny", false, shown + "|… 2 more lines"},
		{all + "\n\nx\ny", true, shown + "|… 2 more lines and more"},
		{strings.Repeat("ü", 501), false, strings.Repeat("ü", 500) + "…"},
		{strings.Repeat("ü", 500), false, strings.Repeat("ü", 500)},
	} {
		if got := strings.Join(firstLines([]byte(c.in), c.isCut), "|"); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
}

func TestProxyHints(t *testing.T) {
	for _, c := range []struct {
		status int
		reply  byte
		want   string
	}{
		{403, 0, proxyForbids}, {0, 2, proxyForbids},
		{502, 0, proxyFailed}, {503, 0, proxyFailed}, {504, 0, proxyFailed},
		{0, 3, proxyFailed}, {0, 4, proxyFailed}, {0, 5, proxyFailed}, {0, 6, proxyFailed},
		{429, 0, "try again later"},
		{500, 0, "the proxy has a fault of its own"},
		{405, 0, "this may be a web server and not a proxy: check the host and port of --proxy"},
		{501, 0, "this may be a web server and not a proxy: check the host and port of --proxy"},
		{0, 1, "the proxy may forbid this host or port, or not reach it"},
		{0, 8, "socks5:// gives the proxy an address, socks5h:// a name"},
	} {
		e := &dial.Error{Reason: dial.ReasonProxyRefused, Status: c.status, Reply: c.reply}
		if got := dialHint(e); got != c.want {
			t.Errorf("status %d, reply %d: got %q, want %q", c.status, c.reply, got, c.want)
		}
	}
}

func TestEndCodes(t *testing.T) {
	closed := func(byUs bool, code wire.StatusCode) *session.End {
		return &session.End{Cause: session.CauseClosed, ByUs: byUs, Received: true, Code: code}
	}
	for _, c := range []struct {
		end  *session.End
		code int
	}{
		{nil, 0},
		{closed(false, 1000), 0}, {closed(false, 1001), 0}, {closed(false, 1005), 0},
		{closed(false, 1002), 8}, {closed(false, 1008), 8},
		{closed(false, 3000), 8}, {closed(false, 4999), 8},
		{closed(true, 1000), 0}, {closed(true, 4000), 0}, {closed(true, 1005), 0},
		{&session.End{Cause: session.CauseBroken, Err: session.ErrNoClose}, 7},
		{&session.End{Cause: session.CauseBroken, Err: io.ErrClosedPipe}, 7},
		{&session.End{Cause: session.CauseProtocol, Err: &wire.Error{Text: "x"}}, 7},
		{&session.End{Cause: session.CauseTooBig, Err: &session.TooBigError{Limit: 1}}, 7},
		{&session.End{Cause: session.CauseTimeout}, 6},
		{&session.End{Cause: session.CauseDropped}, 0},
	} {
		got := 0
		if err := endOf(c.end); err != nil {
			f := describe(err)
			got = f.code
			if f.message == "" {
				t.Errorf("%+v: nothing is said", c.end)
			}
		}
		if got != c.code {
			t.Errorf("%+v: got %d, want %d", c.end, got, c.code)
		}
	}
}

func TestResults(t *testing.T) {
	broken := &session.End{Cause: session.CauseBroken}
	for _, c := range []struct {
		name string
		res  repl.Result
		code int
	}{
		{"nothing", repl.Result{}, 0},
		{"Ctrl-C", repl.Result{Interrupted: true, End: broken}, 130},
		{"SIGTERM", repl.Result{Terminated: true, End: broken}, 143},
		{"no connection", repl.Result{ConnectErr: &dial.Error{Kind: dial.KindConnect}}, 3},
		{"Ctrl-C at a question", repl.Result{ConnectErr: line.ErrInterrupted}, 130},
		{"expectation", repl.Result{Err: &repl.ExpectError{Pattern: "x"}, End: broken}, 9},
		{"count", repl.Result{Err: &repl.CountError{}}, 9},
		{"count reached, and the end broken", repl.Result{Met: true, End: broken}, 0},
		{"line", repl.Result{Err: &repl.LineError{Line: 1, Unit: "line"}}, 2},
		{"command", repl.Result{Err: &repl.CommandError{Err: errors.New("x")}}, 2},
		{"stdin", repl.Result{Err: &repl.ReadError{Err: syscall.EIO}}, 1},
		{"stdout", repl.Result{Err: &repl.WriteError{Err: syscall.ENOSPC}}, 1},
		{"stdout closed", repl.Result{Err: &repl.WriteError{Err: syscall.EBADF}}, 1},
		{"stdout closed here", repl.Result{Err: &repl.WriteError{Err: os.ErrClosed}}, 1},
		{"reader gone", repl.Result{Err: &repl.WriteError{Err: syscall.EPIPE}, End: broken}, 0},
		{"broken", repl.Result{End: broken}, 7},
	} {
		code := 0
		if err := resultError(c.res); err != nil {
			code = describe(err).code
		}
		if code != c.code {
			t.Errorf("%s: got %d, want %d", c.name, code, c.code)
		}
	}
}

// One error, one line: what a server chose to say cannot begin a line of its own.
func TestReportEscapes(t *testing.T) {
	var stderr strings.Builder
	env := at("")
	env.Args, env.Stdin = []string{"ws://\x1b[2J"}, strings.NewReader("")
	env.Stdout, env.Stderr = io.Discard, &stderr
	if code := Run(context.Background(), env); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	want := "wsline: error: the URL \"ws://\\x1b[2J\" holds a control character\n"
	if stderr.String() != want {
		t.Errorf("got %q, want %q", stderr.String(), want)
	}
}

func TestMeantEndpoint(t *testing.T) {
	for host, want := range map[string]string{
		"demo": "did you mean demo:?", "echo": "did you mean echo:?",
		"demo:80": "check the name; --resolve HOST:PORT:ADDRESS does without DNS",
	} {
		e := &dial.Error{Reason: dial.ReasonNameNotFound, URL: &url.URL{Scheme: "ws", Host: host}}
		if got := dialHint(e); got != want {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
}
