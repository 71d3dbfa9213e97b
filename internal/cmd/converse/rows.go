package converse

import "wsline/internal/flags"

func (o *options) debuggingRows() []flags.Row {
	return []flags.Row{
		{Name: "verbose", Short: "v", Summary: "show the handshake, byte for byte",
			Detail: "On stderr, or in the conversation on a terminal: the request and the response as " +
				"they were on the wire, the address, TLS and its certificate, how the answer was checked, " +
				"and how long each part took.",
			Value: flags.Switch(&o.view.Verbose)},
		{Name: "show-secrets", Summary: "do not hide passwords, tokens and cookies",
			Detail: "In `-v`, `--dry-run`, `--as-curl`, `--as-websocat`, `--json` and `--record`.",
			Value:  flags.Switch(&o.view.Secrets)},
		o.view.FramesRow(),
		{Name: "diagnose", Summary: "find out why the handshake is refused",
			Detail: "Asks for the URL without an upgrade too, waits for what follows an upgrade, and " +
				"tries the variants that the answers suggest, one after the other, at most 20 within " +
				"15 s, until one is let in. The first has 5 s, or what `--connect-timeout` gives it, up " +
				"to 11 s. The exit code is that of the connection as it was asked for.",
			Value: flags.Switch(&o.diagnose)},
		{Name: "dry-run", Summary: "print the request, and connect to nothing",
			Value: flags.Switch(&o.dryRun)},
		{Name: "as-curl", Summary: "print the same connection as a curl command",
			Value: flags.Switch(&o.asCurl)},
		{Name: "as-websocat", Summary: "print the same connection for websocat",
			Value: flags.Switch(&o.asWebsocat)},
	}
}

func (o *options) sendingRows() []flags.Row {
	return []flags.Row{
		{Name: "execute", Short: "x", Arg: "MESSAGE",
			Summary: "send this; stdin is not read; repeatable",
			Detail:  "Like the MESSAGE arguments, which are sent after it.",
			Value:   flags.List(&o.execute)},
		{Name: "as", Arg: "NAME", Summary: "call the connection that, where a talk has several",
			Detail: "What it says has the name before it, as `/connect --as bob URL` has it for others.",
			Value:  flags.Text(&o.as)},
		{Name: "on-open", Arg: "MESSAGE", Summary: "send this first on every open; repeatable",
			Value: flags.List(&o.onOpen)},
		{Name: "binary", Short: "b", Summary: "send binary messages instead of text",
			Value: flags.Switch(&o.binary)},
		{Name: "eol", Arg: "END", Summary: "end each text message that is sent: crlf, lf or nul",
			Detail: "For protocols of lines, whose servers wait in silence for the end of one: CRLF for NATS " +
				"and IRC, NUL for STOMP. Binary messages stay as they are.",
			Value: flags.Choice(&o.eol, "crlf", "lf", "nul")},
		{Name: "null", Short: "0", Summary: "NUL ends messages, in stdin and on stdout",
			Detail: "Instead of a newline, as with `xargs -0` and `sort -z`.",
			Value:  flags.Switch(&o.null)},
		{Name: "whole", Summary: "send all of stdin as one message",
			Detail: "Nothing is then printed after a binary message, so that its bytes are all there is.",
			Value:  flags.Switch(&o.whole)},
		{Name: "fragment", Arg: "SIZE", Summary: "send larger messages in pieces of this size",
			Detail: "In frames of SIZE bytes each. Without this flag only `--whole` does so, in frames " +
				"of 64 KiB.",
			Value: flags.Size(&o.fragment)},
		{Name: "input", Arg: "FORM", Summary: "what a line of stdin is: lines or json",
			Detail: "With `json` each line is an object such as `{\"text\":\"hi\"}` or " +
				"`{\"ping\":\"x\"}`, see [events](events.md). Lines are then read also from a terminal.",
			Value: flags.Choice(&o.input, "lines", "json")},
		{Name: "slash", Summary: "understand /commands in a pipe",
			Detail: "Also in MESSAGE arguments. Pongs, with their round trip, and the server's Close " +
				"are then shown on stderr.",
			Value: flags.Switch(&o.slash)},
		{Name: "no-slash", Summary: "no /commands: send such lines as they are",
			Value: flags.Switch(&o.noSlash)},
		{Name: "echo", Summary: "send back every message that comes",
			Detail: "With its type, until the server closes. Stdin is not read.",
			Value:  flags.Switch(&o.echo)},
	}
}

func (o *options) receivingRows() []flags.Row {
	return append([]flags.Row{
		{Name: "json", Summary: "print every event as a line of JSON",
			Detail: "On stdout, errors too; see [events](events.md). Lines of stdin are then read also " +
				"from a terminal, without a line editor.",
			Value: flags.Switch(&o.view.JSON)},
		o.view.FilterRow(),
		{Name: "record", Arg: "FILE", Summary: "write it all to a .jsonl, .har or .wst file too",
			Detail: "As it goes, whatever is shown: `.jsonl` holds everything, `.har` opens in the " +
				"developer tools of browsers, `.wst` is the conversation. Secrets are left out as in " +
				"`-v`. An existing file is overwritten.",
			Value: flags.Text(&o.record)},
		{Name: "exact", Summary: "record values as they came, without wildcards",
			Detail: "In a `.wst` file times, ids and tokens that came become `\"...\"`, and pings " +
				"are left out, so that `wsline test` passes another time. With this flag all is kept.",
			Value: flags.Switch(&o.exact)},
	}, append(o.view.Rows(),
		flags.Row{Name: "raw", Summary: "print nothing after a message",
			Detail: "Where stdout is not a terminal.",
			Value:  flags.Switch(&o.raw)})...)
}

func (o *options) leavingRows() []flags.Row {
	return []flags.Row{
		{Name: "wait", Short: "w", Arg: "TIME",
			Summary: "after stdin's end leave when nothing came for TIME (1s)",
			Detail: "0 closes at once, -1 stays until the server closes. With `--expect` and " +
				"`--count` the default is -1.",
			Value: flags.Duration(&o.wait, true)},
		{Name: "count", Arg: "N", Summary: "leave after N messages; 9 if fewer come",
			Detail: "Exactly N are printed.",
			Value:  flags.Count(&o.count, 1)},
		{Name: "expect", Arg: "REGEXP", Summary: "leave when a message matches; 9 if none does",
			Detail: "The syntax is Go's, that of RE2.",
			Value:  flags.Pattern(&o.expect)},
		{Name: "timeout", Arg: "TIME", Summary: "limit for --expect (10s) and --count",
			Value: flags.Duration(&o.timeout, false)},
		{Name: "exit-on-close", Summary: "leave the talk when the connection ends",
			Value: flags.Switch(&o.exitOnClose)},
	}
}
