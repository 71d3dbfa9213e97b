package listen

import "wsline/internal/flags"

func (o *options) answeringRows() []flags.Row {
	return []flags.Row{
		{Name: "echo", Summary: "send back every message that comes",
			Value: flags.Switch(&o.echo)},
		{Name: "demo", Summary: "answer as the endpoint demo: does",
			Value: flags.Switch(&o.demo)},
		{Name: "script", Arg: "FILE", Summary: "play the server's part of a conversation",
			Detail: "What stands behind `<` is sent, what stands behind `>` is awaited, and `/connect` " +
				"waits for the next client. At its end it begins anew.",
			Value: flags.Text(&o.script)},
		{Name: "once", Summary: "leave when the first client has gone",
			Detail: "With `--script` when the conversation has been played once: 9 if it went otherwise.",
			Value:  flags.Switch(&o.once)},
		{Name: "binary", Short: "b", Summary: "send lines of stdin as binary messages",
			Value: flags.Switch(&o.binary)},
		{Name: "compress", Summary: "agree to compression (permessage-deflate)",
			Value: flags.Switch(&o.compress)},
		{Name: "max-message", Arg: "SIZE", Summary: "largest message taken (64M); 0 for no limit",
			Value: flags.Size(&o.maxMessage)},
		{Name: "max-memory", Arg: "SIZE",
			Summary: "memory for messages that are coming (256M); 0: no limit",
			Detail: "Of all clients together. A client whose message has no room is closed with 1013, or " +
				"with 1009 if it never could have. 64K of each are not counted.",
			Value: flags.Size(&o.maxMemory)},
	}
}

func (o *options) admittingRows() []flags.Row {
	return []flags.Row{
		{Name: "origin", Short: "o", Arg: "PATTERN", Summary: "let only this Origin in; repeatable",
			Detail: "Others, and requests without one, get 403. `*` and `?` are wildcards; a pattern " +
				"without `://` is that of the host and the port.",
			Value: flags.List(&o.origins)},
		{Name: "auth", Arg: "USER:PASS", Summary: "demand Basic auth; others get 401",
			Value: flags.Text(&o.auth)},
		{Name: "subprotocol", Short: "s", Arg: "NAME",
			Summary: "take a subprotocol; repeat or use commas",
			Detail:  "Of those the one that the client prefers is chosen.",
			Value:   flags.List(&o.subprotocols)},
		{Name: "max-clients", Arg: "N", Summary: "more at the same time get 503",
			Value: flags.Count(&o.maxClients, 1)},
	}
}

func (o *options) tlsRows() []flags.Row {
	return []flags.Row{
		{Name: "tls-self-signed", Summary: "speak TLS with a certificate made for this run",
			Detail: "Its fingerprint is told on stderr.",
			Value:  flags.Switch(&o.selfSigned)},
		{Name: "cert", Arg: "FILE", Summary: "speak TLS with this certificate (PEM)",
			Value: flags.Text(&o.cert.Cert)},
		{Name: "key", Arg: "FILE", Summary: "its key (PEM)",
			Detail: "Not needed when the key stands in the file of `--cert`.",
			Value:  flags.Text(&o.cert.Key)},
	}
}

func (o *options) showRows() []flags.Row {
	return []flags.Row{
		{Name: "json", Summary: "print every event as a line of JSON",
			Detail: "The member `conn` is the client's number. See [events](events.md).",
			Value:  flags.Switch(&o.view.JSON)},
		{Name: "record", Arg: "FILE", Summary: "write it all to a .jsonl, .har or .wst file too",
			Detail: "A `.har` and a `.wst` say what the clients sent and got: `wsline test` plays it again.",
			Value:  flags.Text(&o.record)},
		{Name: "verbose", Short: "v", Summary: "show the handshakes, and who was refused",
			Value: flags.Switch(&o.view.Verbose)},
		{Name: "show-secrets", Summary: "do not hide passwords, tokens and cookies",
			Value: flags.Switch(&o.view.Secrets)},
		o.view.FramesRow(),
	}
}
