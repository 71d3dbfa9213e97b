package wst

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// MaxIncludes is how deep files may include one another.
const MaxIncludes = 20

// ReadFile reads a file that Parse is for, and no more of it than Parse needs to refuse it. An
// error says neither what was done nor the path.
func ReadFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, cause(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	return text, cause(err)
}

// cause takes off what the os package says of the operation and the path.
func cause(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
