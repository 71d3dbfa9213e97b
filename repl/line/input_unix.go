//go:build unix

package line

import (
	"errors"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Input reads a terminal so that a Read which waits for a key can be interrupted, by Pause or by
// Close. It does not own the file.
type Input struct {
	file         *os.File
	wake, waking *os.File // a pipe: a byte in it ends the waiting

	mu      sync.Mutex
	changed sync.Cond
	paused  bool
	closed  bool
}

// NewInput returns an Input that reads f.
func NewInput(f *os.File) (*Input, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	in := &Input{file: f, wake: r, waking: w}
	in.changed.L = &in.mu
	if int(f.Fd()) >= unix.FD_SETSIZE || int(r.Fd()) >= unix.FD_SETSIZE {
		return nil, errors.Join(errors.New("too many open files"), r.Close(), w.Close())
	}
	return in, nil
}

// File is what an editor reads that the terminal is lent to.
func (in *Input) File() *os.File { return in.file }

// Read waits for input; it is io.EOF after Close.
func (in *Input) Read(p []byte) (int, error) {
	for {
		ready, err := in.await()
		if err != nil {
			return 0, err
		}
		if n, err, ok := in.tryRead(p, ready); ok {
			return n, err
		}
	}
}

// await waits until there is input or a change, and says whether there is input.
func (in *Input) await() (bool, error) {
	in.mu.Lock()
	for in.paused && !in.closed {
		in.changed.Wait()
	}
	if in.closed {
		in.mu.Unlock()
		return false, io.EOF
	}
	fd, wake := int(in.file.Fd()), int(in.wake.Fd())
	in.mu.Unlock()
	var set unix.FdSet
	set.Set(fd)
	set.Set(wake)
	// poll does not work on a terminal of every Unix; select does.
	if _, err := unix.Select(max(fd, wake)+1, &set, nil, nil, nil); err != nil {
		if err == unix.EINTR {
			return false, nil
		}
		return false, err
	}
	if set.IsSet(wake) {
		var b [1]byte
		_, _ = unix.Read(wake, b[:])
	}
	return set.IsSet(fd), nil
}

// tryRead reads unless a pause or the end came meanwhile.
func (in *Input) tryRead(p []byte, ready bool) (n int, err error, ok bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !ready || in.paused || in.closed {
		return 0, nil, false
	}
	n, err = unix.Read(int(in.file.Fd()), p)
	switch {
	case err == unix.EINTR || err == unix.EAGAIN:
		return 0, nil, false
	case err != nil:
		return 0, err, true
	case n == 0:
		return 0, io.EOF, true
	}
	return n, nil, true
}

// Pause makes Read leave what comes to somebody else until Resume.
func (in *Input) Pause() { in.change(func() { in.paused = true }) }

// Resume ends a Pause.
func (in *Input) Resume() { in.change(func() { in.paused = false }) }

// Close ends a Read that waits, and all later ones.
func (in *Input) Close() error {
	in.change(func() { in.closed = true })
	return in.waking.Close()
}

func (in *Input) change(do func()) {
	in.mu.Lock()
	defer in.mu.Unlock()
	do()
	in.changed.Broadcast()
	_, _ = in.waking.Write([]byte{0})
}
