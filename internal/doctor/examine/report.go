package examine

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/internal/doctor"
	"wsline/internal/exit"
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
		return "let in by:\n  " + x.CommandLine(v)
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
			format.HideURL(e.place.URL))
	case e.place.URL != nil && r != nil:
		fmt.Fprintf(&b, "none was let in, but there may be a WebSocket at %s: it answered %s\n",
			format.HideURL(e.place.URL), e.here.text())
	case e.place.URL != nil:
		fmt.Fprintf(&b, "none was let in for long, but there is a WebSocket at %s\n",
			format.HideURL(e.place.URL))
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
	hint, _, _ := strings.Cut(f.Hint, "; --diagnose") // that is what is being done
	hint, _, _ = strings.Cut(hint, ": --diagnose")
	b.Write(format.NewTalk(format.Style{}).Error(nil, f.Text(), hint))
	return strings.TrimSuffix(b.String(), "\n")
}

// fault is why the place lets nobody in, as it is said without an examination, but with what a GET
// without an upgrade was answered in it. What stands before a server and cannot reach it is told of
// first, whatever is beside it.
func (e *evidence) fault() exit.Fault {
	o := e.here
	if e.asked.status() >= 500 {
		o = e.asked
	}
	var dialed *dial.Error
	switch {
	case o.err == nil:
		return doctor.EndReason(o.end)
	case errors.As(o.err, &dialed) && o == e.asked:
		dialed.Plain = e.plain.refusal()
	}
	return exit.FaultOf(doctor.Explain(o.err))
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
