package uri

import (
	"strings"

	"wsline/internal/exit"
)

const passwordHint = "in a password write %2F for /, %3F for ? and %23 for #"

// WithoutPassword hides the password in what was typed for a URL. One that holds a slash, which it
// may not, ends at the last @.
func WithoutPassword(s string) string {
	start := authorityStart(s)
	authority, rest := cutAuthority(s[start:])
	colon := strings.IndexByte(authority, ':')
	if colon < 0 || authority[0] == '[' {
		return s
	}
	at := strings.LastIndexByte(authority, '@')
	if _, isPort := parsePort(authority[colon+1:]); at < 0 && !isPort && authority[colon+1:] != "" {
		at = strings.LastIndexByte(authority+rest, '@')
	}
	if at < colon {
		return s
	}
	return s[:start+colon+1] + "xxxxx" + s[start+at:]
}

// checkPassword refuses what looks like a password with a slash in it: what stands before the slash
// would be taken for a port, and be quoted. hidden is typed without the password.
func checkPassword(typed, hidden string) error {
	authority, _ := cutAuthority(typed[authorityStart(typed):])
	if hidden == typed || strings.Contains(authority, "@") {
		return nil
	}
	return &exit.UsageError{
		Text: "a bad port, or a / in the password, in " + exit.Quote(hidden), Hint: passwordHint,
	}
}

func authorityStart(s string) int {
	if i := strings.Index(s, "://"); i >= 0 {
		return i + len("://")
	}
	return 0
}

// cutAuthority cuts what follows "://" before the path.
func cutAuthority(s string) (authority, rest string) {
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}
