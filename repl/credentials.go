package repl

import (
	"regexp"
	"strings"
	"sync"

	"wsline/internal/name"
	"wsline/internal/secret"
)

// hasCredentials says that a line has a password or another credential in it, and so is not kept.
func hasCredentials(line string) bool {
	l := lineSecrets()
	if rest, isAddressed := strings.CutPrefix(line[name.Size(line):], "> "); isAddressed {
		line = rest
	}
	return l.plain.MatchString(line) || l.names(line) || l.protocols(line)
}

// secretPatterns find credentials in what was typed.
type secretPatterns struct {
	plain    *regexp.Regexp // what is one, whatever its name
	said     *regexp.Regexp // a name in front of "is"
	pair     *regexp.Regexp // a name in front of a colon or an equals sign
	set      *regexp.Regexp
	protocol *regexp.Regexp
}

// lineSecrets are made when the first line is typed, which most runs of the program never see.
var lineSecrets = sync.OnceValue(func() *secretPatterns {
	return &secretPatterns{
		plain: regexp.MustCompile(`(?i)` + strings.Join([]string{
			`//[^\s/@]*:[^\s/@]*@`, // user:password@ in an address
			`^/connect\s(.*\s)?[^\s/@:]+:[^\s/@]+@`,
			`--(auth|passphrase|bearer|cookie)\b`,
			`\bcookie\\*["']?\s*:`,
			`\b(bearer|basic)\s+[\w.~+/-]{8,}`,
			`\beyJ[\w-]{5,}\.[\w-]+\.`, // a JSON Web Token, RFC 7519
		}, "|")),
		said:     regexp.MustCompile(`([\w.%\[\]-]+)["']?\s+is\b`),
		pair:     regexp.MustCompile(`([\w.%\[\]-]+)\\*["']?\s*[:=]`),
		set:      regexp.MustCompile(`^/set\s+(\S+)`),
		protocol: regexp.MustCompile(`\s(?:-s|--subprotocol)[\s=]*["']?([^\s"']+)`),
	}
})

// names says whether something in a line has the name of a secret. Of names that are often
// something else the place decides, or the value.
func (l *secretPatterns) names(line string) bool {
	if set := l.set.FindStringSubmatch(line); set != nil && secret.Name(set[1]) {
		return true
	}
	for _, m := range l.said.FindAllStringSubmatch(line, -1) {
		if secret.Sure(m[1]) {
			return true
		}
	}
	for _, m := range l.pair.FindAllStringSubmatchIndex(line, -1) {
		name := line[m[2]:m[3]]
		if secret.Sure(name) ||
			secret.Name(name) && (isParameter(line[:m[2]]) || longValue(line[m[1]:])) {
			return true
		}
	}
	return false
}

// isParameter says whether what stands before a name makes it that of a parameter of a URL or of a
// header field.
func isParameter(before string) bool {
	trimmed := strings.TrimRight(before, `"' =`)
	return strings.HasSuffix(before, "?") || strings.HasSuffix(before, "&") ||
		strings.HasSuffix(trimmed, "-H") || strings.HasSuffix(trimmed, "-header")
}

// longValue says whether a value is as long as tokens are.
func longValue(value string) bool {
	const shortest = 12
	value = strings.TrimLeft(value, `\"' `)
	end := strings.IndexAny(value, " \t\n\"'\\,;&{}[]()")
	if end < 0 {
		end = len(value)
	}
	return end >= shortest
}

// protocols says whether one of the subprotocols of a /connect is a token.
func (l *secretPatterns) protocols(line string) bool {
	if !strings.HasPrefix(line, "/connect") {
		return false
	}
	var list []string
	for _, m := range l.protocol.FindAllStringSubmatch(line, -1) {
		list = append(list, strings.Split(m[1], ",")...)
	}
	for _, is := range secret.Protocols(list) {
		if is {
			return true
		}
	}
	return false
}
