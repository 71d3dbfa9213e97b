package software

import "strings"

// serverRows are for what servers and WebSocket libraries answer.
func serverRows() []Row {
	return append(libraryRows(), platformRows()...)
}

const (
	emptyBody = "with an empty body"
	starlette = "uvicorn (Starlette, FastAPI) refuses so what no websocket route matches, " +
		"and what the app turns away before accept"
	starletteHint = "check the path against the app's websocket routes, then -o {origin}, then a " +
		"login (--auth, --bearer, --cookie); --diagnose tries"
)

// Daphne names itself to nobody that it refuses; a proxy before it does.
const daphneServer = "^$|^(nginx|openresty|Apache|Caddy)"

const passHost = "the proxy has to pass Host on (nginx: proxy_set_header Host $host)"

const lost = "it saw no right upgrade, though wsline sent one: a proxy between changed it"

// libraryRows are for the WebSocket libraries that apps are written with.
func libraryRows() []Row {
	library := map[string]string{"Sec-Websocket-Version": `\b13\b`}
	return []Row{
		// Python
		{Software: "uvicorn", Name: "no WebSocket library", Status: []int{400},
			Body:  `^Unsupported upgrade request\.`,
			Cause: "uvicorn has no WebSocket library, so no path lets in",
			Hint: "where the server runs: pip install websockets (or wsproto), and start it " +
				"again"},
		{Software: "uvicorn", Name: "unknown path", Status: []int{403}, Body: "^$",
			Fields: map[string]string{"Server": "websockets/|^uvicorn", "Sec-Websocket-Version": "^$"},
			Fact:   emptyBody, Cause: starlette, Hint: starletteHint},
		{Software: "uvicorn", Name: "unknown path, wsproto", Status: []int{403}, Body: "^$",
			Phrase: "^$", Fields: map[string]string{"Server": "^$", "Content-Length": "^0$"},
			Fact: emptyBody, Cause: starlette, Hint: starletteHint},
		{Software: "uvicorn", Name: "upgrade lost", Status: []int{404},
			Fields: map[string]string{"Server": "^uvicorn$"},
			Cause: "uvicorn (Starlette, FastAPI) answers 404 to a request without an upgrade, " +
				"403 to one with it: a proxy may have dropped it",
			Hint: "{proxy}"},
		{Software: "Hypercorn", Name: "unknown path", Status: []int{403}, Body: "^$",
			Fields: map[string]string{"Server": "^hypercorn"}, Fact: emptyBody,
			Cause: "Hypercorn (Starlette, FastAPI) refuses so what no websocket route matches, " +
				"and what the app turns away before accept", Hint: starletteHint},
		{Software: "Daphne", Name: "login", Status: []int{403}, Body: "^$", OwnOrigin: true,
			Phrase: "^Access denied$", Fields: map[string]string{"Server": daphneServer},
			Cause: "Daphne (Django Channels) refuses so what a consumer turns away, and an Origin " +
				"that is not in ALLOWED_HOSTS",
			Hint: "it may want a login (--cookie 'sessionid=…'), or ALLOWED_HOSTS lacks this " +
				"host; --diagnose tries other Origins"},
		{Software: "Daphne", Name: "Origin or login", Status: []int{403}, Body: "^$",
			Phrase: "^Access denied$", Fields: map[string]string{"Server": daphneServer},
			Sent: map[string]string{"Origin": "."},
			Cause: "Daphne (Django Channels) refuses so an Origin that is not in ALLOWED_HOSTS, " +
				"and what a consumer turns away",
			Hint: "-o {origin} sends the server's own; it may want a login (--cookie " +
				"'sessionid=…'); --diagnose tries"},
		{Software: "Daphne", Name: "no Origin", Status: []int{403}, Body: "^$",
			Phrase: "^Access denied$", Fields: map[string]string{"Server": daphneServer},
			Cause: "Daphne (Django Channels) refuses so whoever sends no Origin, and what a " +
				"consumer turns away",
			Hint: "-o {origin} sends the server's own; its host has to be in ALLOWED_HOSTS; it may " +
				"want a login (--cookie 'sessionid=…'); --diagnose tries"},
		{Software: "Daphne", Name: "no route", Status: []int{500}, Body: "^$",
			Phrase: "^Internal server error$", Fields: map[string]string{"Server": daphneServer},
			Cause: "Daphne (Django Channels) answers so a path that no route of URLRouter " +
				"matches, and an exception in a consumer",
			Hint: "check the path, with its slash at the end, against the routes; the server's " +
				"log says which it is; --diagnose tries common ones"},
		{Software: "websockify", Name: "other subprotocol", Status: []int{400},
			Phrase: "^Invalid protocol selected$",
			Cause:  "websockify (noVNC) takes the subprotocol binary, or none",
			Hint:   "-s binary offers it, or none at all may do", Try: []string{"-s binary"}},
		{Software: "python websockets", Name: "no subprotocol", Status: []int{400},
			Body:  `^Failed to open a WebSocket connection: missing subprotocol\.`,
			Cause: "it wants a subprotocol",
			Hint: "-s NAME offers one: the server's code has its name (subprotocols=); " +
				"--diagnose tries",
			Try: []string{"-s"}},
		{Software: "python websockets", Name: "other subprotocol", Status: []int{400},
			Body: `^Failed to open a WebSocket connection: invalid subprotocol; ` +
				`expected one of ([^ ,\n]+?)(?:,[^\n]*)?\.?\n`,
			Cause: "it wants another subprotocol",
			Hint:  "-s {1} offers the one that it names", Try: []string{"-s {1}"}},
		{Software: "python websockets", Name: "no Origin", Status: []int{403},
			Body:  `^Failed to open a WebSocket connection: missing Origin header\.`,
			Cause: "it wants an Origin", Try: []string{"-o {origin}"},
			Hint: "-o {origin} sends the server's own; its code has the Origins it takes (origins=)"},
		{Software: "python websockets", Name: "other Origin", Status: []int{403},
			Body:  `^Failed to open a WebSocket connection: invalid Origin header: (.*)\.\n`,
			Cause: "it does not take the Origin {1}", Try: []string{"-o {origin}", "no -o"},
			Hint: "-o {origin} sends the server's own; its code has the Origins it takes (origins=)"},
		{Software: "python websockets", Name: "damaged upgrade", Status: []int{400, 426},
			Body: `^Failed to open a WebSocket connection: (?:empty|invalid|missing) ` +
				`(Upgrade|Connection|Sec-WebSocket-Key|Sec-WebSocket-Version) header`,
			Cause: "the {1} that reached it is not the one that wsline sent: a proxy changed it",
			Hint:  "{proxy}"},
		{Software: "aiohttp", Name: "damaged upgrade", Status: []int{400},
			Body: `^(No WebSocket UPGRADE hdr|No CONNECTION upgrade hdr|Unsupported version` +
				`|Handshake error): `,
			Cause: lost, Hint: "{proxy}"},
		{Software: "Tornado", Name: "damaged upgrade", Status: []int{400},
			Body: `^(Can "Upgrade" only to "WebSocket"|"Connection" must be "Upgrade"` +
				`|Missing/Invalid WebSocket headers)`,
			Cause: lost, Hint: "{proxy}"},
		{Software: "Tornado", Name: "its own Origin", Status: []int{403}, OwnOrigin: true,
			Body:  `^Cross origin websockets not allowed`,
			Cause: "Tornado refuses the Origin, though it is the URL's own: a proxy changes Host",
			Hint:  passHost, Try: []string{"no -o"}},
		{Software: "Tornado", Name: "Origin", Status: []int{403},
			Body:  `^Cross origin websockets not allowed`,
			Cause: "Tornado takes an Origin of its own host only, or none",
			Hint:  "-o {origin} sends it, or none at all may do; the app's check_origin decides",
			Try:   []string{"-o {origin}", "no -o"}},

		// Node.js, Deno, Bun
		{Software: "ws (Node.js)", Name: "other path", Status: []int{400}, Body: `^Bad Request$`,
			Fields: map[string]string{"Content-Type": "^text/html", "Server": "^$",
				"Sec-Websocket-Version": "^$"},
			Cause: "so ws (Node.js) refuses a path that is not its own",
			Hint: "check the path of the URL: the server's code has it (path:); --diagnose " +
				"tries common ones"},
		{Software: "ws (Node.js)", Name: "damaged upgrade", Status: []int{400},
			Body: `^(?:Missing or invalid|Invalid) ` +
				`(Sec-WebSocket-Key|Sec-WebSocket-Version|Upgrade) header`,
			Cause: "the {1} that reached it is not the one that wsline sent: a proxy changed it",
			Hint:  "{proxy}"},
		{Software: "Socket.IO", Name: "no transport", Status: []int{400},
			Body:  `^Transport unknown$`,
			Cause: "this is a Socket.IO server, and the query of the URL is missing",
			Hint:  "its WebSocket is at {at " + SocketIO + "}",
			Try:   []string{"at " + SocketIO}},
		{Software: "Socket.IO", Name: "unknown sid", Status: []int{400}, Body: `Session ID unknown`,
			Cause: "this is a Socket.IO server, which does not know this sid (or not any more)",
			Hint:  "leave the sid out: {at " + SocketIO + "}",
			Try:   []string{"at " + SocketIO}},
		{Software: "Socket.IO", Name: "upgrade lost", Status: []int{400, 403},
			Body: `^\{"code":[0-5],"message":"`,
			Cause: "this is a Socket.IO server, and so it answers a request without an upgrade: " +
				"a proxy dropped it",
			Hint: "{proxy}"},
		{Software: "Socket.IO", Name: "other path", Situation: Ended,
			After: SocketIOWait,
			Fact:  "after 1 s",
			Cause: "this may be Socket.IO, which ends so an upgrade at a path that is not its own",
			Hint: "its WebSocket is at {at " + SocketIO + "}; --diagnose " +
				"tries others",
			Try: []string{"at " + SocketIO}},
		{Software: "SockJS", Name: "its greeting", Status: []int{200}, Body: `^Welcome to SockJS!`,
			Cause: "this is SockJS, whose plain WebSocket is below this path",
			Hint:  "it is at {at {here}/websocket}", Try: []string{"at {here}/websocket"}},
		{Software: "Bun", Name: "upgrade failed", Status: []int{400, 500},
			Body:  `(?i)^(WebSocket )?upgrade failed`,
			Cause: "so apps on Bun answer when they see no right upgrade: a proxy dropped it",
			Hint:  "{proxy}"},
		{Software: "Deno", Name: "exception", Status: []int{500}, Body: `^Internal Server Error$`,
			Fields: map[string]string{"Content-Type": "^$"},
			Cause: "an exception in the app; on Deno, which this looks like, also a subprotocol " +
				"that it " +
				"requires, or an upgrade that was lost",
			Hint: "the server's log says which; -s NAME offers a subprotocol; --diagnose tries " +
				"some",
			Try: []string{"-s"}},

		// Go
		{Software: "coder/websocket", Name: "Host changed", Status: []int{403}, Elsewhere: true,
			Body: `^request Origin "([^"]*)" is not authorized for Host "([^"]*)"`,
			Cause: `the app was asked for Host "{2}", which the Origin has to match: ` +
				"a proxy changes Host",
			Hint: passHost + "; until then -o http://{2}",
			Try:  []string{"-o http://{2}", "-o https://{2}", "no -o"}},
		{Software: "coder/websocket", Name: "Origin", Status: []int{403}, Here: true,
			Body:  `^request Origin "([^"]*)" is not authorized for Host "([^"]*)"`,
			Cause: `it does not take the Origin "{1}"`,
			Hint: "-o {origin} sends the server's own; its code has other Origins that it takes " +
				"(OriginPatterns)",
			Try: []string{"-o {origin}", "no -o"}},
		{Software: "coder/websocket", Name: "damaged upgrade", Status: []int{400, 426},
			Body:  `^(WebSocket protocol violation: |unsupported WebSocket protocol version)`,
			Cause: lost, Hint: "{proxy}"},

		// Java
		{Software: "Tomcat", Name: "wrong path, or upgrade lost", Status: []int{404}, Behind: true,
			Body:  `The origin server did not find a current representation`,
			Cause: "Tomcat has no endpoint at the path {path}, or saw no upgrade",
			Hint: "check the path (an app's context comes first: /app/ws); if it is right: " +
				"{proxy}"},
		{Software: "Tomcat", Name: "wrong path", Status: []int{404},
			Body:  `The origin server did not find a current representation`,
			Cause: "Tomcat has no endpoint at the path {path}",
			Hint: "check the path: an app's context comes first, as in /app/ws; --diagnose " +
				"tries common ones"},
		{Software: "Tomcat", Name: "damaged upgrade", Status: []int{400},
			Body: `HTTP Status 400 . Bad Request`, Cause: lost, Hint: "{proxy}"},
		{Software: "Tomcat", Name: "Origin or login", Status: []int{403},
			Body:  `HTTP Status 403 . Forbidden`,
			Cause: "Tomcat, or the app in it, does not let this connection in",
			Hint: "it may want a login (--auth, --bearer, --cookie), or an Origin (-o {origin}); " +
				"checkOrigin in the app decides on Origins; --diagnose finds out"},
		{Software: "Tomcat", Name: "no phrase", Status: []int{404}, Phrase: "^$",
			Fields: map[string]string{"Server": "^$"}, // others leave it out too, but say who they are
			Fact:   "without a reason phrase",
			Cause: "there is nothing at the path {path}; it may be an app in Tomcat, which " +
				"sends no phrase",
			Hint: "check the path: an app's context comes first, as in /app/ws; --diagnose " +
				"tries common ones"},

		// Any library: it says which version it speaks, though ours is that one.
		{Software: "a WebSocket " +
			"library", Name: "its own Origin", Status: []int{403}, Fields: library,
			OwnOrigin: true,
			Cause: "a WebSocket library (gorilla and NATS do so) refuses the Origin, though it " +
				"is the " +
				"URL's own: a proxy may change Host",
			Hint: passHost + "; --diagnose tries other Origins", Try: []string{"no -o"}},
		{Software: "a WebSocket library", Name: "Origin", Status: []int{403}, Fields: library,
			Sent:  map[string]string{"Origin": "."},
			Cause: "a WebSocket library (gorilla and NATS do so) refuses the Origin that was sent",
			Hint: "-o {origin} sends the server's own, or none at all may do; its code or " +
				"configuration has the Origins it takes; --diagnose tries others",
			Try: []string{"-o {origin}", "no -o"}},
		{Software: "a WebSocket library", Name: "no Origin", Status: []int{403}, Fields: library,
			Cause: "a WebSocket library (gorilla and NATS do so) wants an Origin",
			Hint: "-o {origin} sends the server's own; its code or configuration has the " +
				"Origins it takes; --diagnose tries others",
			Try: []string{"-o {origin}"}},
		{Software: "a WebSocket " +
			"library", Name: "damaged upgrade", Status: []int{400, 426}, Fields: library,
			Cause: "a WebSocket library refuses the handshake, which was right when wsline sent " +
				"it: " +
				"a proxy damaged it",
			Hint: "{proxy}"},
	}
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
			Hint: "its WebSocket is elsewhere, often at port " + xmppPort + " or " + xmppTLSPort + " (TLS); it wants the path " +
				"/xmpp-websocket and -s xmpp"},
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
