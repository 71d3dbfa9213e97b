//go:build unix

package tap

import (
	"io"
	"syscall"
)

const (
	canTry    = true
	errNotNow = syscall.EAGAIN
)

// tryRead is io.EOF at the end, and errNotNow when there is nothing to read yet.
func tryRead(fd uintptr, p []byte) (int, error) {
	for {
		n, err := syscall.Read(int(fd), p)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

// tryWrite is errNotNow when nothing can be written yet.
func tryWrite(fd uintptr, p []byte) (int, error) {
	for {
		n, err := syscall.Write(int(fd), p)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return 0, err
		}
		return n, nil
	}
}
