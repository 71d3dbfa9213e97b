// Command wsline is an interactive command-line WebSocket client. Certificates with a negative serial
// number, which are wrong and in use, are let in by the setting.
//
//go:debug x509negativeserial=1
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"wsline/internal/cli"
	"wsline/internal/env"
)

func main() {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, env.Endings(signal.Ignored)...)
	// With a reader, SIGPIPE does not end the program: the write fails with EPIPE.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	e := env.New(os.Stdin, os.Stdout, os.Stderr)
	e.Args, e.Getenv, e.Environ = os.Args[1:], os.Getenv, os.Environ
	e.Signals, e.Notify = env.Once(signals), signal.Notify
	if !signal.Ignored(syscall.SIGQUIT) {
		e.Reset = signal.Reset
	}
	os.Exit(cli.Run(context.Background(), e))
}
