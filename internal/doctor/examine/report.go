package examine

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/internal/doctor"
	"wsline/internal/doctor/software"
	"wsline/internal/exit"
	"wsline/internal/hide"
)

// report is a line for each try, and what follows from them, safe to print.
func (e *evidence) report(verdict string) string {
	width := 0
	tries := e.tries
	if e.asked.isIn() && len(tries) == 2 && tries[1].plain {
		tries = tries[:1] // the GET told nothing that matters
	}
	for _, t := range tries {
		width = max(width, utf8.RuneCountInString(t.What))
	}
	var b strings.Builder
	for _, t := range tries {
		text := t.text()
		if t.outcome == e.asked && t.isMute() {
			text += ", then nothing within " + patience.String()
		}
		if r := t.refusal(); t.plain && r != nil && r.Header.Get("Server") != "" {
			text += ", by " + short(r.Header.Get("Server"))
		}
		fmt.Fprintf(&b, "%-*s  %s\n", width, t.What, text)
	}
	b.WriteString(verdict + "\n")
	return string(format.Escape(nil, []byte(b.String()), true))
}

// short is what a server says of itself.
func short(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// verdict is one: what lets in; or what is known, what was ruled out, and who can change it.
func (x *Examination) verdict(e *evidence, way *try) string {
	switch {
	case way != nil && e.asked.isIn():
		return "it is let in as it is, and may stay silent; the server takes a subprotocol:\n  " +
			x.CommandLine(way.Variant)
	case way != nil:
		v := way.Variant
		if at := way.shake.URL; v.URL != nil && at != nil && at.Path != v.URL.Path {
			v = v.And(doctor.Following())
		}
		text := "let in by:\n  " + x.CommandLine(v)
		if e.isElsewhere(v.URL) {
			text += "\nthat is another endpoint; the one that was asked for still fails: " +
				e.faultOf(e.asked).Message
		}
		return text
	case e.asked.isMute():
		return "it is let in as it is: the server waits for a first message, as most do, or for a " +
			"subprotocol (-s)"
	case e.asked.isIn():
		return "it is let in as it is"
	case e.asked.end != nil && doctor.EndFault(e.asked.end).Code == exit.OK:
		return "it is let in as it is; then " + string(format.Escape(nil,
			[]byte(doctor.EndReason(e.asked.end).Message), false))
	}
	return e.failure()
}

// failure is the verdict when nothing was let in.
func (e *evidence) failure() string {
	if e.lost != nil && e.place.URL == nil {
		e.place, e.here = e.lost.Variant, e.lost.outcome
	}
	var b strings.Builder
	switch r := e.here.refusal(); {
	case e.place.URL != nil && e.here.showsTLS():
		fmt.Fprintf(&b, "none was let in, but the port speaks TLS: the URL is %s\n",
			hide.URL(e.place.URL))
	case e.place.URL != nil && r != nil:
		fmt.Fprintf(&b, "none was let in, but there may be a WebSocket at %s: it answered %s\n",
			hide.URL(e.place.URL), e.here.text())
	case e.place.URL != nil:
		fmt.Fprintf(&b, "none was let in for long, but there is a WebSocket at %s\n",
			hide.URL(e.place.URL))
	case e.place.What != "":
		fmt.Fprintf(&b, "none was let in, but %s it goes further: %s\n", e.place.What, e.here.text())
	case len(e.tries) == 1 || len(e.tries) == 2 && e.tries[1].plain:
		b.WriteString("no variant would help\n")
	default:
		b.WriteString("none of them was let in\n")
	}
	if vain := e.inVain(); vain != "" {
		b.WriteString(vain + "\n")
	}
	f := e.fault()
	b.Write(format.NewTalk(format.Style{}).Error(nil, f.Text(), f.Hint))
	return strings.TrimSuffix(b.String(), "\n")
}

// fault is why the place lets nobody in, with a hint of what has not been tried. What stands before a
// server and cannot reach it is told of first, whatever is beside it.
func (e *evidence) fault() exit.Fault {
	o, at := e.here, e.place.URL
	if e.asked.status() >= 500 {
		o, at = e.asked, nil
	}
	f := e.faultOf(o)
	tried := e.recommended(at)
	if e.asked.took >= Limit-restTime {
		tried = append(tried, "--connect-timeout TIME") // it has had all that there is
	}
	f.Hint = doctor.Without(f.Hint, tried)
	if server := e.untold(); o == e.asked && server != nil {
		f.Message += "; " + software.Proxy(server) + " answers at other paths, so the upgrade may " +
			"not have got through it, to where a request without one waits (long polling)"
		f.Hint = software.PassOn(server)
	}
	return f
}

// faultOf is what came of a connection as it is said without an examination, but with what a GET
// without an upgrade was answered.
func (e *evidence) faultOf(o *outcome) exit.Fault {
	var dialed *dial.Error
	switch {
	case o.err == nil:
		return doctor.EndReason(o.end)
	case errors.As(o.err, &dialed) && o == e.asked:
		dialed.Plain = e.plain.refusal()
	}
	return exit.FaultOf(doctor.Explain(o.err))
}

// recommended is how hints recommend what has been tried: flags for the place, and other places.
func (e *evidence) recommended(place *url.URL) (list []string) {
	for _, t := range e.tries[1:] {
		switch {
		case t.plain:
		case t.URL == nil || place != nil && *t.URL == *place:
			list = append(list, t.Flags()...)
		default:
			list = append(list, t.Place()...)
		}
	}
	return list
}

// isElsewhere reports whether a URL stands for something else on the server, or for another port: not
// the same path with or without a slash at its end, nor with TLS on the same port.
func (e *evidence) isElsewhere(u *url.URL) bool {
	asked := e.cfg.URL
	if u == nil {
		return false
	}
	isSame := strings.TrimRight(u.Path, "/") == strings.TrimRight(asked.Path, "/") &&
		u.RawQuery == asked.RawQuery
	return !isSame || u.Scheme != asked.Scheme && asked.Port() == ""
}

// untold is what a proxy answered that passes no upgrade on unless it is told to, where the URL is met
// with silence, also without an upgrade: nil for none.
func (e *evidence) untold() http.Header {
	if !e.asked.isSilent() || !e.plain.isSilent() {
		return nil
	}
	for _, t := range e.tries {
		if r := t.refusal(); r != nil && software.NeedsTelling(r.Header) {
			return r.Header
		}
	}
	return nil
}

// inVain is what was tried, and whether TLS is ruled out.
func (e *evidence) inVain() string {
	var groups []string
	count := map[string]int{}
	for _, t := range e.tries {
		if t.group == "" {
			continue
		}
		if count[t.group]++; count[t.group] == 1 {
			groups = append(groups, t.group)
		}
	}
	if len(groups) == 0 {
		return ""
	}
	for i, group := range groups {
		if n := count[group]; n > 1 {
			groups[i] = fmt.Sprintf("%d %ss", n, strings.TrimPrefix(group, "another "))
		}
	}
	text := "in vain: " + strings.Join(groups, ", ")
	if e.cfg.URL.Scheme == "ws" && e.cfg.URL.Port() != "" && e.answersHTTP() {
		text += "; it is not TLS, as the port speaks HTTP"
	}
	return text
}
