package target

import "wsline/internal/flags"

// connectingRows begin with the URL's.
func (o *Options) connectingRows() []flags.Row {
	return []flags.Row{
		{Name: "connect", Short: "c", Arg: "URL", Summary: "the same as URL alone",
			Detail: "wscat's spelling. All arguments that are not flags are then messages.",
			Value:  flags.Text(&o.connect)},
		{Name: "header", Short: "H", Arg: "FIELD",
			Summary: "send the header field 'Name: value'; @FILE reads many",
			Detail: "Repeatable. Fields are sent in the given order and case. `@FILE` reads one " +
				"field a line. `Host`, `Origin`, `Cookie` and `Sec-WebSocket-Protocol` mean what " +
				"they say; the handshake's own fields (`Upgrade`, `Connection`, " +
				"`Sec-WebSocket-Key`, `-Version`, `-Extensions`) are left out, and a status line " +
				"says so.",
			Value: flags.List(&o.headers).OrFile()},
		{Name: "raw-header", Arg: "FIELD", Summary: "send a header field as it stands, even a wrong one",
			Detail: "Repeatable, for testing servers. Those with the name of one of the handshake's own " +
				"fields stand in its place: `--raw-header 'Sec-WebSocket-Version: 12'`.",
			Value: flags.List(&o.rawHeaders)},
		{Name: "origin", Short: "o", Arg: "ORIGIN", Summary: "send this Origin",
			Value: flags.Text(&o.origin)},
		{Name: "subprotocol", Short: "s", Arg: "NAME",
			Summary: "offer a subprotocol; repeat or use commas",
			Value:   flags.List(&o.subprotocols)},
		{Name: "host", Arg: "HOST", Summary: "send this Host instead of the URL's",
			Value: flags.Text(&o.host)},
		{Name: "auth", Arg: "USER[:PASS]",
			Summary: "log in with Basic or Digest; asks without a password",
			Detail: "Basic is sent at once, Digest when the server asks for that alone. A password " +
				"that is not given is asked for on the terminal, without echo. `user:password@` " +
				"in the URL means the same.",
			Value: flags.Text(&o.auth)},
		{Name: "bearer", Arg: "TOKEN", Summary: "log in with a bearer token; @FILE reads it",
			Value: flags.Text(&o.bearer).OrFile()},
		{Name: "cookie", Arg: "NAME=VALUE", Summary: "send a cookie; repeatable",
			Value: flags.Cookies(&o.cookies)},
		{Name: "user-agent", Arg: "TEXT", Summary: "send this User-Agent",
			Value: flags.Text(&o.userAgent)},
		{Name: "compress", Arg: "BITS", MayLackArg: true,
			Summary: "offer compression (permessage-deflate)",
			Detail: "`--compress=bits` lets the server limit our window, as browsers do " +
				"(`client_max_window_bits`). `--compress=10` asks for windows of 2^10 bytes at most both " +
				"ways, `--compress=server:10` or `client:10` one way; 8 to 15.",
			Value: flags.ParsedOr(&o.compress, "true", parseCompression, "bits")},
		{Name: "location", Short: "L", Summary: "follow redirects",
			Detail: "Credentials never go to another host.",
			Value:  flags.Switch(&o.location)},
		{Name: "max-redirects", Arg: "N", Summary: "follow at most N redirects (10)",
			Value: flags.Count(&o.maxRedirects, 1)},
		{Name: "proxy", Arg: "URL", Summary: "http, https, socks5 or socks5h proxy",
			Detail: "With `user:password@` where it wants credentials. Without this flag the " +
				"variables `http_proxy` (ws), `https_proxy` (wss), `all_proxy` and `no_proxy` are " +
				"used, but for hosts that are this machine.",
			Value: flags.Text(&o.proxy).Suggest("http://", "https://", "socks5://", "socks5h://")},
		{Name: "ipv4", Short: "4", Summary: "use IPv4 only",
			Value: flags.Switch(&o.ipv4)},
		{Name: "ipv6", Short: "6", Summary: "use IPv6 only",
			Value: flags.Switch(&o.ipv6)},
		{Name: "resolve", Arg: "HOST:PORT:ADDRESS",
			Summary: "use this address instead of asking DNS",
			Value:   flags.List(&o.resolve)},
		{Name: "unix-socket", Arg: "PATH", Summary: "connect through a Unix socket",
			Value: flags.Text(&o.unixSocket)},
		{Name: "connect-timeout", Arg: "TIME", Summary: "limit for everything up to the 101 (10s)",
			Detail: "From DNS to the answer `101 Switching Protocols`. 0 is no limit.",
			Value:  flags.Duration(&o.connectTimeout, false)},
		{Name: "close-timeout", Arg: "TIME", Summary: "how long a silent server may take to close (5s)",
			Detail: "After our Close frame. A server that goes on sending has sixty times as long; once " +
				"`--count` or `--expect` is decided it is 2 seconds at most.",
			Value: flags.Duration(&o.closeTimeout, false)},
		{Name: "max-message", Arg: "SIZE", Summary: "largest message taken (64M); 0 for no limit",
			Detail: "A larger message closes the connection with 1009. Without this flag there is a limit " +
				"only where a message must be held whole: not on a stdout that is a pipe or a file, but " +
				"with `--expect`, `--echo`, `--pretty always` or `--binary-out base64`.",
			Value: flags.Size(&o.MaxMessage)},
	}
}

func (o *Options) tlsRows() []flags.Row {
	return []flags.Row{
		{Name: "ca", Also: []flags.Spelling{{Name: "cacert"}}, Arg: "FILE",
			Summary: "trust the certificates in this file (PEM or DER)",
			Detail:  "Instead of those that the system trusts.",
			Value:   flags.Text(&o.ca)},
		{Name: "cert", Arg: "FILE", Summary: "client certificate (PEM, DER or PKCS#12)",
			Value: flags.Text(&o.cert.Cert)},
		{Name: "key", Arg: "FILE", Summary: "key of the client certificate (PEM or DER)",
			Detail: "Not needed when the key stands in the file of `--cert`.",
			Value:  flags.Text(&o.cert.Key)},
		{Name: "passphrase", Arg: "P", MayLackArg: true,
			Summary: "passphrase of the key; asks when empty",
			Value:   flags.Optional(&o.cert.Passphrase)},
		{Name: "insecure", Short: "k", Also: []flags.Spelling{{Name: "no-check", Short: "n"}},
			Summary: "accept any certificate",
			Value:   flags.Switch(&o.insecure)},
		{Name: "servername", Arg: "NAME", Summary: "name to ask for and to verify",
			Value: flags.Text(&o.serverName)},
		{Name: "tls-min", Arg: "VERSION", Summary: "lowest version: 1.2 (default) or 1.3",
			Value: flags.Choice(&o.tlsMin, "1.2", "1.3")},
	}
}
