package dial

import (
	"net/url"

	"golang.org/x/net/http/httpproxy"

	"wsline/internal/exit"
)

// ProxyFromEnvironment returns the proxy function that the variables of an environment ask for: of
// http_proxy for ws and https_proxy for wss, or else ALL_PROXY, lower case before upper case, but
// for the hosts of NO_PROXY and loopback ones. An unusable value is an error, a *exit.UsageError that
// names the variable, when a URL would need it.
func ProxyFromEnvironment(getenv func(string) string) func(*url.URL) (*url.URL, error) {
	insecure := variable(getenv, "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
	if getenv("REQUEST_METHOD") != "" {
		// In a CGI program HTTP_PROXY is what a client says in its field "Proxy".
		insecure = variable(getenv, "http_proxy", "all_proxy", "ALL_PROXY")
	}
	secure := variable(getenv, "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
	// The library decides which hosts need no proxy; which proxy it is is decided here.
	needed := (&httpproxy.Config{
		HTTPProxy: "http://proxy", HTTPSProxy: "http://proxy",
		NoProxy: variable(getenv, "no_proxy", "NO_PROXY").value,
	}).ProxyFunc()
	return func(u *url.URL) (*url.URL, error) {
		asked, v := *u, insecure
		asked.Scheme = "http"
		if u.Scheme == "wss" {
			asked.Scheme, v = "https", secure
		}
		if v.value == "" {
			return nil, nil
		}
		if p, err := needed(&asked); p == nil || err != nil {
			return nil, err
		}
		p, err := ParseProxy(v.value)
		if err != nil {
			return nil, &exit.UsageError{Text: "the proxy in " + v.name + ": " + err.Error()}
		}
		return p, nil
	}
}

// An envVar is a variable that is set.
type envVar struct{ name, value string }

// variable is the first of the names that is set to something.
func variable(getenv func(string) string, names ...string) envVar {
	for _, name := range names {
		if v := getenv(name); v != "" {
			return envVar{name, v}
		}
	}
	return envVar{}
}
