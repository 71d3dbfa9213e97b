package target

import (
	"time"

	"wsline/internal/flags"
	"wsline/session"
)

// Pings are the flags about pings and pongs, as they were typed.
type Pings struct {
	interval, timeout *time.Duration
	noPong            bool
	pongDelay         *time.Duration
}

// Rows are those flags, of a client.
func (p *Pings) Rows() []flags.Row {
	return p.rows("leave with 6 when a pong takes longer", "Needs `--ping-interval`.", "servers")
}

// ServerRows are those flags, of a server, which has other clients when one of them is late.
func (p *Pings) ServerRows() []flags.Row {
	return p.rows("drop a client whose pong takes longer",
		"Needs `--ping-interval`. With `--once` it leaves with 6.", "clients")
}

func (p *Pings) rows(late, detail, peers string) []flags.Row {
	return []flags.Row{
		{Name: "ping-interval", Arg: "TIME", Summary: "send a ping this often",
			Value: flags.Duration(&p.interval, false)},
		{Name: "ping-timeout", Arg: "TIME", Summary: late, Detail: detail,
			Value: flags.Duration(&p.timeout, false)},
		{Name: "no-pong", Summary: "leave pings unanswered, for testing " + peers,
			Value: flags.Switch(&p.noPong)},
		{Name: "pong-delay", Arg: "TIME", Summary: "answer pings this late, for testing " + peers,
			Value: flags.Duration(&p.pongDelay, false)},
	}
}

// shortestPing is the shortest time between pings that are sent by themselves.
const shortestPing = 10 * time.Millisecond

// Check refuses what cannot be meant together.
func (p *Pings) Check() error { return flags.FirstConflict(p.conflicts()) }

func (p *Pings) conflicts() []flags.Conflict {
	return []flags.Conflict{
		{When: p.timeout != nil && p.interval == nil,
			Text: "--ping-timeout is given without --ping-interval",
			Hint: "--ping-interval 20s --ping-timeout 5s"},
		{When: p.noPong && p.pongDelay != nil,
			Text: "--no-pong and --pong-delay contradict each other", Hint: "choose one"},
		{When: p.interval != nil && *p.interval < shortestPing,
			Text: "--ping-interval is shorter than 10ms"},
	}
}

// Apply sets what was given.
func (p *Pings) Apply(s *session.Config) {
	s.NoPong = p.noPong
	for _, f := range []struct {
		to   *time.Duration
		from *time.Duration
	}{
		{&s.PongDelay, p.pongDelay}, {&s.PingInterval, p.interval}, {&s.PingTimeout, p.timeout},
	} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
}
