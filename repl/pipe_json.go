package repl

import (
	"context"
	"io"

	"wsline/repl/command"
)

// sendJSON does what each line of the input says.
func (r *pipeRun) sendJSON(ctx context.Context, in *splitter) error {
	env := r.env()
	for n := int64(1); ; n++ {
		line, err := readPiece(in)
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case len(line) == 0:
			continue
		}
		if err := r.obey(ctx, env, line, n); err != nil {
			return err
		}
	}
}

func (r *pipeRun) obey(ctx context.Context, env *command.Env, line []byte, n int64) error {
	o, err := command.ParseOrder(line)
	switch {
	case err != nil:
		return &CommandError{Line: n, Unit: "line", Err: err}
	case o.Op != 0:
		return textError(r.send(o.Op, o.Payload), n, "line")
	}
	return r.do(n, "line", func() error { return o.Run(ctx, env) })
}
