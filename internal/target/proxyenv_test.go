package target

import (
	"net/url"
	"strings"
	"testing"

	"wsline/internal/dial/uri"
)

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, _, err := uri.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestProxyFromEnvironment(t *testing.T) {
	tests := []struct{ env, url, want, err string }{
		{env: "", url: "ws://h/"},
		{env: "http_proxy=p:1", url: "ws://h/", want: "http://p:1"},
		{env: "http_proxy=p:1", url: "wss://h/"},
		{env: "HTTP_PROXY=p:1 http_proxy=q:1", url: "ws://h/", want: "http://q:1"},
		{env: "HTTP_PROXY=p:1", url: "ws://h/", want: "http://p:1"},
		{env: "HTTP_PROXY=p:1 REQUEST_METHOD=GET", url: "ws://h/"},
		{env: "https_proxy=https://u:p@p", url: "wss://h/", want: "https://u:p@p"},
		{env: "ALL_PROXY=socks5h://p", url: "ws://h/", want: "socks5h://p"},
		{env: "ALL_PROXY=socks5://p https_proxy=q", url: "wss://h/", want: "http://q"},
		{env: "https_proxy=p NO_PROXY=h,x", url: "wss://h/"},
		{env: "https_proxy=p no_proxy=.example", url: "wss://a.example:8/"},
		{env: "https_proxy=p no_proxy=.example", url: "wss://example.org/", want: "http://p"},
		{env: "https_proxy=p NO_PROXY=*", url: "wss://h/"},
		{env: "https_proxy=p NO_PROXY=h:443", url: "wss://h/"},
		{env: "https_proxy=p NO_PROXY=10.0.0.0/8", url: "wss://10.1.2.3/"},
		{env: "http_proxy=p", url: "ws://localhost:8080/"},
		{env: "http_proxy=p", url: "ws://127.0.0.1:8080/"},
		{env: "http_proxy=p", url: "ws://[::1]:8080/"},
		{env: "http_proxy=ftp://p", url: "ws://h/",
			err: `the proxy in http_proxy: unknown scheme "ftp" for a proxy`},
		{env: "http_proxy=ftp://p", url: "ws://localhost/"},
	}
	for _, tt := range tests {
		vars := map[string]string{}
		for _, v := range strings.Fields(tt.env) {
			name, value, _ := strings.Cut(v, "=")
			vars[name] = value
		}
		choose := proxyFromEnvironment(func(name string) string { return vars[name] })
		u, err := choose(mustURL(t, tt.url))
		got := ""
		if u != nil {
			got = u.String()
		}
		if got != tt.want || (err != nil || tt.err != "") && (err == nil || err.Error() != tt.err) {
			t.Errorf("%q, %s: %q, %v; want %q, %q", tt.env, tt.url, got, err, tt.want, tt.err)
		}
	}
}

// That a proxy is not used for this machine is told, unless NO_PROXY says so itself.
func TestPassedOver(t *testing.T) {
	for _, tt := range []struct{ env, url, want string }{
		{"http_proxy=p", "ws://localhost:8080/", "http_proxy"},
		{"HTTP_PROXY=p", "ws://127.0.0.2/", "HTTP_PROXY"},
		{"https_proxy=p", "wss://[::1]/", "https_proxy"},
		{"ALL_PROXY=p NO_PROXY=example.com", "wss://localhost/", "ALL_PROXY"},
		{"https_proxy=p", "ws://localhost/", ""},
		{"http_proxy=p", "ws://example.com/", ""},
		{"http_proxy=p no_proxy=localhost,127.0.0.1", "ws://127.0.0.1/", ""},
		{"http_proxy=p NO_PROXY=[::1]", "ws://[::1]/", ""},
		{"http_proxy=p NO_PROXY=127.0.0.0/8", "ws://localhost/", ""},
		{"http_proxy=p NO_PROXY=*", "ws://localhost/", ""},
		{"http_proxy=p NO_PROXY=example.com", "ws://example.com/", ""},
		{"", "ws://localhost/", ""},
	} {
		vars := map[string]string{}
		for _, assignment := range strings.Fields(tt.env) {
			name, value, _ := strings.Cut(assignment, "=")
			vars[name] = value
		}
		got := passedOver(func(name string) string { return vars[name] }, mustURL(t, tt.url))
		if got != tt.want {
			t.Errorf("%q, %s: %q, want %q", tt.env, tt.url, got, tt.want)
		}
	}
}
