package command

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"wsline/internal/name"
	"wsline/internal/words"
)

// runTo is /to.
func runTo(_ context.Context, env *Env, rest words.Text) error {
	if env.To == nil || env.Names == nil {
		return unfitHere("to")
	}
	conn := strings.TrimSuffix(strings.TrimSpace(rest.String()), ">")
	if conn != "" && !slices.Contains(env.Names(), conn) {
		return name.Unknown(conn, env.Names(), "")
	}
	return env.To(conn)
}

// closeNamed closes the connection that the first word names, where it is one; done says so.
func (e *Env) closeNamed(rest words.Text) (done bool, err error) {
	first, behind := rest.TrimLeft().CutWord()
	conn := first.String()
	if e.Names == nil || len(e.Names()) == 0 || !name.Is(conn) {
		return false, nil
	}
	if _, notCode := strconv.ParseUint(conn, 10, 64); notCode == nil {
		return false, nil
	}
	if !slices.Contains(e.Names(), conn) {
		return true, name.Unknown(conn, e.Names(), "")
	}
	return true, e.As(conn, func() error { return e.close(behind) })
}

func completeNames(c *Completion, word string) []string {
	if c.Names == nil {
		return nil
	}
	return withPrefix(c.Names(), word)
}
