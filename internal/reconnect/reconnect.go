package reconnect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wsline/internal/dial"
	"wsline/internal/exit"
	"wsline/internal/plural"
	"wsline/session"
)

// A Dialer opens a connection, and opens it again when it has ended. It is for one goroutine at a
// time.
type Dialer struct {
	Policy
	// Open is one try. What it tells the handler as a notice is told once.
	Open func(ctx context.Context, handle func(*session.Event)) (*session.Session, error)
	// Reason is why a connection ended, in words.
	Reason func(*session.End) string
	// EndIsShown says that a person has seen how a connection ended, and need not be told again.
	EndIsShown bool

	let     bool // the URL has let in
	backoff backoff
	told    map[string]bool // notices
}

// First opens the first connection to a URL.
func (d *Dialer) First(ctx context.Context, handle func(*session.Event)) (*session.Session, error) {
	d.let, d.told = false, map[string]bool{}
	d.backoff = backoff{policy: &d.Policy}
	begun := time.Now()
	s, err := d.Open(ctx, d.once(handle))
	switch {
	case err == nil:
		d.let = true
		return s, nil
	case !d.Start || ctx.Err() != nil || !d.failure(err, false):
		return nil, err
	}
	d.backoff.tries = 1
	o := outage{Dialer: d, since: begun, cause: reason(err), handle: handle, last: err, begun: 1}
	o.tell(o.cause + "; trying again")
	return o.run(ctx)
}

// Again opens a connection in the place of one that has ended, and tells the handler, with a KindGap
// before the KindOpen. Both are nil when that is not to be; the error is that of the last try.
func (d *Dialer) Again(ctx context.Context, end *session.End, handle func(*session.Event)) (
	*session.Session, error) {
	if !d.Passes(end) {
		return nil, nil
	}
	if end.Life >= goodLife {
		d.backoff.tries = 0
	}
	o := outage{
		Dialer: d, since: time.Now(), cause: d.Reason(end), handle: handle, unheard: end.Unheard,
	}
	if d.EndIsShown {
		o.tell("connecting again")
	} else {
		o.tell(o.cause + "; connecting again")
	}
	s, err := o.run(ctx)
	if errors.Is(err, errGivenUp) {
		return nil, nil
	}
	return s, err
}

// errGivenUp is that of an outage in which there was no try.
var errGivenUp = errors.New("given up")

// An outage is the time without a connection.
type outage struct {
	*Dialer
	since  time.Time
	cause  string
	handle func(*session.Event)
	begun  int   // tries
	last   error // of the last try
	said   string

	unheard int64 // see session.Gap
}

func (o *outage) run(ctx context.Context) (*session.Session, error) {
	for {
		if o.Tries > 0 && o.backoff.tries >= o.Tries {
			return o.giveUp("given up after " + plural.Of(o.Tries, "attempt"))
		}
		wait := max(o.backoff.next(), o.asked())
		if o.Timeout > 0 && time.Since(o.since)+wait > o.Timeout {
			return o.giveUp("given up: the next attempt would come after " + o.Timeout.String())
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
		o.begun++
		s, err := o.Open(ctx, o.opened(o.once(o.handle)))
		if err == nil {
			o.let = true
			return s, nil
		}
		o.last = err
		if ctx.Err() != nil || !o.failure(err, o.let) {
			return nil, err
		}
		o.tell(reason(err) + "; trying again")
	}
}

// asked is for how long the server asked to be left alone.
func (o *outage) asked() time.Duration {
	var e *dial.Error
	if !errors.As(o.last, &e) {
		return 0
	}
	wait, _ := e.RetryAfter(time.Now())
	if wait > time.Second {
		o.tell(fmt.Sprintf("the server asks to come back in %v", wait.Round(time.Second)))
	}
	return wait
}

// giveUp ends the outage without a connection.
func (o *outage) giveUp(why string) (*session.Session, error) {
	o.tell(why)
	if o.last == nil {
		return nil, errGivenUp
	}
	return nil, o.last
}

// tell tells what is new.
func (o *outage) tell(text string) {
	if text != o.said {
		o.said = text
		o.handle(&session.Event{Kind: session.KindNotice, Time: time.Now(), Text: text})
	}
}

// opened tells what lay between the connections before the new one is told.
func (o *outage) opened(handle func(*session.Event)) func(*session.Event) {
	return func(ev *session.Event) {
		if ev.Kind == session.KindOpen {
			gap := &session.Gap{Cause: o.cause, Tries: o.begun, Down: ev.Time.Sub(o.since),
				Unheard: o.unheard}
			handle(&session.Event{Kind: session.KindGap, Time: ev.Time, Gap: gap})
		}
		handle(ev)
	}
}

// once tells each notice of connecting once.
func (d *Dialer) once(handle func(*session.Event)) func(*session.Event) {
	connecting := true
	return func(ev *session.Event) {
		switch {
		case ev.Kind == session.KindOpen:
			connecting = false
		case connecting && ev.Kind == session.KindNotice:
			if d.told[ev.Text] {
				return
			}
			d.told[ev.Text] = true
		}
		handle(ev)
	}
}

// reason is an error in words.
func reason(err error) string { return exit.FaultOf(err).Message }

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
