package examine

import (
	"regexp"
	"slices"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/doctor"
	"wsline/internal/doctor/software"
	"wsline/internal/lazy"
)

// A known is software, or what many programs have in common, whose WebSocket is at a known place.
type known struct {
	says      func() *regexp.Regexp // in what it answered; nil: nothing
	ports     string                // that no others have, with blanks around each
	path      string                // a word of its paths
	protocols []string              // that it wants, the likely one first
	paths     []string              // where it is; "./x" is below the path that was asked for
	looks     []string              // where a GET is answered with the place
}

// places are those of software that is known by its answers, its port or its path.
var places = []known{
	{says: words(`Transport unknown|Session ID unknown|"message":"Bad request"|Unsupported protocol ` +
		`version|socket\.io|engine\.io`), path: "socket.io", paths: []string{software.SocketIO}},
	// Chromium writes its fields without a blank.
	{says: words(`remote-allow-origins|Host header is specified|webSocketDebuggerUrl|` +
		`Content-Length:\d`),
		ports: " 9222 9229 ", path: "devtools", looks: []string{"/json/version", "/json/list"}},
	{says: words(`Welcome to SockJS`), path: "sockjs", paths: []string{"./websocket"}},
	{says: words(`xmpp|prosody|ejabberd|point your WebSocket client`), ports: " 5280 5281 5443 ",
		path: "xmpp", protocols: []string{"xmpp"}, paths: []string{"/xmpp-websocket"}},
	{says: words(`mqtt|mosquitto|emqx|vernemq`), ports: " 9001 8083 8084 15675 ",
		path: "mqtt", protocols: []string{"mqtt"}, paths: []string{"/mqtt"}},
	{says: words(`stomp|rabbitmq`), ports: " 15674 ",
		path: "stomp", protocols: []string{"v12.stomp"}, paths: []string{"/ws", "/stomp"}},
	{says: words(`graphql|apollo`), path: "graphql", paths: []string{"/graphql"},
		protocols: []string{"graphql-transport-ws", "graphql-ws"}},
	{says: words(`wamp|crossbar`), path: "wamp", protocols: []string{"wamp.2.json"},
		paths: []string{"/ws"}},
	{says: words(`centrifug`), path: "connection", paths: []string{"/connection/websocket"}},
	{says: words(`X-Runtime:|Action ?Cable|Action Controller`), path: "cable",
		paths: []string{"/cable"}},
	{says: words(`Server: Cowboy|Phoenix`), path: "socket/websocket",
		paths: []string{"/socket/websocket"}},
}

func words(pattern string) func() *regexp.Regexp { return lazy.Regexp(`(?i)` + pattern) }

// commonPaths are where WebSockets are, the likely places first.
var commonPaths = []string{
	"/ws", "/websocket", software.SocketIO, "/socket", "/api/ws", "/graphql", "/cable", "/connection/websocket",
	"/chat", "/",
}

// isHere reports whether the evidence is that of the software.
func (k *known) isHere(e *evidence, d *dial.Config) bool {
	port := d.URL.Port()
	return k.says().MatchString(e.says()) ||
		k.path != "" && strings.Contains(strings.ToLower(d.URL.Path), k.path) ||
		port != "" && strings.Contains(k.ports, " "+port+" ")
}

// knownSoftware is what the software wants that the evidence shows.
func knownSoftware(e *evidence, d *dial.Config) (list []candidate) {
	for _, k := range places {
		if k.isHere(e, d) {
			list = append(list, k.candidates(e, d)...)
		}
	}
	if e.isAfterEngineIO() {
		list = append(list, variants(doctor.AtPath(d, software.SocketIO))...)
	}
	if e.here.isMute() && e.plain.isDropped() {
		list = append(list, offering(d, []string{"mqtt"})...) // so do brokers of libwebsockets
	}
	return list
}

// candidates are the places of the software and its subprotocols: here, when the path may be right.
func (k *known) candidates(e *evidence, d *dial.Config) (list []candidate) {
	if len(d.Subprotocols) == 0 || !e.here.isMute() {
		if !e.isLost() || strings.Contains(strings.ToLower(d.URL.Path), k.path) {
			list = offering(d, k.protocols)
		}
	}
	if e.here.isMute() {
		return list
	}
	for _, path := range k.looks {
		if e.debuggingURL() == "" {
			c := candidate{Variant: doctor.AtPath(d, path), plain: true}
			c.What = "a plain GET of " + path
			list = append(list, c)
		}
	}
	for _, path := range k.paths {
		if below, ok := strings.CutPrefix(path, "."); ok {
			path = strings.TrimRight(d.URL.EscapedPath(), "/") + below
		}
		if isSame := path == d.URL.RequestURI(); isSame {
			continue
		}
		v := doctor.AtPath(d, path)
		if len(k.protocols) > 0 && !slices.Contains(d.Subprotocols, k.protocols[0]) {
			v = v.And(doctor.Offering(k.protocols[0]))
		}
		list = append(list, variants(v)...)
	}
	return list
}

// isAfterEngineIO reports whether TCP ended after the second that Engine.IO gives to whoever else may
// want an upgrade at another path.
func (e *evidence) isAfterEngineIO() bool {
	least, most := software.SocketIOWait[0], software.SocketIOWait[1]
	return e.here.err != nil && e.here.isDropped() && e.here.took >= least && e.here.took <= most
}

// paths are the same path with or without a slash at its end, those that are common, and the first
// of those below the path and beside it, where a proxy may have put an app; none once there is a place
// that refuses as a WebSocket does.
func paths(e *evidence, d *dial.Config) (list []candidate) {
	if e.place.URL != nil {
		return nil
	}
	path := d.URL.EscapedPath()
	below := strings.TrimRight(path, "/")
	all := slices.Clone(commonPaths)
	if below != "" {
		other := below
		if below == path {
			other += "/"
		}
		beside := below[:strings.LastIndexByte(below, '/')]
		ws, websocket := commonPaths[0], commonPaths[1]
		all = slices.Insert(all, 2, below+ws, beside+ws, below+websocket)
		all = slices.Insert(all, 0, other)
	}
	for i, p := range all {
		isSame := p == path || p == d.URL.RequestURI() || p == "/" && path == ""
		if !isSame && slices.Index(all, p) == i {
			list = append(list, variants(doctor.AtPath(d, p))...)
		}
	}
	return list
}
