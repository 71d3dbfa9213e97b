package match

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wsline/internal/lazy"
	"wsline/internal/secret"
)

// largestGeneral is how long a message may be, in bytes, for times, ids and tokens to be looked for in
// it: that takes a second for each MiB, in which nobody reads what comes.
const largestGeneral = 256 << 10

// Generalize returns a pattern for a text message that also matches what the same server says
// another time: values that look like times, ids or tokens are the wildcard "...". It returns where
// they stood: paths for JSON, the texts themselves otherwise. Nothing else of the message changes,
// and what would be a wildcard without being meant as one is made literal. A message of more than
// 256 KiB is made literal as a whole.
func Generalize(payload []byte) (pattern []byte, replaced []string) {
	pattern = Literal(payload)
	if len(pattern) > largestGeneral {
		return pattern, nil
	}
	if !IsJSON(payload) {
		return generalizeText(pattern)
	}
	g := generalizer{src: pattern}
	g.value("", "")
	return g.dst, g.replaced
}

// generalizer walks valid JSON once, token by token.
type generalizer struct {
	src, dst []byte
	replaced []string
	depth    int
}

func (g *generalizer) space() {
	n := 0
	for n < len(g.src) && strings.IndexByte(" \t\r\n", g.src[n]) >= 0 {
		n++
	}
	g.copy(n)
}

func (g *generalizer) copy(n int) {
	g.dst = append(g.dst, g.src[:n]...)
	g.src = g.src[n:]
}

// value walks the value of the member with that name, or of an array's element with the array's
// name.
func (g *generalizer) value(path, name string) {
	g.space()
	defer g.space()
	if g.depth > maxDepth {
		g.copy(len(g.src))
		return
	}
	switch {
	case len(g.src) == 0:
	case g.src[0] == '{':
		g.object(path)
	case g.src[0] == '[':
		g.array(path, name)
	default:
		g.scalar(path, name)
	}
}

func (g *generalizer) object(path string) {
	g.list('}', func(int) {
		token := g.src[:stringSize(g.src)]
		var name string
		_ = json.Unmarshal(token, &name) // it is valid
		g.copy(len(token))
		g.space()
		g.copy(1) // the colon
		g.value(memberPath(path, name), name)
	})
}

func (g *generalizer) array(path, name string) {
	g.list(']', func(i int) { g.value(path+"["+strconv.Itoa(i)+"]", name) })
}

// list walks what stands between brackets; each walks one member or element.
func (g *generalizer) list(end byte, each func(i int)) {
	g.depth++
	defer func() { g.depth-- }()
	g.copy(1)
	g.space()
	for i := 0; len(g.src) > 0 && g.src[0] != end; i++ {
		each(i)
		if len(g.src) > 0 && g.src[0] == ',' {
			g.copy(1)
			g.space()
		}
	}
	g.copy(min(1, len(g.src)))
}

func (g *generalizer) scalar(path, name string) {
	n := bytes.IndexAny(g.src, " \t\r\n,]}")
	if g.src[0] == '"' {
		n = stringSize(g.src)
	} else if n < 0 {
		n = len(g.src)
	}
	if path == "" || !volatile(name, g.src[:n]) {
		g.copy(n)
		return
	}
	g.dst = append(g.dst, `"..."`...)
	g.src = g.src[n:]
	g.replaced = append(g.replaced, path)
}

// memberPath is a path of jq to a member.
func memberPath(path, name string) string {
	if identifier().MatchString(name) {
		return path + "." + name
	}
	quoted, _ := json.Marshal(name) // a string cannot fail
	if path == "" {
		path = "."
	}
	return path + "[" + string(quoted) + "]"
}

// volatile says whether a value of JSON looks like one that is another each time.
func volatile(name string, token []byte) bool {
	words := nameWords(name)
	if token[0] == '"' {
		var s string
		return json.Unmarshal(token, &s) == nil && s != "" && volatileString(name, words, s)
	}
	if c := token[0]; c != '-' && (c < '0' || c > '9') {
		return false // true, false, null
	}
	number, err := strconv.ParseFloat(string(token), 64)
	switch {
	case err != nil:
		return false
	case hasWord(words, timeWords):
		return true
	case hasWord(words, idWords):
		return true
	}
	return isEpoch(number)
}

func volatileString(name string, words []string, s string) bool {
	switch {
	case isTime(s), wholeRandom().MatchString(s):
		return true
	case hasWord(words, timeWords):
		return strings.ContainsAny(s, "0123456789")
	case hasWord(words, idWords), hasWord(words, tokenWords), secret.Name(name):
		return looksRandom(s, 6)
	}
	return looksRandom(s, 20)
}

const (
	uuidPattern = `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`
	jwtPattern  = `eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`
	timePattern = `\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?( ?(Z|UTC|GMT|[+-]\d\d:?\d\d))?`
	ulidPattern = `[0-9A-HJKMNP-TV-Z]{26}`
)

var (
	// Names of members whose values are times, durations, ids and tokens.
	timeWords = []string{
		"time", "timestamp", "ts", "date", "datetime", "at", "created", "updated", "modified", "expires",
		"exp", "iat", "nbf", "uptime", "elapsed", "duration", "latency", "took", "rtt", "now", "started", "since",
	}
	idWords = []string{"id", "ids", "uid", "uuid", "guid", "pid", "seq", "sid", "etag", "revision"}
	// Those of secrets are besides these.
	tokenWords = []string{"nonce", "key", "hash", "digest", "cursor", "code"}

	wholeRandom = lazy.Regexp(`^(` + uuidPattern + `|` + jwtPattern + `|` + ulidPattern + `)$`)
	inText      = lazy.Regexp(uuidPattern + `|` + jwtPattern + `|` + timePattern)
	wholeTime   = lazy.Regexp(`^` + timePattern + `$`)
)

// nameWords parts a member's name: "createdAt", "created_at" and "created-at" are created and at.
func nameWords(name string) (words []string) {
	start := 0
	add := func(end int) {
		if end > start {
			words = append(words, strings.ToLower(name[start:end]))
		}
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '_' || c == '-' || c == '.' || c == ' ':
			add(i)
			start = i + 1
		case c >= 'A' && c <= 'Z' && i > 0 && (name[i-1] < 'A' || name[i-1] > 'Z'):
			add(i)
			start = i
		}
	}
	add(len(name))
	return words
}

// hasWord says whether the last of the words is in the list: "userId" is an id, "idle" is none.
func hasWord(words, list []string) bool {
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	for _, w := range list {
		if w == last {
			return true
		}
	}
	return false
}

func isTime(s string) bool {
	if wholeTime().MatchString(s) {
		return true
	}
	for _, layout := range []string{
		http.TimeFormat, time.RFC1123, time.RFC1123Z, time.RFC850, time.ANSIC,
	} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// isEpoch says whether a number is likely a time: milliseconds, micro- or nanoseconds since 1970 of
// the years 2001 to 2100. Seconds are told by the member's name only.
func isEpoch(n float64) bool {
	const from, to = 1e9, 4102444800
	for _, unit := range []float64{1e3, 1e6, 1e9} {
		if n >= from*unit && n < to*unit {
			return true
		}
	}
	return false
}

// looksRandom says whether s is one word of at least size characters that nobody would write by
// hand: letters and digits mixed, as in base64 or hexadecimal.
func looksRandom(s string, size int) bool {
	if len(s) < size {
		return false
	}
	digits, letters, changes := 0, 0, 0
	var before byte
	for i := range len(s) {
		class := charClass(s[i])
		switch class {
		case 0:
			return false
		case 'd':
			digits++
		case 'u', 'l':
			letters++
		}
		if before != 0 && class != before {
			changes++
		}
		before = class
	}
	if letters == 0 {
		return digits >= size
	}
	return digits > 0 && changes >= 2
}

// charClass parts the characters of random words: digits, upper and lower case, signs; 0 is none of
// them.
func charClass(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return 'd'
	case c >= 'A' && c <= 'Z':
		return 'u'
	case c >= 'a' && c <= 'z':
		return 'l'
	case strings.IndexByte("+/=_-.:~", c) >= 0:
		return 's'
	}
	return 0
}

// generalizeText replaces times, ids and tokens in text that is not JSON, but not beside a dot or
// behind a backslash: those would change what the wildcard means.
func generalizeText(pattern []byte) (general []byte, replaced []string) {
	at := 0
	for _, m := range inText().FindAllIndex(pattern, -1) {
		from, to := m[0], m[1]
		if from > 0 && (pattern[from-1] == '.' || pattern[from-1] == '\\') ||
			to < len(pattern) && pattern[to] == '.' {
			continue
		}
		general = append(append(general, pattern[at:from]...), Wildcard...)
		replaced = append(replaced, string(pattern[from:to]))
		at = to
	}
	return append(general, pattern[at:]...), replaced
}
