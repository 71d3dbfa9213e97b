// Package dial turns a URL into an upgraded connection.
package dial

import "context"

// Dial connects, upgrades, and returns the open connection; every error is an *Error.
func Dial(ctx context.Context, cfg *Config) (*Conn, error) { panic("soon") }
