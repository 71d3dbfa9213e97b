package doctor

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wsline/internal/dial"
	"wsline/internal/doctor/software"
	"wsline/internal/exit"
	"wsline/internal/wire"
	"wsline/session"
)

func TestDialCodes(t *testing.T) {
	for kind, want := range map[dial.Kind]int{
		dial.KindConnect: 3, dial.KindTLS: 4, dial.KindHandshake: 5, dial.KindTimeout: 6,
		dial.KindCanceled: 130,
	} {
		got := exit.FaultOf(Explain(&dial.Error{Kind: kind, Text: "x"}))
		if got.Code != want || got.Message != "x" {
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
			if hint := hintOf(e); hint == "" && r != dial.ReasonHeadTooLong {
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
		{426, "", software.AnyPassOn},
		{426, "Upgrade: h2c", "check the path of the URL"},
		{426, "Sec-WebSocket-Version: 8, 7",
			"the server, or the library that it uses, is older than RFC 6455"},
		{426, "Sec-WebSocket-Version: 8, 13", software.AnyPassOn},
		{429, "", "try again later"},
		{429, "Retry-After: 5", "try again in 5 seconds"},
		{429, "Retry-After: 1", "try again in a second"},
		{501, "", otherPath},
		{504, "", "is that server stuck? if it is not, check the path: " +
			"some ignore an upgrade at an unknown one"},
		{599, "", "the server has a fault of its own: its log should say more"},
	} {
		header := http.Header{}
		if name, value, ok := strings.Cut(c.field, ": "); ok {
			header.Set(name, value)
		}
		e := &dial.Error{
			Kind: dial.KindHandshake, Reason: dial.ReasonStatus, Status: c.status, Header: header,
		}
		if got := hintOf(e); got != c.hint {
			t.Errorf("%d %s: got %q, want %q", c.status, c.field, got, c.hint)
		}
	}
}

func TestSchemeHintHidesCredentials(t *testing.T) {
	u, _ := url.Parse("ws://user:pass@host/x?y")
	e := &dial.Error{Kind: dial.KindHandshake, Reason: dial.ReasonTLSServer, URL: u}
	if got, want := hintOf(e), "for a server with TLS: wss://host/x?y"; got != want {
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
		if got := hintOf(e); got != c.want {
			t.Errorf("status %d, reply %d: got %q, want %q", c.status, c.reply, got, c.want)
		}
	}
}

func TestEndCodes(t *testing.T) {
	closed := func(byUs bool, code wire.StatusCode) *session.End {
		return &session.End{Cause: session.CauseClosed, ByUs: byUs, Received: true, Code: code}
	}
	answered := func(ours, theirs wire.StatusCode) *session.End {
		return &session.End{Cause: session.CauseClosed, ByUs: true, Received: true, Sent: ours, Code: theirs}
	}
	for _, c := range []struct {
		end  *session.End
		code int
	}{
		{nil, 0},
		{closed(false, 1000), 0}, {closed(false, 1001), 0}, {closed(false, 1005), 0},
		{closed(false, 1002), 8}, {closed(false, 1008), 8},
		{closed(false, 3000), 8}, {closed(false, 4999), 8},
		{closed(true, 1000), 0}, {closed(true, 1001), 0}, {closed(true, 1005), 0},
		{answered(4000, 4000), 0}, {answered(4000, 1000), 0}, {answered(1000, 1011), 8},
		{answered(1000, 4401), 8},
		{&session.End{Cause: session.CauseBroken, Err: session.ErrNoClose}, 7},
		{&session.End{Cause: session.CauseBroken, Err: io.ErrClosedPipe}, 7},
		{&session.End{Cause: session.CauseProtocol, Err: &wire.Error{Text: "x"}}, 7},
		{&session.End{Cause: session.CauseTooBig, Err: &session.TooBigError{Limit: 1}}, 7},
		{&session.End{Cause: session.CauseTimeout}, 6},
		{&session.End{Cause: session.CauseDropped}, 0},
	} {
		got := 0
		if err := Ended(c.end); err != nil {
			f := exit.FaultOf(err)
			got = f.Code
			if f.Message == "" {
				t.Errorf("%+v: nothing is said", c.end)
			}
		}
		if got != c.code {
			t.Errorf("%+v: got %d, want %d", c.end, got, c.code)
		}
	}
}

func TestUnheard(t *testing.T) {
	for n, want := range map[int64]string{
		0:  "the server did not answer a ping in time",
		1:  "the server did not answer a ping in time; 1 message was sent since the last sign of life",
		14: "the server did not answer a ping in time; 14 messages were sent since the last sign of life",
	} {
		f := EndFault(&session.End{Cause: session.CauseTimeout, Err: session.ErrPongTimeout, Unheard: n})
		if f.Message != want || f.Code != 6 {
			t.Errorf("%d: %d %s", n, f.Code, f.Message)
		}
	}
}

func TestMeantEndpoint(t *testing.T) {
	for host, want := range map[string]string{
		"demo": "did you mean demo:?", "echo": "did you mean echo:?",
		"demo:80": "check the name; --resolve HOST:PORT:ADDRESS does without DNS",
	} {
		e := &dial.Error{Reason: dial.ReasonNameNotFound, URL: &url.URL{Scheme: "ws", Host: host}}
		if got := hintOf(e); got != want {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
}

func hintOf(e *dial.Error) string { return (&refusal{e}).Fault().Hint }
