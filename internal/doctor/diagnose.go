package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/internal/exit"
	"wsline/session"
)

// MaxTries is how many connections a diagnosis makes, with the first one: it is the server of
// somebody else.
const MaxTries = 12

// A Diagnosis finds out which variant of a refused request is let in. It tries one after the other,
// each within the time for connecting, and stops at the first that is let in. Credentials go to the
// host that they were given for and nowhere else, and never in the clear where they were meant for
// TLS. It is used once.
type Diagnosis struct {
	Config session.Config // as it was asked for
	// CommandLine is how the same connection is typed with a change.
	CommandLine func(Variant) string
	// Open opens a connection and closes it again; the error is why it was not opened. Nil:
	// session.Open does.
	Open func(ctx context.Context, cfg *session.Config) error

	tries []try
}

// A try is one connection of a diagnosis and what came of it.
type try struct {
	variant Variant
	err     error
}

// Run returns a report that is safe to print, and the exit code of the connection as it was asked
// for, 0 when it is let in.
func (d *Diagnosis) Run(ctx context.Context) (report string, code int) {
	asked := d.try(ctx, Variant{What: "as asked for"})
	if asked.err == nil {
		return d.report("it is let in as it is"), exit.OK
	}
	code = exit.FaultOf(asked.err).Code
	var e *dial.Error
	if !errors.As(asked.err, &e) || ctx.Err() != nil {
		return d.report("") + reportText(asked.err), code
	}
	d.vary(ctx, variants(e, &d.Config.Dial))
	if ctx.Err() != nil {
		return d.report("stopped before the end"), exit.Interrupted
	}
	if last := d.tries[len(d.tries)-1]; last.err == nil {
		return d.report("let in by:\n  " + d.CommandLine(last.variant)), code
	}
	return d.report(d.verdict()) + reportText(asked.err), code
}

// reportText is what is said of the first error, as it is without a diagnosis.
func reportText(err error) string {
	f := exit.FaultOf(Explain(err))
	hint, _, _ := strings.Cut(f.Hint, "; --diagnose") // that is what is being done
	return string(format.NewTalk(format.Style{}).Error(nil, f.Text(), hint))
}

// vary tries the variants until one is let in, and what follows from them.
func (d *Diagnosis) vary(ctx context.Context, list []Variant) {
	for len(list) > 0 && len(d.tries) < MaxTries && ctx.Err() == nil {
		next := d.try(ctx, list[0])
		if list = list[1:]; next.err == nil {
			return
		}
		// A path that refuses where the first one knew nothing is the place to go on.
		if u := next.variant.URL; u != nil && promising(next.err) && next.variant.origin == "" {
			with := next.variant
			with.setOrigin(siteOrigin(u))
			list = append([]Variant{with}, list...)
		}
	}
}

func (d *Diagnosis) try(ctx context.Context, v Variant) try {
	cfg := d.Config
	cfg.CloseTimeout, cfg.Stream, cfg.Echo = time.Second, true, false
	cfg.Watch, cfg.Frames, cfg.PingInterval = false, false, 0
	v.apply(&cfg.Dial)
	open := d.Open
	if open == nil {
		open = openAndClose
	}
	t := try{variant: v, err: open(ctx, &cfg)}
	d.tries = append(d.tries, t)
	return t
}

// promising reports whether a refusal is that of a WebSocket which wants something else.
func promising(err error) bool {
	var e *dial.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden,
		http.StatusUpgradeRequired, http.StatusSwitchingProtocols:
		return true
	}
	return false
}

// verdict is what can be said when nothing was let in.
func (d *Diagnosis) verdict() string {
	if !promising(d.tries[0].err) {
		for _, t := range d.tries[1:] {
			if t.variant.URL != nil && promising(t.err) {
				return "none was let in, but there may be a WebSocket at " +
					format.HideURL(t.variant.URL) + ": it answered " + outcome(t.err)
			}
		}
	}
	if len(d.tries) == 1 {
		return "no variant would help"
	}
	return "none of them was let in"
}

// report is a line for each try, and what follows.
func (d *Diagnosis) report(conclusion string) string {
	width := 0
	for _, t := range d.tries {
		width = max(width, utf8.RuneCountInString(t.variant.What))
	}
	var b strings.Builder
	for _, t := range d.tries {
		fmt.Fprintf(&b, "%-*s  %s\n", width, t.variant.What, outcome(t.err))
	}
	if conclusion != "" {
		b.WriteString(conclusion + "\n")
	}
	return string(format.Escape(nil, []byte(b.String()), true))
}

// outcome is what came of a try, in a few words.
func outcome(err error) string {
	var e *dial.Error
	switch {
	case err == nil:
		return "let in"
	case !errors.As(err, &e):
		return exit.FaultOf(err).Message
	case e.Reason == dial.ReasonStatus:
		return strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
	case e.Reason == dial.ReasonRedirect:
		return fmt.Sprintf("%d, to %q", e.Status, format.HideURLText(e.Location))
	}
	return e.Text
}

// openAndClose opens real connections. A server that goes on sending is not listened to.
func openAndClose(ctx context.Context, cfg *session.Config) error {
	ended := make(chan struct{})
	s, err := session.Open(ctx, cfg, func(ev *session.Event) {
		if ev.Kind == session.KindEnd {
			close(ended)
		}
	})
	if err != nil {
		return err
	}
	_ = s.Close(1000, "") // who closed before us has let us in too
	select {
	case <-ended:
	case <-time.After(2 * time.Second):
		s.Drop()
		<-ended
	}
	return nil
}
