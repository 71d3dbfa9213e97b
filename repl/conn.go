package repl

import (
	"context"

	"wsline/session"
)

// Conn is what a talk talks to. A *session.Session is one but for NewWriter, which returns a type
// of its own there; something else may stand for several.
type Conn = conn

// RunWith is Run with open instead of Connect, for one connection only. Like a session, what it
// opens tells KindOpen before it returns, and KindEnd last.
func (t *Talk) RunWith(
	ctx context.Context,
	open func(ctx context.Context, args []string, handle func(*session.Event)) (Conn, error),
) Result {
	t.unnamed = true
	return t.run(ctx, func(
		ctx context.Context, _ string, args []string, handle handler,
	) (conn, error) {
		return open(ctx, args, handle)
	})
}
