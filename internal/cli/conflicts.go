package cli

import (
	"strings"
	"time"
)

// A conflict is a combination of flags that cannot be meant.
type conflict struct {
	when       bool
	text, hint string
}

// checkConflicts is the one place where flags that do not go together are refused.
func checkConflicts(t *typed) error {
	for _, c := range conflicts(t) {
		if c.when {
			return &UsageError{Text: c.text, Hint: c.hint}
		}
	}
	if err := checkOneAnswer(t); err != nil {
		return err
	}
	if err := checkJSONInput(t); err != nil {
		return err
	}
	return checkTwice(t)
}

// shortestPing is the shortest time between pings that are sent by themselves.
const shortestPing = 10 * time.Millisecond

// checkOneAnswer refuses two flags that each want something else printed instead of a conversation.
func checkOneAnswer(t *typed) error {
	first := ""
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"--dry-run", t.dryRun}, {"--as-curl", t.asCurl}, {"--as-websocat", t.asWebsocat},
		{"--diagnose", t.diagnose},
	} {
		switch {
		case !f.given:
		case first != "":
			return usagef("choose one", "%s and %s ask for different things", first, f.name)
		default:
			first = f.name
		}
	}
	return nil
}

// checkJSONInput refuses what says otherwise how stdin is read.
func checkJSONInput(t *typed) error {
	if t.input != "json" {
		return nil
	}
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"--whole", t.whole}, {"--binary", t.binary}, {"--null", t.null}, {"--slash", t.slash},
		{"--no-slash", t.noSlash}, {"--fragment", t.fragment != nil},
	} {
		if f.given {
			return usagef(`each line says what it is: {"binary":"3q2+7w=="}`,
				"%s is for lines of text, but --input json reads objects", f.name)
		}
	}
	return nil
}

func conflicts(t *typed) []conflict {
	return []conflict{
		{t.auth != "" && t.bearer != "", "--auth and --bearer are two ways to log in",
			"choose one"},
		{t.ipv4 && t.ipv6, "-4 and -6 leave no address to connect to",
			"choose one, or none for both"},
		{t.slash && t.noSlash, "--slash and --no-slash contradict each other", "choose one"},
		{t.noColor && t.color == "always", "--color always and --no-color contradict each other",
			"choose one"},
		{t.fragment != nil && *t.fragment == 0, "--fragment 0 would send nothing",
			"give a size such as 64K"},
		{t.exact && !strings.HasSuffix(strings.ToLower(t.record), ".wst"),
			"--exact is for --record FILE.wst", ""},
		{t.raw && t.null, "--raw and --null both say what ends a message on stdout", "choose one"},
		{t.json && t.raw, "--raw is for payloads, but --json prints events", "leave one out"},
		{t.json && t.null, "--null is for payloads, but --json prints lines", "leave one out"},
		{t.pingTimeout != nil && t.pingInterval == nil,
			"--ping-timeout is given without --ping-interval",
			"--ping-interval 20s --ping-timeout 5s"},
		{t.noPong && t.pongDelay != nil, "--no-pong and --pong-delay contradict each other",
			"choose one"},
		{t.pingInterval != nil && *t.pingInterval < shortestPing,
			"--ping-interval is shorter than 10ms", ""},
		{t.unixSocket != "" && t.proxy != "",
			"--unix-socket and --proxy are two ways to the server", "choose one"},
		{t.key != "" && t.cert == "", "--key is given without --cert",
			"--cert FILE names the certificate"},
		{t.passphrase != nil && t.cert == "", "--passphrase is given without --cert",
			"--cert FILE and --key FILE name what it opens"},
		{strayPassphrase(t), "--passphrase takes what follows it only after an equals sign",
			"write --passphrase=P, or leave it to be asked for"},
		{t.timeout != nil && t.expect == nil && t.count == 0,
			"--timeout is given without --expect or --count",
			"--connect-timeout limits connecting, --wait limits silence"},
	}
}

// strayPassphrase tells whether what stands where the URL belongs is rather a passphrase. It must
// not become a name that DNS is asked for.
func strayPassphrase(t *typed) bool {
	return t.passphrase != nil && *t.passphrase == "" && len(t.positional) > 1 &&
		!strings.Contains(t.positional[0], "://") && strings.Contains(t.positional[1], "://")
}

// checkTwice refuses a header field that is given by a flag of its own and by -H.
func checkTwice(t *typed) error {
	own := map[string]struct {
		flag  string
		given bool
	}{
		"authorization":          {"--auth", t.auth != ""},
		"origin":                 {"--origin", t.origin != ""},
		"host":                   {"--host", t.host != ""},
		"cookie":                 {"--cookie", len(t.cookies) > 0},
		"user-agent":             {"--user-agent", t.userAgent != ""},
		"sec-websocket-protocol": {"--subprotocol", len(t.subprotocols) > 0},
	}
	if t.bearer != "" {
		own["authorization"] = struct {
			flag  string
			given bool
		}{"--bearer", true}
	}
	for _, h := range t.headers {
		name, _, _ := strings.Cut(h, ":")
		name = strings.TrimSpace(name)
		if f := own[strings.ToLower(name)]; f.given {
			return usagef("leave one of them out", "%s is given by %s and by -H", name, f.flag)
		}
	}
	return nil
}
