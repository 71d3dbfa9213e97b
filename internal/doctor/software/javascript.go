package software

// javaScriptRows are for Node.js, Deno and Bun.
func javaScriptRows() []Row {
	return []Row{
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
	}
}
