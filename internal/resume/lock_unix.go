//go:build unix

package resume

import (
	"errors"
	"os"
	"syscall"
)

// errLocked is that of a file that another program has locked.
var errLocked = errors.New("another program has locked it")

// A lockedFile is one that is locked as long as it is open, so that the lock ends with the program
// however that ends.
type lockedFile struct{ *os.File }

// lockFile makes a file and locks it.
func lockFile(path string) (*lockedFile, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err != nil {
			f.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, errLocked
			}
			return nil, err
		}
		mine, err := f.Stat()
		if now, e := os.Stat(path); err == nil && e == nil && os.SameFile(mine, now) {
			return &lockedFile{f}, nil
		}
		f.Close() // another program has removed it as it ended
	}
}

// Close removes the file, and unlocks it.
func (f *lockedFile) Close() error {
	_ = os.Remove(f.Name())
	return f.File.Close()
}
