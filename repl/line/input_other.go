//go:build !unix

package line

import (
	"io"
	"os"
	"sync"
)

// Input reads a terminal so that a Read which waits for a key can be interrupted by Close. It does
// not own the file. The goroutine that waits for the file itself is left until the program ends.
type Input struct {
	file *os.File
	want chan int
	got  chan []byte
	err  error // written before got is closed

	once sync.Once
	done chan struct{}
}

// NewInput returns an Input that reads f.
func NewInput(f *os.File) (*Input, error) {
	in := &Input{file: f, want: make(chan int), got: make(chan []byte), done: make(chan struct{})}
	go in.read()
	return in, nil
}

func (in *Input) read() {
	defer close(in.got)
	for n := range in.want {
		p := make([]byte, n)
		n, err := in.file.Read(p)
		if err != nil {
			in.err = err
			return
		}
		select {
		case in.got <- p[:n]:
		case <-in.done:
			return
		}
	}
}

// File is what an editor reads that the terminal is lent to.
func (in *Input) File() *os.File { return in.file }

// Read waits for input; it is io.EOF after Close.
func (in *Input) Read(p []byte) (int, error) {
	select {
	case in.want <- len(p):
	case _, ok := <-in.got: // only when it is closed: nobody has asked
		if !ok {
			return 0, in.err
		}
	case <-in.done:
		return 0, io.EOF
	}
	select {
	case got, ok := <-in.got:
		if !ok {
			return 0, in.err
		}
		return copy(p, got), nil
	case <-in.done:
		return 0, io.EOF
	}
}

// Pause does nothing: here a console cannot be read by two.
func (in *Input) Pause() {}

// Resume ends a Pause.
func (in *Input) Resume() {}

// Close ends a Read that waits, and all later ones.
func (in *Input) Close() error {
	in.once.Do(func() { close(in.done) })
	return nil
}
