package repl

import (
	"regexp"
	"strings"
)

// hasCredentials says that a line has a password or another credential in it, and so is not kept.
func hasCredentials(line string) bool { return credentials().MatchString(line) }

// credentials matches user:password@ in an address, the flags and header fields that carry a
// secret, members of JSON and parameters of a query whose names end as that of one, and what says in
// other ways what a password is.
func credentials() *regexp.Regexp {
	return regexp.MustCompile(`(?i)` + strings.Join([]string{
		`//[^\s/@]*:[^\s/@]*@`,
		`^/connect\s(.*\s)?[^\s/@:]+:[^\s/@]+@`,
		`--(auth|passphrase|bearer|cookie)\b`,
		`\b(proxy-)?authorization:`,
		`\bcookie:`,
		`(-H|--header)[\s=]*["']?[\w-]*(key|token|secret|auth)[\w-]*:`,
		`["'&?][\w-]*(pass|passwd|password|passphrase|secret|token|api[_-]?key|jwt|signature)` +
			`["']?\s*[:=]`,
		`(password|passwd|passphrase|secret|token)["']?(\s*[:=]|\s+is\b)`,
	}, "|"))
}
