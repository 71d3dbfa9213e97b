package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/session"
)

const pieceSize = 64 << 10 // bytes of a file that are held at once, and sent as one fragment

// withFile opens the file that a command names and gives it to do.
func withFile(path, name string, do func(f *os.File, size int64) error) error {
	info, err := os.Stat(path) // opening a named pipe would wait for its writer
	switch {
	case err != nil:
		return FileError(name, err)
	case info.IsDir():
		return fmt.Errorf("%q is a directory", name)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%q is not a regular file", name)
	}
	f, err := os.Open(path)
	if err != nil {
		return FileError(name, err)
	}
	defer f.Close()
	return do(f, info.Size())
}

// sendFile sends a file as one message, in text when it can be and binary is false. When it is given
// up before its first piece has left, nothing is sent; after that only the end of the connection can
// end the message.
func sendFile(ctx context.Context, env *Env, file words.Text, binary bool) error {
	if env.Transfer != nil {
		transfer, end := env.Transfer(ctx)
		defer end()
		ctx = transfer
	}
	name := file.String()
	return withFile(env.path(file), name, func(f *os.File, size int64) error {
		op := wire.OpBinary
		if !binary {
			text, err := isText(ctx, newMeter(ctx, env, f, "reading", name, size))
			if err == nil {
				_, err = f.Seek(0, io.SeekStart)
			}
			if err != nil {
				return FileError(name, err)
			}
			if text {
				op = wire.OpText
			}
		}
		m := newMeter(ctx, env, f, "sending", name, size)
		if err := env.sendPieces(ctx, op, m); err != nil {
			return FileError(name, err)
		}
		m.end("sent")
		return nil
	})
}

// isText says whether a file's content is sent as text: it is UTF-8, and has no NUL.
func isText(ctx context.Context, r io.Reader) (bool, error) {
	var check wire.UTF8
	for p := make([]byte, pieceSize); ; {
		n, err := r.Read(p)
		if bytes.IndexByte(p[:n], 0) >= 0 || !check.Write(p[:n]) {
			return false, nil
		}
		if err == io.EOF {
			return check.Done(), nil
		}
		if err != nil {
			return false, err
		}
	}
}

// sendPieces sends what r has as one message, which is fragmented unless one piece has it all.
func (e *Env) sendPieces(ctx context.Context, op wire.Opcode, r io.Reader) error {
	var out PieceWriter // nil before a piece has been sent
	err := EachPiece(r, pieceSize, func(piece []byte, last bool) (err error) {
		switch {
		case out == nil && last:
			return e.Send(ctx, op, piece)
		case out == nil && e.Begin == nil:
			return fmt.Errorf("more than %d KiB cannot be sent here", pieceSize>>10)
		case out == nil:
			var begun PieceWriter
			if begun, err = e.Begin(ctx, op, piece); err == nil {
				out = begun
			}
			return err
		case last:
			return out.Last(piece)
		}
		_, err = out.Write(piece)
		return err
	})
	switch {
	case err == nil || out == nil:
		return err
	case errors.Is(err, session.ErrClosed):
		return &cutError{err}
	case errors.Is(err, context.Canceled):
		err = errors.New("interrupted, and the connection has to end")
	case errors.Is(err, session.ErrNotUTF8):
		err = errors.New("it changed meanwhile, and is no text any more")
	}
	// Nothing but the connection's end can end the message now.
	_ = e.Close(wire.StatusGoingAway, "message cut off")
	return &cutError{err}
}

// cutError is a message of which a part has been sent.
type cutError struct{ error }

func (e *cutError) Unwrap() error { return e.error }

// FileError is the plain cause of a file that cannot be read, or sent as a whole. Other errors stay
// what they are.
func FileError(name string, err error) error {
	var cut *cutError
	var path *fs.PathError
	switch {
	case errors.As(err, &cut):
		return fmt.Errorf("only a part of %q was sent: %w", name, cut.error)
	case !errors.As(err, &path):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no file %q", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the file %q may not be read", name)
	}
	return fmt.Errorf("the file %q cannot be read: %v", name, path.Err)
}

// expandHome puts the home directory in the place of a leading ~.
func expandHome(home, name string) string {
	rest, ok := strings.CutPrefix(name, "~/")
	if !ok || home == "" {
		return name
	}
	return filepath.Join(home, rest)
}
