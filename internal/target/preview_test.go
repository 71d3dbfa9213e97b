package target

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"wsline/internal/exit"
	"wsline/internal/wstest"
)

// Each program gets a command that makes the same connection, or a reason why it cannot.
func TestForeignCommands(t *testing.T) {
	const curl = "curl --include --no-buffer --http1.1 -H Accept: -H 'Host: example.com' " +
		"-H 'Upgrade: websocket' -H 'Connection: Upgrade' -H 'Sec-WebSocket-Key: KEY' " +
		"-H 'Sec-WebSocket-Version: 13' "
	const agent = "-H 'User-Agent: me' "
	for _, tt := range []struct {
		args           string
		curl, websocat string // what follows the fields that are always the same; or "cannot ..."
	}{
		{"ws://example.com/a?b", agent + "'http://example.com/a?b'",
			"'-H=User-Agent: me' 'ws://example.com/a?b'"},
		{"-o https://x.example -s a,b -H X-Empty: ws://example.com/",
			"-H 'Sec-WebSocket-Protocol: a, b' " + agent + "-H 'Origin: https://x.example' -H 'X-Empty;' " +
				"http://example.com/",
			"'--protocol=a, b' '-H=User-Agent: me' --origin=https://x.example '-H=X-Empty: ' " +
				"ws://example.com/"},
		{"-k --bearer secret wss://example.com",
			agent + "-H 'Authorization: Bearer <6 bytes hidden>' --insecure https://example.com",
			"--insecure '-H=User-Agent: me' '-H=Authorization: Bearer <6 bytes hidden>' wss://example.com"},
		{"--show-secrets --bearer secret ws://example.com/?token=secret",
			agent + "-H 'Authorization: Bearer secret' 'http://example.com/?token=secret'",
			"'-H=User-Agent: me' '-H=Authorization: Bearer secret' 'ws://example.com/?token=secret'"},
		{"ws://me:secret@example.com/?token=secret",
			"-H 'Authorization: Basic <12 bytes hidden>' " + agent +
				"'http://example.com/?token=<6 bytes hidden>'",
			"'-H=Authorization: Basic <12 bytes hidden>' '-H=User-Agent: me' " +
				"'ws://example.com/?token=<6 bytes hidden>'"},
		{"--proxy http://u:p@proxy.example:3128 ws://example.com/",
			agent + "--proxy 'http://<hidden>@proxy.example:3128' --proxytunnel http://example.com/",
			`cannot go through the proxy "http://u:xxxxx@proxy.example:3128"`},
		{"--proxy socks5h://proxy.example ws://example.com/",
			agent + "--proxy socks5h://proxy.example http://example.com/",
			"--socks5=proxy.example:1080 '-H=User-Agent: me' ws://example.com/"},
		{"-4 -L --max-redirects 3 --resolve example.com:80:192.0.2.1 ws://example.com/a/../[b]",
			agent + "-4 --resolve example.com:80:192.0.2.1 --location --max-redirs 3 --globoff " +
				"--path-as-is 'http://example.com/a/../[b]'",
			"cannot follow redirects (-L)"},
		{"--compress ws://example.com/",
			"-H 'Sec-WebSocket-Extensions: permessage-deflate' " + agent + "http://example.com/",
			"cannot offer compression (--compress)"},
		{"--servername a.example wss://example.com/", `cannot ask for another server name ("a.example")`,
			"cannot ask for another server name (--servername)"},
		{"demo:", "cannot reach demo:, which is inside wsline", "cannot reach demo:, which is inside wsline"},
	} {
		args, secrets := strings.CutPrefix(tt.args, "--show-secrets ")
		given, first := typedTarget(t, append([]string{"--user-agent", "me"}, strings.Fields(args)...)...)
		for _, p := range []struct {
			name, begin, want string
			make              func(*Target, *Options, bool) (string, error)
		}{
			{"curl", curl, tt.curl, (*Target).CurlCommand},
			{"websocat", "websocat ", tt.websocat, (*Target).WebsocatCommand},
		} {
			got, err := p.make(first, given, secrets)
			got = regexp.MustCompile(`[A-Za-z0-9+/]{22}==`).ReplaceAllString(got, "KEY")
			want := p.begin + p.want + "\n"
			if why, ok := strings.CutPrefix(p.want, "cannot "); ok {
				var usage *exit.UsageError
				if !errors.As(err, &usage) || usage.Text != p.name+" cannot "+why {
					t.Errorf("%s, %s: %q, %v", tt.args, p.name, got, err)
				}
			} else if err != nil || got != want {
				t.Errorf("%s: %v\ngot  %swant %s", tt.args, err, got, want)
			}
		}
	}
}

func TestRequestText(t *testing.T) {
	_, first := typedTarget(t, "--user-agent", "me", "--cookie", "a=secret", "ws://example.com/?sig=x")
	for _, secrets := range []bool{false, true} {
		got, err := first.Request(secrets)
		want := "GET /?sig=<1 byte hidden> HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n" +
			"Connection: Upgrade\r\nSec-WebSocket-Key: KEY\r\nSec-WebSocket-Version: 13\r\n" +
			"User-Agent: me\r\nCookie: <8 bytes hidden>\r\n\r\n"
		if secrets {
			want = strings.Replace(want, "<1 byte hidden>", "x", 1)
			want = strings.Replace(want, "<8 bytes hidden>", "a=secret", 1)
		}
		got = regexp.MustCompile(`[A-Za-z0-9+/]{22}==`).ReplaceAllString(got, "KEY")
		if err != nil || got != want {
			t.Errorf("%v\ngot  %q\nwant %q", err, got, want)
		}
	}
	if _, err := (&Target{Endpoint: "echo:"}).Request(false); err == nil {
		t.Error("an endpoint has no request")
	}
}

// The real curl, through a real shell, sends the very request, and shows what comes.
func TestCurlCommandRuns(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("WSLINE_REQUIRE_LIVE") == "1" {
			t.Fatal("there is no curl here, and WSLINE_REQUIRE_LIVE is set")
		}
		t.Skip("there is no curl here")
	}
	requests := make(chan string, 1)
	s := wstest.Serve(t, func(p *wstest.Peer) {
		p.Request()
		requests <- string(p.RawRequest)
		p.Accept()
		p.Text("it's there")
		p.Hangup()
	})
	given, first := typedTarget(t, "-o", "https://x.example", "-H", "X-Quote: it's $HOME", "-H", "X-Empty:",
		"--bearer", "secret", s.URL()+"a?b=c&d")
	line, err := first.CurlCommand(given, true)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "--", line)
	cmd.WaitDelay = 10 * time.Second
	out, _ := cmd.Output() // curl may call the end of the stream an error
	key := regexp.MustCompile(`Sec-WebSocket-Key: ([^']*)'`).FindStringSubmatch(line)[1]
	want, _ := first.Request(true)
	want = regexp.MustCompile(`[A-Za-z0-9+/]{22}==`).ReplaceAllString(want, key)
	if got := <-requests; sorted(got) != sorted(strings.ReplaceAll(want, "X-Empty: ", "X-Empty:")) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if !strings.HasPrefix(string(out), "HTTP/1.1 101 ") || !strings.Contains(string(out), "it's there") {
		t.Errorf("curl shows %q", out)
	}
}

// sorted are the lines of a head in an order of their own: curl writes Host first.
func sorted(head string) string {
	lines := strings.Split(strings.TrimSpace(head), "\r\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
