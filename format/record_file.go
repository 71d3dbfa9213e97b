package format

import (
	"bytes"
	"cmp"
	"io"
	"unicode/utf8"

	"wsline/session"
)

// A RecordFile is a file that a recording is written to, such as an *os.File that was opened for
// reading and writing, and not for appending. Its contents are replaced.
type RecordFile interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
}

// A journal is a file that always ends with something whole: what could not be written whole is
// taken back. What is short gathers in memory, so that a flood costs no write for each thing.
type journal struct {
	file   RecordFile
	gather int // bytes that may gather before they are written; 0: none

	stored   int64 // bytes of the file
	from     int64 // the place in it where what is written next begins
	gathered []byte

	begun int64  // bytes behind from that have been written of what is not whole yet
	old   []byte // what stood there
	err   error  // of reading or writing those
}

// size is where the next thing goes that is added at the end.
func (j *journal) size() int64 { return j.from + j.begun + int64(len(j.gathered)) }

// cut makes the place at the end, behind which what is added next stands. Nothing changes in the
// file before that is written.
func (j *journal) cut(at int64) error {
	if at < j.from {
		if err := j.flush(); err != nil {
			return err
		}
		j.from = at
	}
	j.gathered = j.gathered[:at-j.from]
	return nil
}

// add writes more of what end makes whole.
func (j *journal) add(p []byte) {
	if j.begun == 0 && j.from < j.stored {
		j.old = make([]byte, j.stored-j.from)
		if n, err := j.file.ReadAt(j.old, j.from); n < len(j.old) {
			j.err = err
		}
	}
	j.write(j.gathered)
	j.gathered = j.gathered[:0]
	j.write(p)
}

func (j *journal) write(p []byte) {
	if j.err == nil && len(p) > 0 {
		_, j.err = j.file.WriteAt(p, j.from+j.begun)
		j.begun += int64(len(p))
	}
}

// end adds the rest. Where that could not be written all that was not whole before is taken back.
func (j *journal) end(p []byte) error {
	if j.begun == 0 && j.err == nil && len(j.gathered)+len(p) <= j.gather {
		j.gathered = append(j.gathered, p...)
		return nil
	}
	j.add(p)
	return j.settle()
}

// flush writes what has gathered.
func (j *journal) flush() error {
	if len(j.gathered) == 0 {
		return nil
	}
	j.add(nil)
	return j.settle()
}

// settle makes what has been written whole.
func (j *journal) settle() error {
	size, err := j.from+j.begun, j.err
	if err == nil && size < j.stored {
		err = j.file.Truncate(size)
	}
	if err != nil {
		if j.begun > 0 {
			j.restore()
		}
		size = j.stored
	}
	j.stored, j.from, j.begun = size, size, 0
	j.old, j.err = nil, nil
	return err
}

// restore puts back what stood there. A disk that is full has room for it, as it had before; an
// error is not told, since the one that led here is.
func (j *journal) restore() {
	_, _ = j.file.WriteAt(j.old, j.from)
	_ = j.file.Truncate(j.stored)
}

// behind is what stands behind the place at.
func (j *journal) behind(at int64) ([]byte, error) {
	if at < j.from {
		if err := j.flush(); err != nil {
			return nil, err
		}
	}
	if at >= j.from {
		return bytes.Clone(j.gathered[at-j.from:]), nil
	}
	rest := make([]byte, j.stored-at)
	n, err := j.file.ReadAt(rest, at)
	if n == len(rest) {
		err = nil
	}
	return rest, err
}

const (
	maxJoined   = 64 << 20 // bytes that are kept of a message that comes in pieces, to make it whole
	largeJoined = 1 << 20  // bytes of one that room is made for in large steps
)

// joiner makes messages that come in pieces whole again, for one connection.
type joiner struct {
	limit int       // bytes that are kept of a message; 0: maxJoined
	parts [2]joined // by direction
}

type joined struct {
	open    bool
	payload []byte
	length  int64 // of the message, also beyond what is kept
}

// add returns the whole message when ev is one, or the last piece of one, and how many bytes it
// has; they are more than its payload's when it was too long to be kept. It is nil for the other
// pieces.
func (j *joiner) add(ev *session.Event) (whole *session.Event, length int64) {
	p := &j.parts[ev.Dir&1]
	if !ev.More && !p.open {
		return ev, int64(len(ev.Payload))
	}
	p.open = true
	p.length += int64(len(ev.Payload))
	limit := cmp.Or(j.limit, maxJoined)
	piece := ev.Payload[:min(max(0, limit-len(p.payload)), len(ev.Payload))]
	if size := len(p.payload) + len(piece); size > max(cap(p.payload), largeJoined) {
		// append would take many smaller steps, and each leaves the one before behind.
		p.payload = append(make([]byte, 0, min(2*size, limit)), p.payload...)
	}
	p.payload = append(p.payload, piece...)
	if ev.More {
		return nil, 0
	}
	message := *ev
	message.Payload, length = p.payload, p.length
	if int64(len(p.payload)) < length && utf8.Valid(withoutPartial(p.payload)) {
		message.Payload = withoutPartial(p.payload)
	}
	*p = joined{}
	return &message, length
}

// withoutPartial is p without the beginning of a character at its end.
func withoutPartial(p []byte) []byte {
	for i := len(p) - 1; i >= 0 && i >= len(p)-utf8.UTFMax; i-- {
		if utf8.RuneStart(p[i]) {
			if !utf8.FullRune(p[i:]) {
				return p[:i]
			}
			break
		}
	}
	return p
}
