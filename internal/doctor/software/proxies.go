package software

import (
	"net/http"
	"strings"
)

// A proxy is what stands before servers, and passes an upgrade on only when it is told to.
type proxy struct {
	name   string
	server string // how its Server begins, or its Via contains, in lower case
	passOn string // how it is told to
}

// knownProxies are those that make themselves known. With an empty passOn it does by itself.
var knownProxies = []proxy{
	{"nginx", "nginx", "nginx needs in that location: proxy_http_version 1.1; " +
		`proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";`},
	{"nginx", "openresty", "OpenResty needs in that location: proxy_http_version 1.1; " +
		`proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";`},
	{"Apache", "apache", "Apache needs upgrade=websocket at the ProxyPass of this path " +
		"(from 2.4.47, before that mod_proxy_wstunnel)"},
	{"lighttpd", "lighttpd", `lighttpd needs proxy.header = ("upgrade" => "enable") ` +
		"beside the proxy.server of this path"},
	{"Varnish", "varnish", "Varnish needs return (pipe) for an upgrade in vcl_recv, " +
		"and a vcl_pipe that copies Upgrade and Connection to bereq"},
	{"Caddy", "caddy", ""}, {"HAProxy", "haproxy", ""}, {"Squid", "squid", ""},
	{"Cloudflare", "cloudflare", ""}, {"Envoy", "envoy", ""}, {"Traefik", "traefik", ""},
	{"AWS", "awselb", ""}, {"CloudFront", "cloudfront", ""},
	{"Google", "google frontend", ""}, {"Google", "gws", ""},
}

// AnyPassOn is for a proxy that is not known.
const AnyPassOn = "a proxy or load balancer has to pass on Upgrade and Connection, " +
	"over HTTP/1.1 (nginx: proxy_http_version, proxy_set_header)"

// Proxy names the proxy that made itself known in an answer, "" for none that we know.
func Proxy(h http.Header) string { return proxyOf(h).name }

// PassOn is how that proxy, or any, is told to pass an upgrade on.
func PassOn(h http.Header) string {
	if p := proxyOf(h); p.passOn != "" {
		return p.passOn
	}
	return AnyPassOn
}

// NeedsTelling reports whether a proxy made itself known that passes no upgrade on by itself.
func NeedsTelling(h http.Header) bool { return proxyOf(h).passOn != "" }

func proxyOf(h http.Header) proxy {
	server := strings.ToLower(h.Get("Server"))
	via := strings.ToLower(strings.Join(h.Values("Via"), ", "))
	for _, p := range knownProxies {
		if strings.HasPrefix(server, p.server) || strings.Contains(via, p.server) {
			return p
		}
	}
	return proxy{}
}

// What a proxy says of the app behind it. An app that destroys the socket of an upgrade at a path
// that it does not know, as those on ws for Node.js do, looks dead; one that ignores it looks stuck.
const (
	isDead  = "{software} got no answer from the app behind it: it is down, or cut the connection"
	maybeUp = "is the app running? if it is, check the path: apps on ws (Node.js) cut off an " +
		"upgrade " +
		"at a path that they do not know"
	isLate    = "the app behind {software} did not answer in time"
	maybeWait = "is the app stuck? if it is not, check the path: some apps ignore an upgrade " +
		"at a path that they do not know"
)

// nchanSettings are those that let nobody in.
const nchanSettings = "nchan_subscriber, nchan_subscribe_existing_channels_only"

// proxyRows are for answers that a proxy makes itself.
func proxyRows() []Row {
	const haproxy = `^<html><body><h1>\d+ [^<]*</h1>\s*`
	nginx := map[string]string{"Server": "^(nginx|openresty)"}
	apache := map[string]string{"Server": "^Apache"}
	lighttpd := map[string]string{"Server": "^lighttpd"}
	caddy := map[string]string{"Server": "^Caddy"}
	return []Row{
		{Software: "nginx", Name: "app cut off", Status: []int{502}, Fields: nginx,
			Cause: isDead, Hint: maybeUp},
		{Software: "nginx", Name: "app late", Status: []int{504}, Fields: nginx,
			Cause: isLate, Hint: maybeWait},
		{Software: "nginx", Name: "no location", Status: []int{404}, Fields: nginx,
			Body:  `<hr><center>(nginx|openresty)`,
			Cause: "nginx itself has nothing at the path {path}",
			Hint: "check the path: it needs a location with proxy_pass; --diagnose tries " +
				"common ones"},
		{Software: "nginx", Name: "forbidden", Status: []int{403}, Fields: nginx,
			Body: `<hr><center>(nginx|openresty)`,
			Cause: "nginx itself forbids the path {path}: it is a folder without an index, " +
				"or a rule says so",
			Hint: "check the path: it needs a location with proxy_pass, and no deny for this " +
				"address; --diagnose tries common ones"},
		{Software: "nchan", Name: "Origin", Status: []int{403}, Body: "^$", Phrase: "^Forbidden$",
			Fields: map[string]string{"Server": "^(nginx|openresty)", "Content-Type": "^$",
				"Content-Length": "^0$", "Access-Control-Allow-Credentials": "^true$"},
			Sent: map[string]string{"Origin": "."}, Fact: emptyBody,
			Cause: "so nginx's module nchan refuses an Origin, a channel that does not exist, and a " +
				"location that takes no WebSockets",
			Hint: "leave the Origin out, or look at the location: nchan_access_control_allow_origin, " +
				nchanSettings,
			Try: []string{"no -o"}},
		{Software: "nchan", Name: "refused, or an app", Status: []int{403}, Body: "^$",
			Phrase: "^Forbidden$", Fields: map[string]string{"Server": "^(nginx|openresty)",
				"Content-Type": "^$", "Content-Length": "^0$"},
			Sent: map[string]string{"Origin": "^$"}, Fact: emptyBody,
			Cause: "so may the app behind nginx refuse, or nginx's module nchan where it has no " +
				"such channel or takes no WebSockets",
			Hint: "check the path, then -o {origin}, then a login, or the location: " +
				nchanSettings + "; --diagnose tries"},
		{Software: "nginx", Name: "limit", Status: []int{503}, Fields: nginx,
			Body:  `<hr><center>(nginx|openresty)`,
			Cause: "a limit of nginx is reached (limit_conn or limit_req), or a rule says so",
			Hint:  "try again later, or with fewer connections"},
		{Software: "Apache", Name: "app cut off", Status: []int{502}, Fields: apache,
			Cause: isDead, Hint: maybeUp},
		{Software: "Apache", Name: "app down", Status: []int{503}, Fields: apache,
			Body:  "The server is temporarily unable to service your",
			Cause: "Apache does not reach the app behind it, or does not try again so soon",
			Hint: "is the app running? Apache waits a minute before it tries again (ProxyPass " +
				"retry=)"},
		{Software: "Apache", Name: "no path", Status: []int{404}, Fields: apache,
			Body:  "The requested URL was not found on this server",
			Cause: "Apache itself has nothing at the path {path}",
			Hint:  "check the path: it needs a ProxyPass; --diagnose tries common ones"},
		{Software: "lighttpd", Name: "app cut off", Status: []int{500}, Fields: lighttpd,
			Body: "<h1>500 Internal Server Error</h1>", Cause: isDead, Hint: maybeUp},
		{Software: "lighttpd", Name: "app down", Status: []int{503}, Fields: lighttpd,
			Body:  "<h1>503 Service Unavailable</h1>",
			Cause: "lighttpd does not reach the app behind it",
			Hint:  "is the app running, and is its address right in proxy.server?"},
		{Software: "lighttpd", Name: "no path", Status: []int{404}, Fields: lighttpd,
			Body:  "<h1>404 Not Found</h1>",
			Cause: "lighttpd itself has nothing at the path {path}",
			Hint:  "check the path: it needs a proxy.server; --diagnose tries common ones"},
		{Software: "Varnish", Name: "app down", Status: []int{503},
			Fields: map[string]string{"Server": "^Varnish"}, Phrase: "^Backend fetch failed$",
			Cause: "Varnish does not reach the app behind it",
			Hint:  "is the app running, and is its address right in the backend?"},
		{Software: "HAProxy", Name: "app cut off", Status: []int{502},
			Body:  haproxy + "The server returned an invalid or incomplete response",
			Cause: isDead, Hint: maybeUp},
		{Software: "HAProxy", Name: "app late", Status: []int{504},
			Body: haproxy + "The server didn't respond in time", Cause: isLate, Hint: maybeWait},
		{Software: "HAProxy", Name: "app down", Status: []int{503},
			Body:  haproxy + "No server is available to handle this request",
			Cause: "HAProxy has no server for it that is up",
			Hint:  "is the app running, and does HAProxy's check of it succeed?"},
		{Software: "HAProxy", Name: "denied", Status: []int{403},
			Body:  haproxy + "Request forbidden by administrative rules",
			Cause: "a rule of HAProxy denies it",
			Hint: "look for http-request deny in its configuration: the path, an address or a " +
				"field"},
		{Software: "Caddy", Name: "nothing served", Status: []int{200}, Fields: caddy, Body: "^$",
			Fact:  emptyBody,
			Cause: "so Caddy answers where no site or handler matches",
			Hint: "check host and path: the site address of the Caddyfile, and a reverse_proxy " +
				"for {path}"},
		{Software: "Caddy", Name: "app cut off", Status: []int{502}, Fields: caddy, Body: "^$",
			Cause: isDead, Hint: maybeUp},
		{Software: "Squid", Name: "port denied", Situation: NoTunnel, Status: []int{403},
			Fields: map[string]string{"X-Squid-Error": "^ERR_ACCESS_DENIED"},
			Cause:  "Squid denies it: ERR_ACCESS_DENIED",
			Hint: "Squid often allows CONNECT to port 443 only: use wss:// there, or ask for " +
				"the port " +
				"(acl SSL_ports) or the host to be allowed"},
		{Software: "Squid", Name: "nobody there", Situation: NoTunnel, Status: []int{503},
			Fields: map[string]string{"X-Squid-Error": "^ERR_(CONNECT_FAIL|DNS_FAIL)"},
			Cause:  "Squid works, but does not reach the server",
			Hint:   "check the host and port of the URL"},
		{Software: "Squid", Name: "as a server", Status: []int{400},
			Fields: map[string]string{"X-Squid-Error": "^ERR_INVALID_URL"},
			Cause:  "this is the proxy Squid itself, not a server",
			Hint:   "--proxy http://{host} goes through it, to the URL of the server"},
	}
}
