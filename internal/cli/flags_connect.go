package cli

func connectingFlags() []flagRow {
	return []flagRow{
		{name: "connect", short: "c", arg: "URL", summary: "the same as URL alone",
			detail: "wscat's spelling. All arguments that are not flags are then messages.",
			value:  func(t *typed) *value { return text(&t.connect) }},
		{name: "header", short: "H", arg: "FIELD",
			summary: "send the header field 'Name: value'; @FILE reads many",
			detail: "Repeatable. Fields are sent in the given order and case. `@FILE` reads one " +
				"field a line. `Host`, `Origin`, `Cookie` and `Sec-WebSocket-Protocol` mean what " +
				"they say; the handshake's own fields (`Upgrade`, `Connection`, " +
				"`Sec-WebSocket-Key`, `-Version`, `-Extensions`) are left out, and a status line " +
				"says so.",
			value: func(t *typed) *value { return list(&t.headers) }},
		{name: "raw-header", arg: "FIELD", summary: "send a header field as it stands, even a wrong one",
			detail: "Repeatable, for testing servers. Those with the name of one of the handshake's own " +
				"fields stand in its place: `--raw-header 'Sec-WebSocket-Version: 12'`.",
			value: func(t *typed) *value { return list(&t.rawHeaders) }},
		{name: "origin", short: "o", arg: "ORIGIN", summary: "send this Origin",
			value: func(t *typed) *value { return text(&t.origin) }},
		{name: "subprotocol", short: "s", arg: "NAME",
			summary: "offer a subprotocol; repeat or use commas",
			value:   func(t *typed) *value { return list(&t.subprotocols) }},
		{name: "host", arg: "HOST", summary: "send this Host instead of the URL's",
			value: func(t *typed) *value { return text(&t.host) }},
		{name: "auth", arg: "USER[:PASS]",
			summary: "log in with Basic auth; asks without a password",
			detail: "A password that is not given is asked for on the terminal, without echo. " +
				"`user:password@` in the URL means the same.",
			value: func(t *typed) *value { return text(&t.auth) }},
		{name: "bearer", arg: "TOKEN", summary: "log in with a bearer token; @FILE reads it",
			value: func(t *typed) *value { return text(&t.bearer) }},
		{name: "cookie", arg: "NAME=VALUE", summary: "send a cookie; repeatable",
			value: func(t *typed) *value { return cookies(&t.cookies) }},
		{name: "user-agent", arg: "TEXT", summary: "send this User-Agent",
			value: func(t *typed) *value { return text(&t.userAgent) }},
		{name: "compress", summary: "offer compression (permessage-deflate)",
			value: func(t *typed) *value { return onOff(&t.compress) }},
		{name: "location", short: "L", summary: "follow redirects",
			detail: "Credentials never go to another host.",
			value:  func(t *typed) *value { return onOff(&t.location) }},
		{name: "max-redirects", arg: "N", summary: "follow at most N redirects (10)",
			value: func(t *typed) *value { return count(&t.maxRedirects, 1) }},
		{name: "proxy", arg: "URL", summary: "http, https, socks5 or socks5h proxy",
			detail: "With `user:password@` where it wants credentials. Without this flag the " +
				"variables `http_proxy` (ws), `https_proxy` (wss), `all_proxy` and `no_proxy` are used.",
			value: func(t *typed) *value { return text(&t.proxy) }},
		{name: "ipv4", short: "4", summary: "use IPv4 only",
			value: func(t *typed) *value { return onOff(&t.ipv4) }},
		{name: "ipv6", short: "6", summary: "use IPv6 only",
			value: func(t *typed) *value { return onOff(&t.ipv6) }},
		{name: "resolve", arg: "HOST:PORT:ADDRESS",
			summary: "use this address instead of asking DNS",
			value:   func(t *typed) *value { return list(&t.resolve) }},
		{name: "unix-socket", arg: "PATH", summary: "connect through a Unix socket",
			value: func(t *typed) *value { return text(&t.unixSocket) }},
		{name: "connect-timeout", arg: "TIME", summary: "limit for everything up to the 101 (10s)",
			detail: "From DNS to the answer `101 Switching Protocols`. 0 is no limit.",
			value:  func(t *typed) *value { return duration(&t.connectTimeout, false) }},
		{name: "close-timeout", arg: "TIME", summary: "how long a silent server may take to close (5s)",
			detail: "After our Close frame. A server that goes on sending has sixty times as long; once " +
				"`--count` or `--expect` is decided it is 2 seconds at most.",
			value: func(t *typed) *value { return duration(&t.closeTimeout, false) }},
		{name: "max-message", arg: "SIZE", summary: "largest message taken (64M); 0 for no limit",
			detail: "A larger message closes the connection with 1009. Without this flag there is a limit " +
				"only where a message must be held whole: not on a stdout that is a pipe or a file, but " +
				"with `--expect`, `--echo`, `--pretty always` or `--binary-out base64`.",
			value: func(t *typed) *value { return bytesSize(&t.maxMessage) }},
	}
}

func tlsFlags() []flagRow {
	return []flagRow{
		{name: "ca", also: []otherName{{name: "cacert"}}, arg: "FILE",
			summary: "trust the certificates in this PEM file",
			detail:  "Instead of those that the system trusts.",
			value:   func(t *typed) *value { return text(&t.ca) }},
		{name: "cert", arg: "FILE", summary: "client certificate (PEM)",
			value: func(t *typed) *value { return text(&t.cert) }},
		{name: "key", arg: "FILE", summary: "key of the client certificate (PEM)",
			detail: "Not needed when the key stands in the file of `--cert`.",
			value:  func(t *typed) *value { return text(&t.key) }},
		{name: "passphrase", arg: "P", mayLackArg: true,
			summary: "passphrase of the key; asks when empty",
			value:   func(t *typed) *value { return optional(&t.passphrase) }},
		{name: "insecure", short: "k", also: []otherName{{"no-check", "n"}},
			summary: "accept any certificate",
			value:   func(t *typed) *value { return onOff(&t.insecure) }},
		{name: "servername", arg: "NAME", summary: "name to ask for and to verify",
			value: func(t *typed) *value { return text(&t.serverName) }},
		{name: "tls-min", arg: "VERSION", summary: "lowest version: 1.2 (default) or 1.3",
			value: func(t *typed) *value { return choice(&t.tlsMin, "1.2", "1.3") }},
	}
}
