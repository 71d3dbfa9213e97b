package cli

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
	"wsline/session"
)

// maxTries is how many connections a diagnosis makes, with the first one: it is the server of
// somebody else.
const maxTries = 12

// An opener opens a connection and closes it again; the error is why it was not opened.
type opener func(ctx context.Context, cfg *session.Config) error

// A try is one connection of a diagnosis and what came of it.
type try struct {
	variant variant
	err     error
}

// diagnose finds out which variant of a refused request is let in. It tries one after the other,
// each within the time for connecting, and stops at the first that is let in. Credentials go to the
// host that they were given for and nowhere else, and never in the clear where they were meant for
// TLS. The report is safe to print; the code is that of the connection as it was asked for, 0 when it
// is let in.
func diagnose(
	ctx context.Context, given []givenFlag, first *target, secrets bool, open opener,
) (string, int) {
	if first.endpoint != "" {
		return first.endpoint + " is inside wsline, and lets everyone in\n", exitOK
	}
	d := &diagnosis{given: given, first: first, secrets: secrets, open: open}
	asked := d.try(ctx, variant{what: "as asked for"})
	if asked.err == nil {
		return d.report("it is let in as it is"), exitOK
	}
	code := describe(asked.err).code
	var e *dial.Error
	if !errors.As(asked.err, &e) || ctx.Err() != nil {
		return d.report("") + reportText(asked.err), code
	}
	d.vary(ctx, variants(e, &first.session.Dial))
	if ctx.Err() != nil {
		return d.report("stopped before the end"), exitInterrupted
	}
	if last := d.tries[len(d.tries)-1]; last.err == nil {
		return d.report("let in by:\n  " + d.commandLine(last.variant)), code
	}
	return d.report(d.verdict()) + reportText(asked.err), code
}

// reportText is what is said of the first error, as it is without a diagnosis.
func reportText(err error) string {
	f := describe(err)
	f.hint, _, _ = strings.Cut(f.hint, "; --diagnose") // that is what is being done
	return string(format.NewTalk(format.Style{}).Error(nil, f.text(), f.hint))
}

// A diagnosis is a row of tries.
type diagnosis struct {
	given   []givenFlag
	first   *target
	secrets bool // shown
	open    opener
	tries   []try
}

// vary tries the variants until one is let in, and what follows from them.
func (d *diagnosis) vary(ctx context.Context, list []variant) {
	for len(list) > 0 && len(d.tries) < maxTries && ctx.Err() == nil {
		next := d.try(ctx, list[0])
		if list = list[1:]; next.err == nil {
			return
		}
		// A path that refuses where the first one knew nothing is the place to go on.
		if u := next.variant.url; u != nil && promising(next.err) && next.variant.origin == "" {
			with := next.variant
			with.setOrigin(siteOrigin(u))
			list = append([]variant{with}, list...)
		}
	}
}

func (d *diagnosis) try(ctx context.Context, v variant) try {
	cfg := d.first.session
	cfg.Dial.Timeout = d.first.connectTimeout
	cfg.CloseTimeout, cfg.Stream, cfg.Echo = time.Second, true, false
	cfg.Watch, cfg.Frames, cfg.PingInterval = false, false, 0
	v.apply(&cfg.Dial)
	t := try{variant: v, err: d.open(ctx, &cfg)}
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
func (d *diagnosis) verdict() string {
	if !promising(d.tries[0].err) {
		for _, t := range d.tries[1:] {
			if t.variant.url != nil && promising(t.err) {
				return "none was let in, but there may be a WebSocket at " +
					format.HideURL(t.variant.url) + ": it answered " + outcome(t.err)
			}
		}
	}
	if len(d.tries) == 1 {
		return "no variant would help"
	}
	return "none of them was let in"
}

// report is a line for each try, and what follows.
func (d *diagnosis) report(conclusion string) string {
	width := 0
	for _, t := range d.tries {
		width = max(width, utf8.RuneCountInString(t.variant.what))
	}
	var b strings.Builder
	for _, t := range d.tries {
		fmt.Fprintf(&b, "%-*s  %s\n", width, t.variant.what, outcome(t.err))
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
		return describe(err).message
	case e.Reason == dial.ReasonStatus:
		return strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
	case e.Reason == dial.ReasonRedirect:
		return fmt.Sprintf("%d, to %q", e.Status, format.HideURLText(e.Location))
	}
	return e.Text
}

// openAndClose is the opener for real connections. A server that goes on sending is not listened to.
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
