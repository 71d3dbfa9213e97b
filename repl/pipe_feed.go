package repl

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"
	"unicode/utf8"

	"wsline/internal/wire"
	"wsline/session"
)

// feed sends everything there is to send, and then says what ended it.
func (r *pipeRun) feed(ctx context.Context) {
	err := r.sendAll(ctx)
	if !errors.Is(err, session.ErrClosed) {
		_ = r.s.Flush() // when the connection ends before, that is the session's to tell
	}
	r.sent <- err
}

func (r *pipeRun) sendAll(ctx context.Context) error {
	for _, list := range [][]Message{r.OnOpen, r.Execute} {
		for _, m := range list {
			if err := r.s.Send(m.Op, m.Payload); err != nil {
				return err
			}
		}
	}
	switch {
	case r.In == nil:
		return nil
	case r.Whole:
		return r.sendWhole()
	}
	return r.sendPieces(ctx)
}

// sendWhole sends all of the input as one message, and holds no more of it than a fragment.
func (r *pipeRun) sendWhole() error {
	in := r.watched()
	if r.Fragment == 0 {
		all, err := io.ReadAll(in)
		if err != nil {
			return &ReadError{err}
		}
		return r.send(all, notText)
	}
	piece := make([]byte, r.Fragment)
	n, err := io.ReadFull(in, piece)
	if isEnd(err) {
		return r.send(piece[:n], notText)
	}
	w := r.s.NewWriter(r.opcode())
	told := progress{tell: r.Progress, total: r.Size}
	defer told.end()
	for ; err == nil || isEnd(err) && n > 0; n, err = io.ReadFull(in, piece) {
		if _, err := w.Write(piece[:n]); err != nil {
			return textError(err, notText)
		}
		told.add(n)
	}
	if !isEnd(err) {
		return &ReadError{err}
	}
	return textError(w.Close(), notText)
}

// isEnd says whether io.ReadFull met the end of the input.
func isEnd(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }

func notText() *LineError { return &LineError{Unit: "input"} }

func (r *pipeRun) sendPieces(ctx context.Context) error {
	unit := "line"
	if r.Delim == 0 {
		unit = "message"
	}
	r.batch = r.s.NewBatch()
	err := r.sendEach(ctx, unit)
	if ferr := r.batch.Flush(); err == nil {
		err = ferr
	}
	return err
}

// sendEach sends the lines, or messages, of the input. The last of them may not have left the batch yet.
func (r *pipeRun) sendEach(ctx context.Context, unit string) error {
	env := r.env()
	in := newSplitter(r.watched(), r.Delim)
	for n := int64(1); ; n++ {
		piece, err := in.next()
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, session.ErrClosed):
			return err
		case err != nil:
			return &ReadError{err}
		}
		if env != nil && bytes.HasPrefix(piece, []byte("/")) {
			err = r.command(ctx, env, string(piece), n, unit)
		} else {
			err = r.send(piece, func() *LineError { return &LineError{Line: n, Unit: unit} })
		}
		if err != nil {
			return err
		}
	}
}

// env is what commands act on, nil when there are none.
func (r *pipeRun) env() *Env {
	if !r.Slash {
		return nil
	}
	say := r.Say
	if say == nil {
		say = func(string) {}
	}
	env := SessionEnv(r.s, say)
	env.Unquote = r.Unquote
	return env
}

func (r *pipeRun) command(ctx context.Context, env *Env, line string, n int64, unit string) error {
	if err := r.batch.Flush(); err != nil {
		return err
	}
	err := env.Do(ctx, line)
	if err == nil || errors.Is(err, session.ErrClosed) {
		return err
	}
	return &CommandError{Line: n, Unit: unit, Err: err}
}

// send sends one message, in fragments when it is larger than one may be.
func (r *pipeRun) send(payload []byte, not func() *LineError) error {
	if r.Fragment == 0 || len(payload) <= r.Fragment {
		if r.batch != nil {
			return textError(r.batch.Send(r.opcode(), payload), not)
		}
		return textError(r.s.Send(r.opcode(), payload), not)
	}
	if r.batch != nil {
		if err := r.batch.Flush(); err != nil {
			return err
		}
	}
	if !r.Binary && !utf8.Valid(payload) {
		return not()
	}
	w := r.s.NewWriter(r.opcode())
	for len(payload) > 0 {
		n := min(len(payload), r.Fragment)
		if _, err := w.Write(payload[:n]); err != nil {
			return err
		}
		payload = payload[n:]
	}
	return w.Close()
}

func (r *pipeRun) opcode() wire.Opcode {
	if r.Binary {
		return wire.OpBinary
	}
	return wire.OpText
}

// textError says where the text is that is not UTF-8.
func textError(err error, not func() *LineError) error {
	if err == session.ErrNotUTF8 {
		return not()
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
		return r.In.Read(p)
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
