package cmd

import (
	"context"

	"wsline/internal/doctor"
	"wsline/internal/target"
	"wsline/session"
)

// A Connector is one whose errors say why there is no connection, and what to try.
type Connector struct{ target.Connector }

// Beside is that of target.Connector.
func (c *Connector) Beside() *Connector { return &Connector{*c.Connector.Beside()} }

// Open connects to the target.
func (c *Connector) Open(ctx context.Context, handle func(*session.Event)) (
	*session.Session, error) {
	s, err := c.Connector.Open(ctx, handle)
	return s, doctor.Explain(err)
}

// Command is /connect.
func (c *Connector) Command(ctx context.Context, words []string, handle func(*session.Event)) (
	*session.Session, error) {
	s, err := c.Connector.Command(ctx, words, handle)
	return s, doctor.Explain(err)
}
