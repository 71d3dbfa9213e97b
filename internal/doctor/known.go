package doctor

import (
	"net/http"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/doctor/software"
	"wsline/internal/words"
)

// known is the finding for a software that gives itself away.
func known(e *dial.Error) (finding, bool) {
	a, ok := answerOf(e)
	if !ok {
		return finding{}, false
	}
	found, ok := software.Find(a)
	if !ok {
		return finding{}, false
	}
	f := finding{name: found.Software + ", " + found.Name, fact: found.Fact,
		cause: always(found.Cause), hint: always(found.Hint)}
	if len(found.Try) > 0 {
		f.try = func(e *dial.Error, d *dial.Config) []Variant { return named(e, d, found.Try...) }
	}
	return f, true
}

// answerOf is what an error tells of an answer, where there was one.
func answerOf(e *dial.Error) (*software.Answer, bool) {
	a := &software.Answer{
		Status: e.Status, Phrase: e.Phrase, Header: e.Header, Body: e.Body, Begins: e.Got,
		Sent: sentFields(e), Short: short, Quote: words.ShellQuote, Origin: siteOrigin(e.URL),
		Words: []string{"{origin}", siteOrigin(e.URL), "{path}", `"/"`, "{host}", "HOST",
			"{here}", ""},
		At: func(path string) string { return atPath(e.URL, path) },
	}
	switch {
	case e.Reason == dial.ReasonStatus:
		a.Situation = software.Refused
	case e.Reason == dial.ReasonBroken && e.Got == "":
		a.Situation = software.Ended
	case e.Reason == dial.ReasonNotHTTP:
		a.Situation = software.OtherTalk
	case e.Reason == dial.ReasonProxyRefused && e.Status != 0:
		a.Situation = software.NoTunnel
	default:
		return nil, false
	}
	if e.URL != nil {
		a.Where = e.URL.Host + e.URL.EscapedPath()
		a.Words = []string{
			"{origin}", siteOrigin(e.URL), "{path}", short(pathText(e.URL)), "{host}", e.URL.Host,
			"{here}", strings.TrimRight(e.URL.EscapedPath(), "/"),
		}
	}
	if e.Handshake != nil {
		a.After = e.Handshake.Timings.Upgrade
	}
	return a, true
}

// sentFields are those of the request that failed.
func sentFields(e *dial.Error) http.Header {
	h := http.Header{}
	if e.Handshake == nil {
		return h
	}
	_, fields, _ := strings.Cut(string(e.Handshake.Request), "\n")
	for line := range strings.Lines(fields) {
		if name, value, isField := strings.Cut(line, ":"); isField {
			h.Add(name, strings.TrimSpace(value))
		}
	}
	return h
}
