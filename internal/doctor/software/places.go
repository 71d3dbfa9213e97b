package software

import (
	"regexp"
	"slices"
	"strings"

	"wsline/internal/lazy"
)

// A Place is where the WebSockets of a program are, or of a protocol that many have in common, and
// with which subprotocol.
type Place struct {
	Path      string   // a word of its paths
	Ports     []string // that no others have
	Protocols []string // subprotocols, the newest first
	Offers    int      // how many of those are worth a try where it shows itself
	Paths     []string // where it is; "./x" is below the path that was asked for
	Looks     []string // where a GET is answered with the place

	says func() *regexp.Regexp // in what it answered; nil: nothing
}

// Ports of brokers and of XMPP servers, as they come.
const (
	mosquittoPort     = "9001"
	emqxPort          = "8083"
	emqxTLSPort       = "8084"
	rabbitMQTTPort    = "15675"
	rabbitSTOMPPort   = "15674"
	xmppPort          = "5280"
	xmppTLSPort       = "5281"
	ejabberdHTTPSPort = "5443"
)

var mqttPorts = []string{mosquittoPort, emqxPort, emqxTLSPort, rabbitMQTTPort}

// Places are those of software that is known by its answers, its port or its path.
var Places = []Place{
	{says: words(`Transport unknown|Session ID unknown|"message":"Bad request"|Unsupported protocol ` +
		`version|socket\.io|engine\.io`), Path: "socket.io", Paths: []string{SocketIO}},
	// Chromium writes its fields without a blank.
	{says: words(`remote-allow-origins|Host header is specified|webSocketDebuggerUrl|` +
		`Content-Length:\d`),
		Ports: []string{"9222", "9229"}, Path: "devtools", Looks: []string{"/json/version", "/json/list"}},
	{says: words(`Welcome to SockJS`), Path: "sockjs", Paths: []string{"./websocket"}},
	{says: words(`xmpp|prosody|ejabberd|point your WebSocket client`),
		Ports: []string{xmppPort, xmppTLSPort, ejabberdHTTPSPort}, Path: "xmpp",
		Protocols: []string{"xmpp"}, Offers: 1, Paths: []string{"/xmpp-websocket"}},
	{says: words(`mqtt|mosquitto|emqx|vernemq`), Ports: mqttPorts, Path: "mqtt",
		Protocols: []string{"mqtt", "mqttv3.1"}, Offers: 1, Paths: []string{"/mqtt"}},
	{says: words(`stomp|rabbitmq`), Ports: []string{rabbitSTOMPPort}, Path: "stomp",
		Protocols: []string{"v12.stomp", "v11.stomp", "v10.stomp"}, Offers: 1,
		Paths: []string{"/ws", "/stomp"}},
	{says: words(`graphql|apollo`), Path: "graphql", Paths: []string{"/graphql"},
		Protocols: []string{"graphql-transport-ws", "graphql-ws"}, Offers: 2},
	{says: words(`wamp|crossbar`), Path: "wamp", Protocols: []string{"wamp.2.json"}, Offers: 1,
		Paths: []string{"/ws"}},
	{says: words(`centrifug`), Path: "connection", Paths: []string{"/connection/websocket"}},
	{says: words(`X-Runtime:|Action ?Cable|Action Controller`), Path: "cable",
		Protocols: []string{"actioncable-v1-json"}, Paths: []string{"/cable"}},
	{says: words(`Server: Cowboy|Phoenix`), Path: "socket/websocket",
		Paths: []string{"/socket/websocket"}},
	{Path: "weechat", Paths: []string{"/weechat"}},
	{Path: "ocpp", Protocols: []string{"ocpp1.6", "ocpp2.0.1"}},
	{Path: "sip", Protocols: []string{"sip"}},
}

func words(pattern string) func() *regexp.Regexp { return lazy.Regexp(`(?i)` + pattern) }

// IsIn reports whether a path has its word.
func (p *Place) IsIn(path string) bool { return strings.Contains(strings.ToLower(path), p.Path) }

// Shows reports whether what was answered, or the port, is that of the software.
func (p *Place) Shows(said, port string) bool {
	return p.says != nil && p.says().MatchString(said) || slices.Contains(p.Ports, port)
}
