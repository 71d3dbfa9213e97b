package converse

import (
	"context"
	"crypto/tls"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"wsline/internal/doctor/examine"
	"wsline/internal/env/envtest"
	"wsline/internal/exit"
	"wsline/internal/wstest"
)

// diagnosed runs a diagnosis of what is typed.
func diagnosed(t *testing.T, args ...string) (report string, code int) {
	t.Helper()
	report, code = diagnosis(t, args...).Run(t.Context())
	return narrow(wstest.Stable(report)), code
}

// narrow makes columns two spaces wide: they are as wide as an address is long.
func narrow(report string) string {
	return regexp.MustCompile(`(\S) {2,}(\S)`).ReplaceAllString(report, "$1  $2")
}

// diagnosis is that of a command line.
func diagnosis(t *testing.T, args ...string) *examine.Examination {
	t.Helper()
	o, _ := parsed(t, args)
	address, _, err := o.conn.Address()
	if err != nil {
		t.Fatal(err)
	}
	e := envtest.At("")
	first, err := resolver(e).Target(o.conn, address)
	if err != nil {
		t.Fatal(err)
	}
	c := &config{target: first, given: o.conn, look: o.view.Look(e)}
	return c.diagnosis()
}

// picky is a server that lets in who meets the wish, and counts its visitors.
type picky struct {
	wish     func(*http.Request) bool
	status   int
	body     string
	mu       sync.Mutex
	visitors []string // heads of their requests
}

func (s *picky) serve(p *wstest.Peer) {
	r := p.Request()
	s.mu.Lock()
	s.visitors = append(s.visitors, string(p.RawRequest))
	s.mu.Unlock()
	if isPlain := r.Header.Get("Upgrade") == ""; isPlain || !s.wish(r) {
		p.Refuse(s.status, nil, s.body)
		return
	}
	var opts []wstest.AcceptOption
	if offered := r.Header.Get("Sec-WebSocket-Protocol"); offered != "" {
		opts = append(opts, wstest.Subprotocol(offered))
	}
	p.Accept(opts...)
	p.Text("welcome")
	p.Echo()
}

func never(*http.Request) bool { return false }

// Each is let in by one variant, which the report gives as a command line.
func TestDiagnose(t *testing.T) {
	field := func(name, value string) func(*http.Request) bool {
		return func(r *http.Request) bool { return r.Header.Get(name) == value }
	}
	path := func(path string) func(*http.Request) bool {
		return func(r *http.Request) bool { return r.URL.Path == path }
	}
	for _, tt := range []struct {
		name   string
		server *picky
		args   []string
		path   string
		want   string
		code   int
	}{
		{"let in", &picky{wish: path("/")}, nil, "/", "as asked for  let in\nit is let in as it is\n", 0},
		{"an Origin", &picky{status: 403, wish: func(r *http.Request) bool {
			return r.Header.Get("Origin") == "http://"+r.Host
		}}, []string{"-H", "X-One: a b", "--bearer", "secret", "--no-color"}, "/chat?x=1",
			"as asked for                403 Forbidden\n" +
				"a plain GET  403 Forbidden\n" +
				"with -o http://example.com  let in\n" +
				"let in by:\n" +
				"  wsline -o http://example.com --header 'X-One: a b' --bearer TOKEN 'ws://example.com/chat?x=1'\n",
			5},
		{"no Origin", &picky{status: 403, wish: field("Origin", "")},
			[]string{"-H", "origin: x"}, "/",
			"as asked for                 403 Forbidden\n" +
				"a plain GET  403 Forbidden\n" +
				"with -o http://example.com  403 Forbidden\n" +
				"with -o https://example.com  403 Forbidden\n" +
				"with -o http://localhost:3000  403 Forbidden\n" +
				"with -o http://localhost:5173  403 Forbidden\n" +
				"with -o http://localhost:8080  403 Forbidden\n" +
				"without an Origin  let in\n" +
				"let in by:\n  wsline ws://example.com/\n", 5},
		{"a path", &picky{status: 404, wish: path("/ws")}, []string{"--auth", "me:secret"}, "/chat/",
			"as asked for  404 Not Found\n" +
				"a plain GET  404 Not Found\n" +
				"at /chat  404 Not Found\n" +
				"at /ws  let in\n" +
				"let in by:\n  wsline --auth me ws://example.com/ws\n" +
				"that is another endpoint; the one that was asked for still fails: example.com answered " +
				"404 Not Found: there is nothing at the path \"/chat/\"\n", 5},
		{"a slash", &picky{status: 404, wish: path("/chat/")}, []string{"-k"}, "/chat",
			"as asked for  404 Not Found\n" +
				"a plain GET  404 Not Found\n" +
				"at /chat/  let in\n" +
				"let in by:\n  wsline --insecure ws://example.com/chat/\n", 5},
		{"a subprotocol", &picky{status: 400, body: "missing subprotocol",
			wish: field("Sec-WebSocket-Protocol", "mqtt")}, []string{"-s", "chat"}, "/",
			"as asked for                  400 Bad Request\n" +
				"a plain GET  400 Bad Request\n" +
				"with -s graphql-transport-ws  400 Bad Request\n" +
				"with -s graphql-ws  400 Bad Request\n" +
				"with -s mqtt  let in\n" +
				"let in by:\n  wsline -s mqtt ws://example.com/\n", 5},
		{"a browser", &picky{status: 403, wish: func(r *http.Request) bool {
			return strings.HasPrefix(r.UserAgent(), "Mozilla/")
		}}, nil, "/",
			"as asked for                 403 Forbidden\n" +
				"a plain GET  403 Forbidden\n" +
				"with -o http://example.com  403 Forbidden\n" +
				"with -o https://example.com  403 Forbidden\n" +
				"with -o http://localhost:3000  403 Forbidden\n" +
				"with -o http://localhost:5173  403 Forbidden\n" +
				"with -o http://localhost:8080  403 Forbidden\n" +
				"with a browser's User-Agent  let in\n" +
				"let in by:\n  wsline --user-agent 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) " +
				"Gecko/20100101 Firefox/140.0' ws://example.com/\n", 5},
		{"no compression", &picky{status: 500, wish: field("Sec-WebSocket-Extensions", "")},
			[]string{"--compress"}, "/",
			"as asked for         500 Internal Server Error\n" +
				"a plain GET  500 Internal Server Error\n" +
				"without compression  let in\n" +
				"let in by:\n  wsline ws://example.com/\n", 5},
		{"a raw field", &picky{status: 400, wish: field("Connection", "Upgrade")},
			[]string{"--raw-header", "Connection: close", "--raw-header=X-One: 1"}, "/",
			"as asked for  400 Bad Request\n" +
				"a plain GET  400 Bad Request\n" +
				"without --raw-header  let in\n" +
				"let in by:\n  wsline ws://example.com/\n", 5},
		{"a Host", &picky{status: 404, wish: func(r *http.Request) bool { return r.Host != "other.example" }},
			[]string{"--host", "other.example", "-k"}, "/",
			"as asked for  404 Not Found\n" +
				"a plain GET  404 Not Found\n" +
				"without --host  let in\n" +
				"let in by:\n  wsline --insecure ws://example.com/\n", 5},
		{"a login", &picky{status: 401, wish: never}, nil, "/",
			"as asked for  401 Unauthorized\na plain GET  401 Unauthorized\nno variant would help\n" +
				"wsline: error: example.com answered 401 Unauthorized: it wants a login\n" +
				"wsline: hint: --auth USER, --bearer TOKEN or --cookie NAME=VALUE logs in\n", 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := wstest.Serve(t, tt.server.serve)
			got, code := diagnosed(t, append(tt.args, strings.TrimSuffix(s.URL(), "/")+tt.path)...)
			if got != narrow(tt.want) || code != tt.code {
				t.Errorf("exit code %d, got\n%swant\n%s", code, got, tt.want)
			}
		})
	}
}

// A path that answers as a WebSocket would is where to go on, with an Origin too.
func TestDiagnosePathAndOrigin(t *testing.T) {
	s := wstest.Serve(t, func(p *wstest.Peer) {
		r := p.Request()
		switch {
		case r.URL.Path != "/ws":
			p.Refuse(404, nil, "")
		case r.Header.Get("Origin") == "":
			p.Refuse(403, nil, "")
		default:
			p.Accept()
			p.Text("welcome")
			p.Echo()
		}
	})
	got, code := diagnosed(t, s.URL())
	want := "as asked for                       404 Not Found\n" +
		"a plain GET  404 Not Found\n" +
		"at /ws  403 Forbidden\n" +
		"at /ws with -o http://example.com  let in\n" +
		"let in by:\n  wsline -o http://example.com ws://example.com/ws\n" +
		"that is another endpoint; the one that was asked for still fails: example.com answered " +
		"404 Not Found: there is nothing at the path \"/\"\n"
	if got != narrow(want) || code != 5 {
		t.Errorf("exit code %d, got\n%swant\n%s", code, got, want)
	}
}

// It asks a server at most twenty times, and says what it would say without.
func TestDiagnoseHasALimit(t *testing.T) {
	for _, status := range []int{400, 403, 404, 500} {
		server := &picky{wish: never, status: status}
		s := wstest.Serve(t, server.serve)
		got, code := diagnosed(t, "--connect-timeout", "0.3s", "-o", "http://a.b.example", s.URL()+"chat")
		if n := len(server.visitors); n > examine.MaxTries || n < 3 || code != 5 {
			t.Errorf("%d: %d tries, exit code %d", status, n, code)
		}
		if !strings.Contains(got, "\nnone of them was let in\nin vain: ") ||
			!strings.Contains(got, "\nwsline: error: example.com answered ") {
			t.Errorf("%d:\n%s", status, got)
		}
	}
}

// What was meant for TLS is not sent without.
func TestDiagnoseKeepsCredentials(t *testing.T) {
	const secret = "s3cr3t"
	server := &picky{wish: never, status: 404}
	plain := wstest.Serve(t, server.serve)
	rest := strings.TrimPrefix(plain.URL(), "ws:")
	soon := "--connect-timeout=0.3s"
	got, code := diagnosed(t, soon, "-k", "--bearer", secret, "--cookie", "a="+secret,
		"-H", "X-Key: "+secret, "-s", "bearer,"+secret, "wss:"+rest)
	if len(server.visitors) == 0 || code != exit.Timeout {
		t.Fatalf("exit code %d, asked %d times:\n%s", code, len(server.visitors), got)
	}
	for _, head := range server.visitors {
		if strings.Contains(head, secret) {
			t.Errorf("sent in the clear: %q", head)
		}
	}
	before := len(server.visitors)
	diagnosed(t, soon, "-k", "wss:"+rest+"?token="+secret)
	if len(server.visitors) != before {
		t.Errorf("sent in the clear: %q", server.visitors[before:])
	}
	got, _ = diagnosed(t, soon, "-k", "wss://user:"+secret+"@"+strings.TrimPrefix(rest, "//"))
	for _, head := range server.visitors[before:] {
		if strings.Contains(head, "Authorization") {
			t.Errorf("sent in the clear: %q", head)
		}
	}
	if strings.Contains(got, secret) {
		t.Errorf("shown:\n%s", got)
	}
}

func TestDiagnoseTLS(t *testing.T) {
	ca := wstest.NewCA(t)
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, ca.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	s := wstest.ServeTLS(t, ca.ServerConfig(t), func(p *wstest.Peer) { p.Accept(); p.Echo() })
	got, code := diagnosed(t, "--ca", file, strings.Replace(s.URL(), "wss:", "ws:", 1))
	want := "let in by:\n  wsline --ca " + file + " wss://example.com/\n"
	if !strings.HasSuffix(got, want) || code != 5 {
		t.Errorf("exit code %d, got\n%swant\n%s", code, got, want)
	}
	tries := 0
	expired := wstest.ServeTLS(t, &tls.Config{Certificates: []tls.Certificate{
		ca.Server(t, wstest.Expired())}}, func(p *wstest.Peer) { tries++; p.Accept() })
	got, code = diagnosed(t, expired.URL())
	if code != 4 || !strings.HasPrefix(got, "as asked for  the certificate of example.com expired") ||
		!strings.Contains(got, "\nno variant would help\nwsline: error: the certificate") {
		t.Errorf("exit code %d:\n%s", code, got)
	}
}

// A command line that is to be pasted may have what is secret in it.
func TestDiagnoseShowsSecrets(t *testing.T) {
	s := &picky{status: 403, wish: func(r *http.Request) bool { return r.Header.Get("Origin") != "" }}
	url := wstest.Serve(t, s.serve).URL() + "?token=t0ken"
	for secrets, want := range map[bool]string{
		false: "--bearer TOKEN 'ws://example.com/?token=<5 bytes hidden>'\n",
		true:  "--bearer s3cret 'ws://example.com/?token=t0ken'\n",
	} {
		args := []string{"--bearer", "s3cret", url}
		if secrets {
			args = append(args, "--show-secrets")
		}
		report, _ := diagnosis(t, args...).Run(t.Context())
		if got := wstest.Stable(report); !strings.HasSuffix(got, want) {
			t.Errorf("%s\nwant at its end %s", got, want)
		}
	}
}

func TestDiagnoseStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	tries := 0
	s := wstest.Serve(t, func(p *wstest.Peer) {
		if p.Request(); tries == 3 {
			cancel()
			p.Stall(nil)
		}
		p.Refuse(404, nil, "")
	})
	x := diagnosis(t, s.URL())
	x.Progress = func(string) { tries++ }
	report, code := x.Run(ctx)
	if tries != 3 || code != exit.Interrupted || !strings.HasSuffix(report, "\nstopped before the end\n") {
		t.Errorf("%d tries, exit code %d:\n%s", tries, code, report)
	}
	var stdout strings.Builder
	e := envtest.At("")
	e.Stdout = &stdout
	o, line := parsed(t, []string{"--diagnose", "demo:"})
	err := o.run(t.Context(), e, line)
	if err != nil || stdout.String() != "demo: is inside wsline, and lets everyone in\n" {
		t.Errorf("%v: %s", err, stdout.String())
	}
}

// On a terminal one row of stderr says what is being tried, and is taken away; elsewhere nothing does.
func TestDiagnoseProgress(t *testing.T) {
	s := wstest.Serve(t, func(p *wstest.Peer) { p.Request(); p.Refuse(429, nil, "") })
	for _, tt := range []struct{ terminals, want string }{
		{"e", "\r\x1b[K1: as ask\r\x1b[K"}, {"", ""},
	} {
		var stderr strings.Builder
		e := envtest.At(tt.terminals)
		e.Stdout, e.Stderr = &strings.Builder{}, &stderr
		e.Size = func() (int, int) { return 10, 24 }
		o, line := parsed(t, []string{"--diagnose", s.URL()})
		if code := exit.FaultOf(o.run(t.Context(), e, line)).Code; code != 5 {
			t.Errorf("exit code %d", code)
		}
		if stderr.String() != tt.want {
			t.Errorf("terminals %q: %q", tt.terminals, stderr.String())
		}
	}
}
