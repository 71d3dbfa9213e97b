// Package software knows servers and proxies by what they answer to an upgrade that they refuse:
// rows of data, each a software in one situation, made from what real ones were seen to say
// (testdata/world has the answers). It knows no flags' meaning and makes no connection; where it is
// not sure, its texts say "may".
package software

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"wsline/internal/lazy"
)

// A Situation is what a row is for.
type Situation int

// Situations.
const (
	Refused   Situation = iota // a status other than 101
	Ended                      // the connection ended before a byte of an answer
	OtherTalk                  // something that is not HTTP came
	NoTunnel                   // a proxy answered to CONNECT
)

// An Answer is what came instead of an upgrade, and what it is the answer to.
type Answer struct {
	Situation Situation
	Status    int
	Phrase    string // reason phrase
	Header    http.Header
	Body      []byte
	Begins    string        // what came that is not HTTP
	After     time.Duration // how long it took
	Where     string        // host:port/path that was asked
	Origin    string        // of the URL
	Sent      http.Header   // of the request, with its Host

	// For the texts: pairs of what stands in them and what it stands for, as strings.NewReplacer takes
	// them; a URL of the same server with another path and query; what is shown of a long text; a word
	// for a shell.
	Words []string
	At    func(path string) string
	Short func(string) string
	Quote func(string) string
}

// A Row is one software in one situation. All the evidence that it names has to be there; the
// patterns are regular expressions, of which "^$" is for what is not there; one after "!" must not
// match.
type Row struct {
	Software  string // as people know it
	Name      string // of the situation
	Situation Situation

	Status []int
	Phrase string
	Fields map[string]string // of the answer
	Body   string            // its groups are {1}, {2} in the texts
	Begins string
	Sent   map[string]string // fields of the request
	Where  string            // of "host:port/path"
	After  [2]time.Duration  // from, to
	// Elsewhere says that the second group of Body is not the Host that was sent, and Here that it is.
	Elsewhere, Here bool
	// OwnOrigin says that the Origin that was sent is the URL's own, Behind that a proxy made itself
	// known which passes no upgrade on unless it is told to.
	OwnOrigin, Behind bool

	// What is told. In it stand {software}; {origin}, {path}, {here} (the path unquoted) and {host}
	// of what was asked; {at PATH} for a URL on the same server; {proxy} for how the proxy that made
	// itself known is told to pass upgrades on.
	Fact  string   // follows the status: "with an empty body"
	Cause string   // follows that and a colon
	Hint  string   // what to try
	Try   []string // what a diagnosis tries first, as it is typed; "no -o" and "at PATH" too
}

// Find is the first row that fits, with its texts filled in.
func Find(a *Answer) (Finding, bool) {
	for _, r := range matchers() {
		if groups, ok := r.fits(a); ok {
			return r.finding(a, groups), true
		}
	}
	return Finding{}, false
}

// A Finding is what is known of an answer.
type Finding struct {
	*Row
	Fact, Cause, Hint string
	Try               []string
}

// SocketIO is where a Socket.IO server of version 3 or later has its WebSocket.
const SocketIO = "/socket.io/?EIO=4&transport=websocket"

// SocketIOWait is how long, at least and at most, it takes to end an upgrade at a path that is not its
// own: a second, in which another library may take it (destroyUpgradeTimeout of Engine.IO).
var SocketIOWait = [2]time.Duration{950 * time.Millisecond, 1500 * time.Millisecond}

// Rows is the table.
func Rows() []Row { return slices.Concat(proxyRows(), serverRows()) }

// A pattern is a regular expression that has to match, or must not.
type pattern struct {
	*regexp.Regexp
	not bool
}

func compile(s string) pattern {
	if s == "" {
		return pattern{}
	}
	s, not := strings.CutPrefix(s, "!")
	return pattern{regexp.MustCompile(s), not}
}

func compileAll(patterns map[string]string) map[string]pattern {
	compiled := map[string]pattern{}
	for name, s := range patterns {
		compiled[name] = compile(s)
	}
	return compiled
}

func (p pattern) fits(text string) bool { return p.Regexp == nil || p.MatchString(text) != p.not }

func allFit(patterns map[string]pattern, h http.Header) bool {
	for name, p := range patterns {
		if !p.fits(strings.Join(h.Values(name), ", ")) {
			return false
		}
	}
	return true
}

// A matcher is a row with its patterns compiled.
type matcher struct {
	*Row
	phrase, body, begins, where pattern
	fields, sent                map[string]pattern
}

var matchers = sync.OnceValue(func() (list []matcher) {
	for _, r := range Rows() {
		list = append(list, matcher{&r, compile(r.Phrase), compile(r.Body), compile(r.Begins),
			compile(r.Where), compileAll(r.Fields), compileAll(r.Sent)})
	}
	return list
})

func (m *matcher) fits(a *Answer) (groups []string, ok bool) {
	switch {
	case m.Situation != a.Situation,
		len(m.Status) > 0 && !slices.Contains(m.Status, a.Status),
		!m.phrase.fits(a.Phrase), !m.begins.fits(a.Begins), !m.where.fits(a.Where),
		!allFit(m.fields, a.Header), !allFit(m.sent, a.Sent),
		m.OwnOrigin && (a.Origin == "" || a.Sent.Get("Origin") != a.Origin),
		m.Behind && !NeedsTelling(a.Header),
		m.After[1] > 0 && (a.After < m.After[0] || a.After > m.After[1]):
		return nil, false
	}
	if m.body.Regexp != nil {
		if groups = m.body.FindStringSubmatch(string(a.Body)); groups == nil {
			return nil, false
		}
	}
	if m.Elsewhere || m.Here {
		if len(groups) < 3 || strings.EqualFold(groups[2], a.Sent.Get("Host")) != m.Here {
			return nil, false
		}
	}
	return groups, true
}

func (m *matcher) finding(a *Answer, groups []string) Finding {
	quoted := func(s string) string { return a.Quote(a.Short(s)) }
	shown, typed := a.filler(m.Row, groups, a.Short), a.filler(m.Row, groups, quoted)
	f := Finding{Row: m.Row, Fact: shown.Replace(m.Fact), Cause: shown.Replace(m.Cause),
		Hint: a.hint(m.Hint, typed, shown)}
	for _, s := range m.Try {
		if !strings.Contains(s, "{1}") || len(groups) > 1 {
			f.Try = append(f.Try, shown.Replace(s))
		}
	}
	return f
}

// hint fills in a hint. The places in it are the row's own: what the server said names none.
func (a *Answer) hint(text string, typed, shown *strings.Replacer) (filled string) {
	for {
		place := at().FindStringSubmatchIndex(text)
		if place == nil {
			return filled + typed.Replace(text)
		}
		filled += typed.Replace(text[:place[0]]) + a.At(shown.Replace(text[place[2]:place[3]]))
		text = text[place[1]:]
	}
}

var at = lazy.Regexp(`\{at ((?:[^{}]|\{\w+\})*)\}`)

// filler puts what it stands for in place of each word. What the server said is written with say: a
// hint may be pasted into a shell.
func (a *Answer) filler(r *Row, groups []string, say func(string) string) *strings.Replacer {
	pairs := append([]string{"{software}", r.Software, "{proxy}", PassOn(a.Header)}, a.Words...)
	for i, g := range groups {
		g = strings.Join(strings.Fields(g), " ")
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", say(g))
	}
	return strings.NewReplacer(pairs...)
}
