package cli

func pingFlags() []flagRow {
	return []flagRow{
		{name: "ping-interval", arg: "TIME", summary: "send a ping this often",
			value: func(t *typed) *value { return duration(&t.pingInterval, false) }},
		{name: "ping-timeout", arg: "TIME", summary: "leave with 6 when a pong takes longer",
			detail: "Needs `--ping-interval`.",
			value:  func(t *typed) *value { return duration(&t.pingTimeout, false) }},
		{name: "no-pong", summary: "leave pings unanswered, for testing servers",
			value: func(t *typed) *value { return onOff(&t.noPong) }},
		{name: "pong-delay", arg: "TIME", summary: "answer pings this late, for testing servers",
			value: func(t *typed) *value { return duration(&t.pongDelay, false) }},
	}
}

func debuggingFlags() []flagRow {
	return []flagRow{
		{name: "verbose", short: "v", summary: "show the handshake, byte for byte",
			detail: "On stderr, or in the conversation on a terminal: the request and the response as " +
				"they were on the wire, the address, TLS and its certificate, how the answer was checked, " +
				"and how long each part took.",
			value: func(t *typed) *value { return onOff(&t.verbose) }},
		showSecretsFlag(),
		framesFlag(),
		{name: "diagnose", summary: "find out why the handshake is refused",
			detail: "Tries a few variants of the request, one after the other, and says which one is " +
				"let in.",
			value: func(t *typed) *value { return onOff(&t.diagnose) }},
		{name: "dry-run", summary: "print the request, and connect to nothing",
			value: func(t *typed) *value { return onOff(&t.dryRun) }},
		{name: "as-curl", summary: "print the same connection as a curl command",
			value: func(t *typed) *value { return onOff(&t.asCurl) }},
		{name: "as-websocat", summary: "print the same connection for websocat",
			value: func(t *typed) *value { return onOff(&t.asWebsocat) }},
	}
}

func showSecretsFlag() flagRow {
	return flagRow{name: "show-secrets", summary: "do not hide passwords, tokens and cookies",
		detail: "In `-v`, `--dry-run`, `--as-curl`, `--as-websocat`, `--json` and `--record`.",
		value:  func(t *typed) *value { return onOff(&t.showSecrets) }}
}

func framesFlag() flagRow {
	return flagRow{name: "frames", arg: "hex", mayLackArg: true,
		summary: "show each frame, both ways; as a hexdump too",
		detail: "As its bytes were on the wire. On stderr, or in the conversation on a terminal, or " +
			"with `--json` as events. A frame that breaks the RFC is marked with the rule that it breaks.",
		value: func(t *typed) *value { return choiceOr(&t.frames, "lines", "hex") }}
}
