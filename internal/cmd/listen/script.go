package listen

import (
	"context"
	"errors"
	"net"
	"strconv"
	"sync/atomic"

	"wsline/format"
	"wsline/internal/exit"
	"wsline/script"
	"wsline/script/report"
	"wsline/script/wst"
	"wsline/session"
)

// errNoClient is a conversation that would be played again and again without a client.
var errNoClient = errors.New("the script takes no client: /connect waits for one")

// play plays the server's part of a conversation, again and again, until ctx ends.
func (s *service) play(ctx context.Context) error {
	var taken atomic.Int64
	runner := &script.Runner{
		Connect: func(ctx context.Context, args []string, handle func(*session.Event)) (
			*session.Session, error) {
			taken.Add(1)
			return s.take(ctx, args, handle)
		},
		Vars: func() *wst.Vars {
			vars := s.c.vars.Clone()
			vars.Told = s.hide
			s.hide(vars)
			return vars
		},
		Describe: func(err error) (message, hint string, code int) {
			f := exit.FaultOf(err)
			return f.Text(), f.Hint, f.Code
		},
	}
	out := s.env.Stdout
	if s.c.typed.view.JSON {
		out = s.env.Stderr
	}
	report := &report.Text{Palette: format.NewPalette(s.c.look.StdoutColor)}
	for {
		before := taken.Load()
		res := runner.Serve(ctx, s.c.script)
		if ctx.Err() != nil {
			return nil
		}
		if _, err := out.Write(report.AppendResult(nil, res)); err != nil {
			return nil // the board tells, or nobody reads
		}
		switch {
		case s.c.typed.once && res.Code() != exit.OK:
			return exit.Told(res.Code())
		case s.c.typed.once:
			return nil
		case taken.Load() == before:
			return errNoClient
		}
	}
}

// take lets the next client in, or refuses it when args say so.
func (s *service) take(ctx context.Context, args []string, handle func(*session.Event)) (
	*session.Session, error) {
	for {
		r, err := s.server.Accept(ctx)
		if errors.Is(err, net.ErrClosed) {
			return nil, context.Canceled
		}
		if err != nil {
			return nil, err
		}
		if len(args) == 2 && args[0] == "--refuse" {
			status, _ := strconv.Atoi(args[1])
			_ = r.Refuse(status, "") // it was not answered before
			return nil, script.ErrRefused
		}
		name := strconv.Itoa(r.ID)
		client, err := r.Open(&s.c.session, func(ev *session.Event) {
			s.hall.event(name, ev)
			handle(ev)
		})
		if err == nil {
			return client, nil
		}
	}
}
