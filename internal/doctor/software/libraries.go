package software

const emptyBody = "with an empty body"

const passHost = "the proxy has to pass Host on (nginx: proxy_set_header Host $host)"

const lost = "it saw no right upgrade, though wsline sent one: a proxy between changed it"

// goRows are for the libraries of Go.
func goRows() []Row {
	return []Row{
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
	}
}

// javaRows are for Tomcat and what runs in it.
func javaRows() []Row {
	return []Row{
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
	}
}

// anyRows are for any library: it says which version it speaks, though ours is that one.
func anyRows() []Row {
	library := map[string]string{"Sec-Websocket-Version": `\b13\b`}
	return []Row{
		{Software: "a WebSocket library", Name: "its own Origin", Status: []int{403}, Fields: library,
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
		{Software: "a WebSocket library", Name: "damaged upgrade", Status: []int{400, 426},
			Fields: library,
			Cause: "a WebSocket library refuses the handshake, which was right when wsline sent " +
				"it: " +
				"a proxy damaged it",
			Hint: "{proxy}"},
	}
}
