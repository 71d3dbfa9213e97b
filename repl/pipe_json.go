package repl

import (
	"context"

	"wsline/repl/command"
)

// sendJSON does what each line of the input says.
func (r *pipeRun) sendJSON(ctx context.Context) func(lines [][]byte, n int64) error {
	env := r.envs()
	return func(lines [][]byte, n int64) error {
		for i, line := range lines {
			if len(line) == 0 {
				continue
			}
			if err := r.obey(ctx, env(), line, n+int64(i)); err != nil {
				return err
			}
		}
		return nil
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
