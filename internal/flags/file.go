package flags

import (
	"bytes"
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

// ReadText reads a file as ReadFile does, and returns what Decode makes of it.
func ReadText(flag, path string) ([]byte, error) {
	b, err := ReadFile(flag, path)
	if err != nil {
		return nil, err
	}
	return Decode(flag, path, b)
}

// Decode is the text of a file that was read, without a byte order mark. UTF-16, as some programs of
// Windows write it, is an error that says what to do.
func Decode(flag, path string, b []byte) ([]byte, error) {
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return nil, exit.Usagef("save it as UTF-8, or: iconv -f UTF-16 -t UTF-8 FILE >NEW",
			"%s: %q is UTF-16", flag, path)
	}
	return bytes.TrimPrefix(b, []byte("\ufeff")), nil
}
