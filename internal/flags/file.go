package flags

import (
	"os"

	"wsline/internal/exit"
)

// ReadFile reads a file that a flag names, such as "--cert". Errors are *exit.UsageError.
func ReadFile(flag, path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, exit.Usagef("", "%s: cannot read %q: %v", flag, path, exit.Cause(err))
	}
	return b, nil
}
