package show

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"os"

	"wsline/format"
	"wsline/internal/exit"
)

// A source is where a recording comes from.
type source struct {
	in    io.Reader
	spool *os.File // what came through a pipe, nil for none
}

// maxHeld is how many bytes of an archive that comes through a pipe are held in memory; a longer
// one is put into a file, as it must be read twice.
const maxHeld = 1 << 20

// reader looks at how the recording begins.
func (s *source) reader() (r recordReader, isArchive bool, err error) {
	from, isFile := s.seekable()
	in := bufio.NewReaderSize(s.in, 64<<10)
	head, err := in.Peek(4 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, exit.Cause(err)
	}
	switch start := beginning(head); {
	case len(head) == 0:
		return nil, false, errors.New("it is empty")
	case start == `{"log"`:
		if !isFile {
			if from, err = s.keep(in); err != nil {
				return nil, false, exit.Cause(err)
			}
		}
		return format.NewHARReader(from), true, nil
	case start[:min(1, len(start))] == "{":
		return format.NewEventReader(in), false, nil
	}
	return nil, false, errNoRecording
}

// seekable is what a file has from where it stands on.
func (s *source) seekable() (io.ReaderAt, bool) {
	f, ok := s.in.(*os.File)
	if !ok {
		return nil, false
	}
	at, err := f.Seek(0, io.SeekCurrent)
	info, statErr := f.Stat()
	if err != nil || statErr != nil || !info.Mode().IsRegular() {
		return nil, false
	}
	return io.NewSectionReader(f, at, math.MaxInt64-at), true
}

// keep keeps all that comes.
func (s *source) keep(in io.Reader) (io.ReaderAt, error) {
	var held bytes.Buffer
	if _, err := io.CopyN(&held, in, maxHeld); errors.Is(err, io.EOF) {
		return bytes.NewReader(held.Bytes()), nil
	} else if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp("", "wsline-*.har")
	if err != nil {
		return nil, err
	}
	s.spool = f
	_ = os.Remove(f.Name()) // so that nothing is left of it, where an open file can be removed
	_, err = io.Copy(f, io.MultiReader(&held, in))
	return f, err
}

func (s *source) close() {
	if s.spool != nil {
		s.spool.Close()
		os.Remove(s.spool.Name())
	}
}

// beginning is the first six bytes of a file that are not white space, nor a byte order mark.
func beginning(head []byte) string {
	var start []byte
	for _, c := range head {
		switch c {
		case ' ', '\t', '\r', '\n', 0xef, 0xbb, 0xbf:
			continue
		}
		if start = append(start, c); len(start) == len(`{"log"`) {
			break
		}
	}
	return string(start)
}
