package converse

import (
	"slices"
	"strings"

	"wsline/internal/flags"
	"wsline/internal/lazy"
)

// check is the one place where flags that do not go together are refused.
func (o *options) check() error {
	last := append(o.lateConflicts(), o.answerConflicts()...)
	last = append(append(last, o.stay.conflicts(o)...), o.alive.conflicts()...)
	return o.conn.CheckWith(o.conflicts(), append(last, o.inputConflicts()...))
}

func (o *options) conflicts() []flags.Conflict {
	return []flags.Conflict{
		{When: o.slash && o.noSlash, Text: "--slash and --no-slash contradict each other",
			Hint: "choose one"},
		o.view.Conflict(),
		{When: o.fragment != nil && *o.fragment == 0, Text: "--fragment 0 would send nothing",
			Hint: "give a size such as 64K"},
		{When: o.exact && !strings.HasSuffix(strings.ToLower(o.record), ".wst"),
			Text: "--exact is for --record FILE.wst"},
		{When: o.raw && o.null, Text: "--raw and --null both say what ends a message on stdout",
			Hint: "choose one"},
		{When: o.view.JSON && o.raw, Text: "--raw is for payloads, but --json prints events",
			Hint: "leave one out"},
		{When: o.view.JSON && o.null, Text: "--null is for payloads, but --json prints lines",
			Hint: "leave one out"},
	}
}

var (
	// cookieText is what RFC 6265 §4.2.1 calls a cookie-string.
	cookieText = lazy.Regexp(`^[^\s=;,"{}\[\]]+=[^\s;,]*(; ?[^\s=;,]+=[^\s;,]*)*;?$`)
	// proxyText is a proxy as curl takes it: with a password, or with nothing but a port behind it.
	proxyText = lazy.Regexp(`(?i)^(https?|socks(4a?|5h?)?)://` +
		`(\S*:\S*@[^\s/@]+|[^\s/@:]+:\d+)/?$|` +
		`^[^\s/@:]+:\S*@[^\s/@:]+:\d+/?$`)
)

func isCookie(s string) bool { return cookieText().MatchString(s) }

func isProxy(s string) bool { return proxyText().MatchString(s) }

// lateConflicts are told behind those of connecting. Among them is what curl means by -b and -x,
// which would send a secret as a message; a message that only looks like it can be written another
// way.
func (o *options) lateConflicts() []flags.Conflict {
	behind := slices.ContainsFunc(o.line.Behind("-b", "--binary"), isCookie)
	return []flags.Conflict{
		{When: o.timeout != nil && o.expect == nil && o.count == 0,
			Text: "--timeout is given without --expect or --count",
			Hint: "--connect-timeout limits connecting, --wait limits silence"},
		{When: o.binary && behind,
			Text: "-b sends binary messages, and what follows it looks like a cookie",
			Hint: "--cookie NAME=VALUE sends cookies; -x sends a message such as this"},
		{When: slices.ContainsFunc(o.execute, isProxy),
			Text: "-x sends a message, and what follows it looks like a proxy",
			Hint: "--proxy URL is for a proxy; " +
				"a message such as this stands behind the server's URL"},
	}
}

// answerConflicts are two flags that each want something else printed instead of a conversation.
func (o *options) answerConflicts() (list []flags.Conflict) {
	first := ""
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"--as-wsline", o.asWsline}, {"--dry-run", o.dryRun}, {"--as-curl", o.asCurl},
		{"--as-websocat", o.asWebsocat}, {"--diagnose", o.diagnose},
	} {
		if f.given && first != "" {
			list = append(list, flags.Conflict{When: true,
				Text: first + " and " + f.name + " ask for different things", Hint: "choose one"})
		}
		if f.given {
			first = f.name
		}
	}
	return list
}

// inputConflicts are with what says otherwise than --input json how stdin is read.
func (o *options) inputConflicts() (list []flags.Conflict) {
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"--whole", o.whole}, {"--binary", o.binary}, {"--null", o.null}, {"--slash", o.slash},
		{"--no-slash", o.noSlash}, {"--fragment", o.fragment != nil},
	} {
		if f.given && o.input == "json" {
			list = append(list, flags.Conflict{When: true,
				Text: f.name + " is for lines of text, but --input json reads objects",
				Hint: `each line says what it is: {"binary":"3q2+7w=="}`})
		}
	}
	return list
}
