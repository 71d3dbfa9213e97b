//go:build !unix

package repl

import "os"

// lockFile does nothing: entries are appended by one write each, which do not mix.
func lockFile(*os.File) error { return nil }
