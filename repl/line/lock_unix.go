//go:build unix

package line

import (
	"os"

	"golang.org/x/sys/unix"
)

// lockFile waits for the lock of f, which closing f gives back. A file system without locks has
// none.
func lockFile(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX)
		switch err {
		case unix.EINTR:
		case unix.ENOTSUP, unix.ENOLCK, unix.ENOSYS:
			return nil
		default:
			return err
		}
	}
}
