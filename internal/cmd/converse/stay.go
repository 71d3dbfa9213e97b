package converse

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"wsline/internal/doctor"
	"wsline/internal/flags"
	"wsline/internal/reconnect"
	"wsline/session"
)

// stayOptions are the flags about connections that follow one another, as they were typed.
type stayOptions struct {
	how          how
	delay, most  *time.Duration
	limit        *time.Duration
	on, giveUpOn reconnect.Causes
	resend       bool
}

// how is the argument of --reconnect.
type how struct {
	given, start, always bool
	tries                int64
}

// parseHow reads "start", "always", a number of attempts, or several of them with commas between.
func parseHow(s string) (h how, err error) {
	h.given = true
	for word := range strings.SplitSeq(s, ",") {
		switch word = strings.TrimSpace(word); word {
		case "":
			if s != "" {
				return h, fmt.Errorf("%q has an empty word", s)
			}
		case "start":
			h.start = true
		case "always":
			h.always = true
		default:
			if h.tries, err = strconv.ParseInt(word, 10, 64); err != nil || h.tries < 1 {
				return h, fmt.Errorf("%q is not start, always or a number of attempts", word)
			}
		}
	}
	return h, nil
}

func (o *stayOptions) rows() []flags.Row {
	return []flags.Row{
		{Name: "reconnect", Arg: "HOW", MayLackArg: true,
			Summary: "connect again when the connection ends",
			Detail: "After a break, and after a Close frame that may be a restart's, as long as it takes; " +
				"see [staying connected](stay.md). HOW is a number of attempts, `start` to wait for a " +
				"server that is not there yet too, `always` to go on after any end, or several with commas. " +
				"Pings are sent every 20 s, and wait 20 s for their pongs, unless flags say otherwise.",
			Value: flags.ParsedOr(&o.how, "", parseHow, "start", "always")},
		{Name: "reconnect-delay", Arg: "TIME", Summary: "wait this long at first, then twice as long (250ms)",
			Value: flags.Duration(&o.delay, false)},
		{Name: "reconnect-max", Arg: "TIME", Summary: "wait at most this long between attempts (5s)",
			Value: flags.Duration(&o.most, false)},
		{Name: "reconnect-timeout", Arg: "TIME", Summary: "give up when the server is away for longer",
			Value: flags.Duration(&o.limit, false)},
		{Name: "reconnect-on", Arg: "LIST", Summary: "go on after these statuses and close codes too",
			Detail: "Such as `404,1008,40xx,4500-4599`. A status has three digits, a close code four.",
			Value:  flags.Parsed(&o.on, reconnect.ParseCauses)},
		{Name: "give-up-on", Arg: "LIST", Summary: "do not go on after these statuses and close codes",
			Value: flags.Parsed(&o.giveUpOn, reconnect.ParseCauses)},
		{Name: "resend", Summary: "send again what may not have arrived",
			Detail: "The lines that were sent since the server was heard of last. It may get one twice: " +
				"without this flag it may get one never, and no line is sent twice.",
			Value: flags.Switch(&o.resend)},
	}
}

func (o *stayOptions) conflicts(all *options) (list []flags.Conflict) {
	for _, f := range [...]struct {
		name  string
		given bool
	}{
		{"--reconnect-delay", o.delay != nil}, {"--reconnect-max", o.most != nil},
		{"--reconnect-timeout", o.limit != nil}, {"--reconnect-on", o.on != nil},
		{"--give-up-on", o.giveUpOn != nil}, {"--resend", o.resend},
	} {
		if f.given && !o.how.given {
			list = append(list, flags.Conflict{When: true,
				Text: f.name + " is given without --reconnect", Hint: "add --reconnect"})
		}
	}
	for _, f := range [...]struct {
		name  string
		given bool
	}{
		{"--slash", all.slash}, {"--input json", all.input == "json"}, {"--whole", all.whole},
	} {
		if o.resend && f.given {
			list = append(list, flags.Conflict{When: true,
				Text: "--resend sends lines again, but with " + f.name + " they are not messages",
				Hint: "leave one out"})
		}
	}
	return list
}

// policy is what the flags mean; nil where no connection follows another.
func (o *stayOptions) policy() *reconnect.Policy {
	if !o.how.given {
		return nil
	}
	p := &reconnect.Policy{
		Start: o.how.start, Always: o.how.always, Tries: o.how.tries, On: o.on, GiveUp: o.giveUpOn,
	}
	for _, f := range []struct {
		to   *time.Duration
		from *time.Duration
	}{{&p.Delay, o.delay}, {&p.Max, o.most}, {&p.Timeout, o.limit}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	return p
}

// stayPing is how often a connection that is to stay is asked whether it lives, and how long an answer
// may take: a path that is dead is noticed after 40 s, and not after minutes.
const stayPing = 20 * time.Second

// resendPing is how often the server is asked what it has got, where what it may not have got is kept to
// be sent again.
const resendPing = time.Second

// staySend is how long what was sent may stay unacknowledged: a path that is dead while sending is
// noticed without pings too, which may wait behind what does not leave.
const staySend = time.Minute

// stay sets what a connection that is to stay needs.
func (c *config) stay(s *session.Config) {
	if c.policy == nil {
		return
	}
	if s.PingInterval == 0 {
		s.PingInterval = stayPing
		if c.resend {
			s.PingInterval = resendPing
		}
	}
	if s.PingTimeout == 0 { // a pong that may take for ever tells nothing
		s.PingTimeout = stayPing
	}
	s.Dial.UserTimeout = staySend
}

// dialer opens the connections of a pipe, one after the other; again is nil where none follows.
func (t *talking) dialer() (first connectFunc, again againFunc) {
	if t.policy == nil {
		return t.conn.open, nil
	}
	d := t.newDialer()
	d.Open = t.conn.open
	return d.First, d.Again
}

func (t *talking) newDialer() *reconnect.Dialer {
	return &reconnect.Dialer{
		Policy: *t.policy, Reason: reasonOf,
		EndIsShown: (t.env.StdoutTerminal || t.env.StderrTerminal) && !t.json,
	}
}

// dialers open the connections of a talk, by their names.
type dialers struct {
	*talking
	byName map[string]*reconnect.Dialer // owned by who connects
}

// connect is /connect.
func (d *dialers) connect(
	ctx context.Context, name string, words []string, handle func(*session.Event),
) (*session.Session, error) {
	dialer := d.newDialer()
	dialer.Open = func(ctx context.Context, handle func(*session.Event)) (*session.Session, error) {
		return d.conn.command(ctx, name, words, handle)
	}
	s, err := dialer.First(ctx, handle)
	if err == nil {
		d.byName[name] = dialer
	}
	return s, err
}

// again is repl.Talk.Again: the connector is that of the connection alone.
func (d *dialers) again(name string, end *session.End) connectFunc {
	dialer, open := d.byName[name], d.conn.of(name).Open
	if dialer == nil {
		return nil
	}
	if d.conn.resume != nil && name == d.conn.name { // nothing comes meanwhile that could change what is made here
		o, err := d.conn.prepare()
		open = func(ctx context.Context, handle func(*session.Event)) (*session.Session, error) {
			if err != nil {
				return nil, err
			}
			return d.conn.prepared(ctx, o, nil, handle)
		}
	}
	dialer.Open = func(ctx context.Context, handle func(*session.Event)) (*session.Session, error) {
		s, err := open(ctx, handle)
		if err == nil {
			d.conn.keeper.opened(name, s)
		}
		return s, err
	}
	return func(ctx context.Context, handle func(*session.Event)) (*session.Session, error) {
		return dialer.Again(ctx, end, handle)
	}
}

type (
	connectFunc = func(context.Context, func(*session.Event)) (*session.Session, error)
	againFunc   = func(context.Context, *session.End, func(*session.Event)) (*session.Session, error)
)

func reasonOf(end *session.End) string {
	if login := (loginError{}); errors.As(end.Err, &login) {
		return login.Fault().Message
	}
	return doctor.EndReason(end).Message
}
