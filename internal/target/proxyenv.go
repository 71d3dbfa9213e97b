package target

import (
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"wsline/internal/dial/uri"
	"wsline/internal/exit"
)

// proxyFromEnvironment returns the proxy function that the variables of an environment ask for: of
// http_proxy for ws and https_proxy for wss, or else ALL_PROXY, lower case before upper case, but
// for the hosts of NO_PROXY and loopback ones. An unusable value is an error, a *exit.UsageError that
// names the variable, when a URL would need it.
func proxyFromEnvironment(getenv func(string) string) func(*url.URL) (*url.URL, error) {
	needed := proxied(variable(getenv, "no_proxy", "NO_PROXY").value)
	return func(u *url.URL) (*url.URL, error) {
		v := proxyVariable(getenv, u)
		if v.value == "" || !needed(u) {
			return nil, nil
		}
		p, err := uri.ParseProxy(v.value)
		if err != nil {
			return nil, &exit.UsageError{Text: "the proxy in " + v.name + ": " + err.Error()}
		}
		return p, nil
	}
}

// passedOver is the name of the variable with the proxy that proxyFromEnvironment would use for a
// URL, if its host were not a loopback one; else "". When NO_PROXY speaks of this machine itself,
// nobody need be told.
func passedOver(getenv func(string) string, u *url.URL) string {
	for name := range strings.SplitSeq(variable(getenv, "no_proxy", "NO_PROXY").value, ",") {
		name = strings.Trim(name, " .[]")
		if name == "*" || name == "localhost" || name == "::1" || strings.HasPrefix(name, "127.") {
			return ""
		}
	}
	if proxied("")(u) {
		return ""
	}
	return proxyVariable(getenv, u).name
}

// proxied says which URLs go through a proxy, as the library decides it; which proxy that is is
// decided here.
func proxied(noProxy string) func(*url.URL) bool {
	needed := (&httpproxy.Config{
		HTTPProxy: "http://proxy", HTTPSProxy: "http://proxy", NoProxy: noProxy,
	}).ProxyFunc()
	return func(u *url.URL) bool {
		asked := *u
		asked.Scheme = strings.Replace(u.Scheme, "ws", "http", 1) // for the port that it implies
		p, err := needed(&asked)
		return p != nil && err == nil
	}
}

// proxyVariable is the one that names the proxy for a URL.
func proxyVariable(getenv func(string) string, u *url.URL) envVar {
	switch {
	case u.Scheme == "wss":
		return variable(getenv, "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
	case getenv("REQUEST_METHOD") != "":
		// In a CGI program HTTP_PROXY is what a client says in its field "Proxy".
		return variable(getenv, "http_proxy", "all_proxy", "ALL_PROXY")
	}
	return variable(getenv, "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
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
