package converse

import (
	"regexp"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/flags"
)

// check is the one place where flags that do not go together are refused.
func (o *options) check() error {
	if err := flags.FirstConflict(o.conflicts()); err != nil {
		return err
	}
	if err := o.conn.Check(); err != nil {
		return err
	}
	if err := o.checkCurl(); err != nil {
		return err
	}
	if err := o.checkOneAnswer(); err != nil {
		return err
	}
	return o.checkJSONInput()
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
		{When: o.timeout != nil && o.expect == nil && o.count == 0,
			Text: "--timeout is given without --expect or --count",
			Hint: "--connect-timeout limits connecting, --wait limits silence"},
	}
}

var (
	// cookieText is what RFC 6265 §4.2.1 calls a cookie-string.
	cookieText = regexp.MustCompile(`^[^\s=;,"{}\[\]]+=[^\s;,]*(; ?[^\s=;,]+=[^\s;,]*)*;?$`)
	// proxyText is a proxy as curl takes it: with a password, or with nothing but a port behind it.
	proxyText = regexp.MustCompile(`(?i)^(https?|socks(4a?|5h?)?)://` +
		`(\S*:\S*@[^\s/@]+|[^\s/@:]+:\d+)/?$|` +
		`^[^\s/@:]+:\S*@[^\s/@:]+:\d+/?$`)
)

// checkCurl refuses what curl means by -b and -x, which would send a secret as a message. A message
// that only looks like it can be written another way.
func (o *options) checkCurl() error {
	for _, word := range o.line.Behind("-b", "--binary") {
		if o.binary && cookieText.MatchString(word) {
			return exit.Usagef("--cookie NAME=VALUE sends cookies; -x sends a message such as this",
				"-b sends binary messages, and what follows it looks like a cookie")
		}
	}
	for _, word := range o.execute {
		if proxyText.MatchString(word) {
			return exit.Usagef(
				"--proxy URL is for a proxy; a message such as this stands behind the server's URL",
				"-x sends a message, and what follows it looks like a proxy")
		}
	}
	return nil
}

// checkOneAnswer refuses two flags that each want something else printed instead of a conversation.
func (o *options) checkOneAnswer() error {
	first := ""
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"--dry-run", o.dryRun}, {"--as-curl", o.asCurl}, {"--as-websocat", o.asWebsocat},
		{"--diagnose", o.diagnose},
	} {
		switch {
		case !f.given:
		case first != "":
			return exit.Usagef("choose one", "%s and %s ask for different things", first, f.name)
		default:
			first = f.name
		}
	}
	return nil
}

// checkJSONInput refuses what says otherwise how stdin is read.
func (o *options) checkJSONInput() error {
	if o.input != "json" {
		return nil
	}
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"--whole", o.whole}, {"--binary", o.binary}, {"--null", o.null}, {"--slash", o.slash},
		{"--no-slash", o.noSlash}, {"--fragment", o.fragment != nil},
	} {
		if f.given {
			return exit.Usagef(`each line says what it is: {"binary":"3q2+7w=="}`,
				"%s is for lines of text, but --input json reads objects", f.name)
		}
	}
	return nil
}
