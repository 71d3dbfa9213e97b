// Package envtest is the world of a test. Tests alone import it.
package envtest

import (
	"strings"

	"wsline/internal/env"
)

// At is an Env with terminals at these streams: "i" is stdin, "o" stdout, "e" stderr. Their name is
// all that its environment has.
func At(terminals string) *env.Env {
	return &env.Env{
		Getenv: func(name string) string {
			if name == "TERM" && terminals != "" {
				return "xterm"
			}
			return ""
		},
		Size:           func() (int, int) { return 80, 24 },
		StdinTerminal:  strings.Contains(terminals, "i"),
		StdoutTerminal: strings.Contains(terminals, "o"),
		StderrTerminal: strings.Contains(terminals, "e"),
	}
}
