package cli

import (
	"wsline/format"
	"wsline/internal/query"
)

func sendingFlags() []flagRow {
	return []flagRow{
		{name: "execute", short: "x", arg: "MESSAGE",
			summary: "send this; stdin is not read; repeatable",
			detail:  "Like the MESSAGE arguments, which are sent after it.",
			value:   func(t *typed) *value { return list(&t.execute) }},
		{name: "on-open", arg: "MESSAGE", summary: "send this first on every open; repeatable",
			value: func(t *typed) *value { return list(&t.onOpen) }},
		{name: "binary", short: "b", summary: "send binary messages instead of text",
			value: func(t *typed) *value { return onOff(&t.binary) }},
		{name: "null", short: "0", summary: "NUL ends messages, in stdin and on stdout",
			detail: "Instead of a newline, as with `xargs -0` and `sort -z`.",
			value:  func(t *typed) *value { return onOff(&t.null) }},
		{name: "whole", summary: "send all of stdin as one message",
			value: func(t *typed) *value { return onOff(&t.whole) }},
		{name: "fragment", arg: "SIZE", summary: "send larger messages in pieces of this size",
			detail: "In frames of SIZE bytes each. Without this flag only `--whole` does so, in frames " +
				"of 64 KiB.",
			value: func(t *typed) *value { return bytesSize(&t.fragment) }},
		{name: "input", arg: "FORM", summary: "what a line of stdin is: lines or json",
			detail: "With `json` each line is an object such as `{\"text\":\"hi\"}` or " +
				"`{\"ping\":\"x\"}`, see [events](events.md). Lines are then read also from a terminal.",
			value: func(t *typed) *value { return choice(&t.input, "lines", "json") }},
		{name: "slash", summary: "understand /commands in a pipe",
			detail: "Also in MESSAGE arguments. Pongs, with their round trip, and the server's Close " +
				"are then shown on stderr.",
			value: func(t *typed) *value { return onOff(&t.slash) }},
		{name: "no-slash", summary: "no /commands: send such lines as they are",
			value: func(t *typed) *value { return onOff(&t.noSlash) }},
		{name: "echo", summary: "send back every message that comes",
			detail: "With its type, until the server closes. Stdin is not read.",
			value:  func(t *typed) *value { return onOff(&t.echo) }},
	}
}

func receivingFlags() []flagRow {
	return append([]flagRow{
		{name: "json", summary: "print every event as a line of JSON",
			detail: "On stdout, errors too; see [events](events.md). Lines of stdin are then read also " +
				"from a terminal, without a line editor.",
			value: func(t *typed) *value { return onOff(&t.json) }},
		filterFlag(),
		{name: "record", arg: "FILE", summary: "write it all to a .jsonl, .har or .wst file too",
			detail: "As it goes, whatever is shown: `.jsonl` holds everything, `.har` opens in the " +
				"developer tools of browsers, `.wst` is the conversation. Secrets are left out as in " +
				"`-v`. An existing file is overwritten.",
			value: func(t *typed) *value { return text(&t.record) }},
		{name: "exact", summary: "record values as they came, without wildcards",
			detail: "In a `.wst` file times, ids and tokens that came become `\"...\"`, and pings " +
				"are left out, so that `wsline test` passes another time. With this flag all is kept.",
			value: func(t *typed) *value { return onOff(&t.exact) }},
	}, append(lookFlags(),
		flagRow{name: "raw", summary: "print nothing after a message",
			detail: "Where stdout is not a terminal.",
			value:  func(t *typed) *value { return onOff(&t.raw) }})...)
}

func filterFlag() flagRow {
	return flagRow{name: "filter", arg: "JQ",
		summary: "print what a jq expression makes of JSON messages",
		detail: "`--filter 'select(.type == \"trade\") | .price'` prints the prices of the trades " +
			"alone. What is not JSON is passed over. `--count` and `--expect` look at what is printed.",
		value: func(t *typed) *value { return parsed(&t.filter, query.Compile) }}
}

// lookFlags say how messages are shown, those of a connection and those of a recording.
func lookFlags() []flagRow {
	return []flagRow{
		{name: "pretty", arg: "WHEN", summary: "lay out JSON: auto, always or never",
			detail: "`auto` does so on a terminal only, and up to 64 KiB.",
			value:  func(t *typed) *value { return parsed(&t.pretty, format.ParsePretty) }},
		{name: "timestamps", short: "t", summary: "show the time of each line on a terminal",
			value: func(t *typed) *value { return onOff(&t.timestamps) }},
		{name: "color", arg: "WHEN", summary: "auto, always or never",
			detail: "`auto` heeds `NO_COLOR`, `FORCE_COLOR` and `TERM=dumb`. Messages that go to " +
				"a pipe or a file are never coloured.",
			value: func(t *typed) *value { return choice(&t.color, "auto", "always", "never") }},
		{name: "no-color", summary: "the same as --color never",
			value: func(t *typed) *value { return onOff(&t.noColor) }},
		{name: "binary-out", arg: "FORM", summary: "print binary messages as raw, hex or base64",
			detail: "Where stdout is not a terminal.",
			value:  func(t *typed) *value { return parsed(&t.binaryOut, format.ParseBinaryOut) }},
	}
}

func leavingFlags() []flagRow {
	return []flagRow{
		{name: "wait", short: "w", arg: "TIME",
			summary: "after stdin's end leave when nothing came for TIME (1s)",
			detail: "0 closes at once, -1 stays until the server closes. With `--expect` and " +
				"`--count` the default is -1.",
			value: func(t *typed) *value { return duration(&t.wait, true) }},
		{name: "count", arg: "N", summary: "leave after N messages; 9 if fewer come",
			detail: "Exactly N are printed.",
			value:  func(t *typed) *value { return count(&t.count, 1) }},
		{name: "expect", arg: "REGEXP", summary: "leave when a message matches; 9 if none does",
			detail: "The syntax is Go's, that of RE2.",
			value:  func(t *typed) *value { return pattern(&t.expect) }},
		{name: "timeout", arg: "TIME", summary: "limit for --expect (10s) and --count",
			value: func(t *typed) *value { return duration(&t.timeout, false) }},
		{name: "exit-on-close", summary: "leave the talk when the connection ends",
			value: func(t *typed) *value { return onOff(&t.exitOnClose) }},
	}
}
