package resume

import (
	"errors"
	"os"
	"syscall"
)

// errLocked is that of a file that another program has locked.
var errLocked = errors.New("another program has locked it")

// A lockedFile is one that nobody else may open as long as it is open.
type lockedFile struct{ syscall.Handle }

const (
	fileFlagDeleteOnClose = 0x04000000
	errorSharingViolation = syscall.Errno(32)
)

// lockFile makes a file and locks it.
func lockFile(path string) (*lockedFile, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL|fileFlagDeleteOnClose, 0)
	switch {
	case errors.Is(err, errorSharingViolation), errors.Is(err, os.ErrExist):
		return nil, errLocked
	case err != nil:
		return nil, err
	}
	return &lockedFile{h}, nil
}

// Close removes the file, and unlocks it.
func (f *lockedFile) Close() error { return syscall.CloseHandle(f.Handle) }
