package script

import (
	"io"
	"os"
)

// readFile reads a file that Parse is for, and no more of it than Parse needs to refuse it.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxFile+1))
}
