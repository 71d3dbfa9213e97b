package software

import (
	"slices"
	"strings"
)

// serverRows are for what servers and WebSocket libraries answer: those that apps are written with, then
// those of a protocol.
func serverRows() []Row {
	return slices.Concat(pythonRows(), javaScriptRows(), goRows(), javaRows(), anyRows(),
		platformRows())
}

// platformRows are for servers of a protocol, and programs with a WebSocket of their own.
func platformRows() []Row {
	const (
		chromium    = "Chromium's debugging port"
		rabbitPorts = rabbitSTOMPPort + " (STOMP) and " + rabbitMQTTPort + " (MQTT)"
	)
	cowboy := map[string]string{"Server": "^Cowboy$"}
	return []Row{
		{Software: chromium, Name: "Origin", Status: []int{403},
			Body: `Rejected an incoming WebSocket connection from the (\S+) origin.*` +
				`--remote-allow-origins`,
			Cause: "Chromium's debugging port takes no page's Origin, and {1} was sent",
			Hint:  "leave the Origin out, or start Chromium with --remote-allow-origins={1}",
			Try:   []string{"no -o"}},
		{Software: chromium, Name: "Host", Status: []int{500},
			Body:  `^Host header is specified and is not an IP address or localhost`,
			Cause: "Chromium's debugging port wants an IP address or localhost as Host",
			Hint:  "--host localhost sends it", Try: []string{"--host localhost"}},
		{Software: chromium, Name: "target", Status: []int{500}, Body: `^No such target id: (.*)`,
			Cause: "Chromium knows no target {1} (any more)",
			Hint:  "http://{host}/json lists them, each with its webSocketDebuggerUrl"},
		{Software: chromium, Name: "damaged upgrade", Status: []int{500},
			Body: `^Invalid request format\.`, Cause: lost, Hint: "{proxy}"},
		{Software: chromium, Name: "path", Status: []int{404}, Body: "^$",
			Fields: map[string]string{"Server": "^$", "Date": "^$", "Content-Type": "^text/html$"},
			Fact:   emptyBody,
			Cause:  "so Chromium's debugging port refuses a path that is no target",
			Hint: "http://{host}/json/version has the webSocketDebuggerUrl of the browser, " +
				"/json those of its pages"},
		{Software: "Prosody", Name: "no subprotocol", Status: []int{501},
			Body:  `body\{margin-top:14%;text-align:center;background-color:#f8f8f8`,
			Cause: "this is Prosody, which wants the subprotocol xmpp",
			Hint:  "-s xmpp offers it", Try: []string{"-s xmpp"}},
		{Software: "XMPP", Name: "no subprotocol", Status: []int{501}, Where: `xmpp`,
			Sent:  map[string]string{"Sec-Websocket-Protocol": `!\bxmpp\b`},
			Cause: "this may be an XMPP server (Prosody), which wants the subprotocol xmpp",
			Hint:  "-s xmpp offers it", Try: []string{"-s xmpp"}},
		{Software: "Prosody", Name: "other path", Status: []int{200}, Body: `Prosody is running!`,
			Cause: "this is Prosody, whose WebSocket is at another path",
			Hint:  "-s xmpp {at /xmpp-websocket}", Try: []string{"at /xmpp-websocket -s xmpp"}},
		{Software: "Prosody", Name: "damaged upgrade", Status: []int{200},
			Body:  `Prosody WebSocket endpoint`,
			Cause: "this is Prosody's WebSocket, but it saw no upgrade: a proxy dropped it",
			Hint:  "{proxy}"},
		{Software: "XMPP", Name: "own port", Situation: OtherTalk, Begins: `^<\?xml|^<stre`,
			Cause: "this may be an XMPP server's port for other clients",
			Hint: "its WebSocket is elsewhere, often at port " + xmppPort + " or " + xmppTLSPort +
				" (TLS); it wants the path " +
				"/xmpp-websocket and -s xmpp"},
		{Software: "WeeChat", Name: "Origin", Status: []int{403}, Body: "^$", Phrase: "^Forbidden$",
			Where: `/weechat$`, Fields: map[string]string{"Server": "^$", "Date": "^$",
				"Content-Length": "^$"}, Fact: emptyBody,
			Cause: "so WeeChat's relay refuses an Origin that relay.network.websocket_allowed_origins " +
				"does not match, or none",
			Hint: "-o ORIGIN sends one that the regular expression there matches; --diagnose tries some"},
		{Software: "NATS", Name: "own port", Situation: OtherTalk, Begins: `^INFO `,
			Cause: "this is NATS, and its WebSocket has another port",
			Hint:  "look for websocket { port: } in the server's configuration"},
		{Software: "RabbitMQ", Name: "other path", Status: []int{404}, Body: "^$", Fields: cowboy,
			Fact:  emptyBody,
			Cause: "Cowboy has nothing at the path {path}; it may be RabbitMQ, whose path is /ws",
			Hint: "{at /ws} for RabbitMQ; its ports are " + rabbitPorts + "; MQTT wants -s mqtt; " +
				"--diagnose tries others",
			Try: []string{"at /ws"}},
		{Software: "RabbitMQ", Name: "damaged upgrade", Status: []int{400, 426}, Body: "^$",
			Fields: cowboy,
			Cause: "Cowboy (RabbitMQ) saw no right upgrade, though wsline sent one: a proxy " +
				"between changed it",
			Hint: "{proxy}"},
		{Software: "RabbitMQ", Name: "own port", Situation: OtherTalk, Begins: `^AMQP`,
			Cause: "this is the AMQP port of a broker (RabbitMQ)",
			Hint: "RabbitMQ's WebSockets are at other ports: " + rabbitPorts + "; the path is /ws; " +
				"MQTT wants -s mqtt"},
		{Software: "mosquitto", Name: "own port", Situation: Ended, Where: `^[^/]*:(1883|8883)(/|$)`,
			Cause: "this is the port of MQTT over TCP",
			Hint: "its WebSocket has another port, often " + mosquittoPort + " (mosquitto), " +
				emqxPort + " (EMQX) or " + rabbitMQTTPort + " (RabbitMQ); it wants -s mqtt"},
		{Software: "mosquitto", Name: "subprotocol", Situation: Ended,
			Where: `(?i)mqtt|mosquitto|:(` + strings.Join(mqttPorts, "|") + `)(/|$)`,
			Sent:  map[string]string{"Sec-Websocket-Protocol": "!mqtt"},
			Cause: "an MQTT broker (mosquitto) ends so without the subprotocol mqtt",
			Hint:  "-s mqtt offers it", Try: []string{"-s mqtt"}},
		{Software: "libwebsockets", Name: "subprotocol", Situation: Ended,
			Sent: map[string]string{"Sec-Websocket-Protocol": `.`},
			Cause: "programs with libwebsockets end so a subprotocol that they do not know, " +
				"and a wrong path, Origin or login too",
			Hint: "leave -s out; a broker wants -s mqtt; check the path, the Origin and the login; " +
				"--diagnose tries, and asks with a plain GET",
			Try: []string{"-s"}},
	}
}
