// Package examine finds out why a server does not let a request in, or not for long, and which
// variant of it is: --diagnose. It asks what was asked for, then for the same URL without an upgrade,
// and then for the variant that is the likeliest by all that has been answered so far, until one is
// let in.
//
// It is polite, as the server is somebody else's: one connection at a time, each ended properly, at
// most MaxTries of them within Limit. Credentials go to the host that they were given for and nowhere
// else, and never in the clear where they were meant for TLS.
package examine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"wsline/internal/dial"
	"wsline/internal/doctor"
	"wsline/internal/exit"
	"wsline/session"
)

const (
	// MaxTries is how many times a server is asked, with the first one.
	MaxTries = 20
	// Limit is how long it all takes at most, whatever the servers do.
	Limit = 15 * time.Second
)

const (
	closing  = 300 * time.Millisecond // for the end of a connection
	leastAsk = 400 * time.Millisecond // with less than that no server is asked

	plainTime = 2 * time.Second // for a GET without an upgrade, which only adds to what is known
	restTime  = 4 * time.Second // for all but the first, whatever time limit that has
)

// An Examination is one of a connection. It is used once.
type Examination struct {
	Config session.Config // as it was asked for
	// IsOwnTimeout says that the user has given the time limit of Config: the connection as it was asked
	// for has all of it, but for what the rest needs.
	IsOwnTimeout bool
	// CommandLine is how the same connection is typed with a change.
	CommandLine func(doctor.Variant) string
	// Progress is told what is being tried; nil: nobody wants to know.
	Progress func(text string)

	knock func(ctx context.Context, cfg *session.Config) *outcome // nil: over the network
	end   time.Time                                               // of the time for all of it
}

// A try is one connection and what came of it.
type try struct {
	candidate
	*outcome
}

// Run returns a report that is safe to print, and the exit code of the connection as it was asked for:
// also when a variant of it is let in.
func (x *Examination) Run(ctx context.Context) (report string, code int) {
	x.end = time.Now().Add(Limit)
	limited, cancel := context.WithDeadline(ctx, x.end.Add(-closing))
	defer cancel()
	e := &evidence{cfg: x.Config.Dial}
	asked := x.try(limited, e, candidate{Variant: doctor.Variant{What: "as asked for"}})
	e.asked, e.here = asked, asked
	if ctx.Err() == nil && asked.leavesOpen() {
		get := candidate{Variant: doctor.Variant{What: "a plain GET"}, plain: true}
		e.plain = x.try(limited, e, get)
	}
	var way *try
	for way == nil && ctx.Err() == nil && limited.Err() == nil {
		c, ok := e.next()
		if !ok || len(e.tries) == MaxTries || time.Until(x.end) < closing+leastAsk {
			break
		}
		if e.grow(c, x.try(limited, e, c)) {
			way = &e.tries[len(e.tries)-1]
		}
	}
	if c, ok := e.plainer(way); ok && len(e.tries) < MaxTries && time.Until(x.end) >= closing+leastAsk {
		if found := *way; x.try(limited, e, c).isIn() {
			way = &e.tries[len(e.tries)-1]
		} else {
			way = &found
		}
	}
	if ctx.Err() != nil {
		return e.report("stopped before the end"), exit.Interrupted
	}
	return e.report(x.verdict(e, way)), asked.code()
}

// try makes one connection, within its share of what is left of the time: who stays silent costs
// the later ones little.
func (x *Examination) try(ctx context.Context, e *evidence, c candidate) *outcome {
	if x.Progress != nil {
		x.Progress(fmt.Sprintf("%d: %s", len(e.tries)+1, c.What))
	}
	cfg := x.Config
	cfg.CloseTimeout, cfg.Stream, cfg.Echo, cfg.PingInterval = closing, true, false, 0
	cfg.Watch, cfg.Frames = false, false
	c.Apply(&cfg.Dial)
	if c.plain {
		cfg.Dial = withoutUpgrade(cfg.Dial)
	} else if c.URL != nil {
		cfg.Dial.Redirects = max(cfg.Dial.Redirects, 3)
	}
	share := max(time.Until(x.end)/4, leastAsk)
	switch {
	case len(e.tries) == 0 && x.IsOwnTimeout:
		share = Limit - restTime
	case len(e.tries) == 0:
		share = Limit / 3
	}
	if c.plain {
		share = min(share, plainTime)
	}
	if cfg.Dial.Timeout <= 0 || share < cfg.Dial.Timeout {
		cfg.Dial.Timeout = share.Round(100 * time.Millisecond)
	}
	ask := x.knock
	if ask == nil {
		ask = knock
	}
	o := ask(ctx, &cfg)
	e.tries = append(e.tries, try{c, o})
	return o
}

// leavesOpen reports whether a GET without an upgrade may tell more than the connection did.
func (o *outcome) leavesOpen() bool {
	if o.err == nil {
		return !o.isIn() || o.isMute()
	}
	var e *dial.Error
	if !errors.As(o.err, &e) {
		return false
	}
	switch e.Reason {
	case dial.ReasonStatus:
		return e.Status != http.StatusTooManyRequests && (!isLogin(e.Status) || o.isUnchallenged())
	case dial.ReasonBroken, dial.ReasonLateUpgrade, dial.ReasonNoUpgrade, dial.ReasonAccept:
		return true
	}
	return false
}
