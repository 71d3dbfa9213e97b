package cli

import "strings"

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
	return checkTwice(t)
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
		{t.raw && t.null, "--raw and --null both say what ends a message on stdout", "choose one"},
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
