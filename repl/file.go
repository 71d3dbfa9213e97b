package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wsline/internal/wire"
)

const (
	maxFile      = 1 << 30 // bytes of the largest file that is sent: it is held whole
	largeFile    = 8 << 20 // bytes from which on a person is told how it goes
	progressTime = time.Second
)

// readFile reads the file that a command names.
func readFile(ctx context.Context, env *Env, name string) ([]byte, error) {
	f, err := os.Open(expandHome(env.Home, name))
	if err != nil {
		return nil, fileError(name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fileError(name, err)
	case info.IsDir():
		return nil, fmt.Errorf("%q is a directory", name)
	case info.Size() > maxFile:
		return nil, tooLarge(name)
	}
	return readAll(ctx, env, f, name, info.Size())
}

func tooLarge(name string) error {
	return fmt.Errorf("%q has more than %d MiB, too much for one message", name, maxFile>>20)
}

// readAll reads a file to its end, tells how a large one goes, and stops when ctx is done.
func readAll(ctx context.Context, env *Env, f io.Reader, name string, size int64) ([]byte, error) {
	data := make([]byte, 0, size+512)
	told := time.Now()
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := f.Read(data[len(data):min(cap(data), len(data)+1<<20)])
		data = data[:len(data)+n]
		switch {
		case err == io.EOF:
			return data, nil
		case err != nil:
			return nil, fileError(name, err)
		case len(data) > maxFile:
			return nil, tooLarge(name)
		}
		if size >= largeFile && time.Since(told) >= progressTime {
			told = time.Now()
			env.Say(fmt.Sprintf("reading %q: %d %%", name, int64(len(data))*100/size))
		}
	}
}

// sendLarge sends a file's content, and tells about it when it is large.
func (e *Env) sendLarge(ctx context.Context, op wire.Opcode, payload []byte, name string) error {
	if len(payload) < largeFile {
		return e.Send(ctx, op, payload)
	}
	e.Say(fmt.Sprintf("sending %q: %.1f MiB", name, float64(len(payload))/(1<<20)))
	start := time.Now()
	if err := e.Send(ctx, op, payload); err != nil {
		return err
	}
	e.Say(fmt.Sprintf("sent %q in %s", name, time.Since(start).Round(time.Millisecond)))
	return nil
}

// fileError is the plain cause of a file that cannot be read.
func fileError(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %q", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the file %q may not be read", name)
	}
	if cause := errors.Unwrap(err); cause != nil {
		err = cause
	}
	return fmt.Errorf("the file %q cannot be read: %v", name, err)
}

// expandHome puts the home directory in the place of a leading ~.
func expandHome(home, name string) string {
	rest, ok := strings.CutPrefix(name, "~/")
	if !ok || home == "" {
		return name
	}
	return filepath.Join(home, rest)
}
