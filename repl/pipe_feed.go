package repl

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/session"
)

// feed sends everything there is to send, and then says what ended it.
func (r *pipeRun) feed(ctx context.Context) {
	err := r.sendAll(ctx)
	if !errors.Is(err, session.ErrClosed) && !r.lives.on { // else each piece was flushed
		if late := r.to.Flush(); err == nil {
			err = late
		}
	}
	r.sent <- err
}

func (r *pipeRun) sendAll(ctx context.Context) error {
	if !r.next() {
		return session.ErrClosed
	}
	for i, m := range r.Execute {
		send := func([][]byte, int64) error { return r.sendNow(m.Opcode, m.Payload) }
		if err := r.oneByOneOn(send)([][]byte{m.Payload}, int64(i)+1); err != nil {
			return err
		}
	}
	switch {
	case r.In == nil:
		return nil
	case r.JSON:
		return r.sendPieces('\n', r.oneByOneOn(r.sendJSON(ctx)))
	case r.Whole:
		return r.wholeOn(r.sendWhole)
	case r.Slash:
		return r.sendPieces(r.Delim, r.oneByOneOn(r.sendTyped(ctx)))
	case r.Fragment > 0:
		return r.sendPieces(r.Delim, r.oneByOneOn(r.sendPlain))
	}
	r.together = true
	return r.sendPieces(r.Delim, r.togetherOn(r.sendPlain))
}

// sendWhole sends all of the input as one message, and holds no more of it than a fragment.
func (r *pipeRun) sendWhole() error {
	watched := r.watched()
	in := readerFunc(func(p []byte) (int, error) {
		n, err := watched.Read(p)
		if err != nil && err != io.EOF {
			err = &ReadError{err}
		}
		return n, err
	})
	if r.Fragment == 0 {
		all, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		return textError(r.send(r.opcode(), all), 0, "input")
	}
	var w *session.Writer // nil while one frame may be enough
	told := progress{tell: r.Progress, total: r.Size}
	defer told.end()
	return command.EachPiece(in, r.Fragment, func(piece []byte, last bool) (err error) {
		switch {
		case w == nil && last:
			return textError(r.send(r.opcode(), piece), 0, "input")
		case w == nil:
			w = r.to.NewWriter(r.opcode())
		}
		if last {
			err = w.Last(piece)
		} else {
			_, err = w.Write(piece)
		}
		told.add(len(piece))
		return textError(err, 0, "input")
	})
}

// maxPieces is how many pieces of the input are taken at once.
const maxPieces = 256

// sendPieces sends what stands in the input up to each delim. Send is called with the pieces that
// have come together, of which the first is the n-th, counted from 1. The last of them may not have
// left the batch when it returns.
func (r *pipeRun) sendPieces(delim byte, send func(pieces [][]byte, n int64) error) error {
	r.batch = r.newBatch()
	err := r.eachPieces(newSplitter(r.watched(), delim), send)
	if ferr := r.batch.Flush(); err == nil {
		err = ferr
	}
	return err
}

// eachPieces is nil at the end of the input, session.ErrClosed when what was gathered before could
// not leave, a *ReadError, or what send returned.
func (r *pipeRun) eachPieces(in *splitter, send func(pieces [][]byte, n int64) error) error {
	all := make([][]byte, 0, maxPieces)
	for n := int64(1); ; {
		pieces, err := in.all(all)
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, session.ErrClosed):
			return err
		case err != nil:
			return &ReadError{err}
		}
		if err := send(pieces, n); err != nil {
			return err
		}
		n += int64(len(pieces))
	}
}

// sendPlain sends each piece as it is.
func (r *pipeRun) sendPlain(pieces [][]byte, n int64) error {
	if r.Fragment == 0 {
		sent, err := r.batch.SendAll(r.opcode(), pieces)
		return textError(err, n+int64(sent), r.unit())
	}
	for i, piece := range pieces {
		if err := r.send(r.opcode(), piece); err != nil {
			return textError(err, n+int64(i), r.unit())
		}
	}
	return nil
}

// sendTyped does what pieces say that are commands, and sends the others.
func (r *pipeRun) sendTyped(ctx context.Context) func(pieces [][]byte, n int64) error {
	env, unit := r.envs(), r.unit()
	return func(pieces [][]byte, n int64) error {
		for i, piece := range pieces {
			var err error
			if n := n + int64(i); r.isCommand(piece) {
				err = r.command(ctx, env(), string(piece), n, unit)
			} else {
				err = textError(r.send(r.opcode(), piece), n, unit)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// unit is what a piece of the input is.
func (r *pipeRun) unit() string {
	if r.Delim == 0 {
		return "message"
	}
	return "line"
}

// isCommand says whether a line is to be understood, and not sent as it is.
func (r *pipeRun) isCommand(piece []byte) bool {
	return bytes.HasPrefix(piece, []byte("/")) ||
		!r.Binary && r.Extra.Expand != nil && bytes.Contains(piece, []byte("${"))
}

// envs gives what commands act on now.
func (r *pipeRun) envs() func() *command.Env {
	var env *command.Env
	var of *session.Session
	return func() *command.Env {
		if of != r.to {
			env, of = r.env(), r.to
		}
		return env
	}
}

// env is what commands act on.
func (r *pipeRun) env() *command.Env {
	s := r.to
	say := r.Say
	if say == nil {
		say = func(string) {}
	}
	env := command.SessionEnv(s, say)
	env.Unquote, env.Show, env.Extra, env.Snippets = r.Unquote, r.Show, r.Extra, r.Snippets
	env.Send = func(_ context.Context, op wire.Opcode, payload []byte) error {
		return r.sendNow(op, payload)
	}
	env.Filter, env.Filtering = r.sieve.set, r.sieve.text
	env.Status = func() string {
		return command.StatusText(s.Handshake(), s.Stats(), r.Views.hiding())
	}
	env.ShowFrames = r.Views.showFrames(s.SetFrames)
	if look := r.Views.Headers; look != nil {
		env.Headers = func() string { return look(s.Handshake()) }
	}
	if look := r.Views.Stats; look != nil {
		env.Stats = func() string { return look(s.Stats()) }
	}
	stall := env.Stall
	env.Stall = func(d time.Duration) error {
		if d > 0 { // the silence is counted from its end
			r.last.Store(time.Now().Add(d).UnixNano())
		}
		return stall(d)
	}
	return env
}

func (r *pipeRun) command(
	ctx context.Context, env *command.Env, line string, n int64, unit string,
) error {
	env.Line = n
	return r.do(n, unit, func() error { return env.Do(ctx, line) })
}

// do runs a command behind what was gathered before.
func (r *pipeRun) do(n int64, unit string, run func() error) error {
	if err := r.batch.Flush(); err != nil {
		return err
	}
	err := run()
	if err == nil || errors.Is(err, session.ErrClosed) {
		return err
	}
	return &CommandError{Line: n, Unit: unit, Err: err}
}

// send sends one message, as one of a batch where there is one.
func (r *pipeRun) send(op wire.Opcode, payload []byte) error {
	if r.batch == nil {
		return r.sendNow(op, payload)
	}
	if r.Fragment == 0 || len(payload) <= r.Fragment {
		return r.batch.Send(op, payload)
	}
	if err := r.batch.Flush(); err != nil {
		return err
	}
	return r.sendNow(op, payload)
}

// sendNow sends one message, in fragments when it is larger than one may be.
func (r *pipeRun) sendNow(op wire.Opcode, payload []byte) error {
	return sendIn(sessionConn{r.to}, r.Fragment, op, payload)
}

func (r *pipeRun) opcode() wire.Opcode {
	if r.Binary {
		return wire.OpBinary
	}
	return wire.OpText
}

// textError says where the text is that is not UTF-8: in which of the units, which count from 1.
func textError(err error, n int64, unit string) error {
	if err == session.ErrNotUTF8 {
		return &LineError{Line: n, Unit: unit}
	}
	return err
}

// watched is the input, with a note of since when it is waited for. What was gathered leaves before.
func (r *pipeRun) watched() io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		if r.batch != nil {
			if err := r.batch.Flush(); err != nil {
				return 0, err
			}
		}
		r.readFrom.Store(time.Now().UnixNano())
		defer r.readFrom.Store(0)
		n, err := r.In.Read(p)
		r.fed = r.fed || n > 0
		return n, err
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
