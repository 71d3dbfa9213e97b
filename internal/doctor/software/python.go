package software

const (
	starlette = "uvicorn (Starlette, FastAPI) refuses so what no websocket route matches, " +
		"and what the app turns away before accept"
	starletteHint = "check the path against the app's websocket routes, then -o {origin}, then a " +
		"login (--auth, --bearer, --cookie); --diagnose tries"
)

// Daphne names itself to nobody that it refuses; a proxy before it does.
const daphneServer = "^$|^(nginx|openresty|Apache|Caddy)"

// pythonRows are for the libraries and servers of Python.
func pythonRows() []Row {
	return []Row{
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
		{Software: "Autobahn", Name: "Origin", Status: []int{400},
			Phrase: `^WebSocket connection denied: origin '.*' not allowed`,
			Cause:  "Autobahn (Python) does not take this Origin", Try: []string{"no -o", "-o {origin}"},
			Hint: "-o {origin} sends the server's own, or none at all may do; its code has the Origins " +
				"it takes (allowedOrigins)"},
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
	}
}
