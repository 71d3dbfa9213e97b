package cli

import (
	"context"

	"wsline/internal/dial"
)

// answer prints what was asked for instead of a conversation.
func answer(ctx context.Context, env *Env, c *config, conn *connector) error {
	head, err := dial.Preview(&c.target.session.Dial)
	if err != nil {
		return err
	}
	return write(env.Stdout, string(head))
}
