package format

import (
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

// journal is a file that always ends with something whole: what could not be written whole is taken
// back.
type journal struct {
	file RecordFile
	size int64

	begun int64 // bytes behind that, of what is not whole yet
	err   error // of writing those
}

// add writes more of what end makes whole.
func (j *journal) add(p []byte) {
	if j.err == nil {
		_, j.err = j.file.WriteAt(p, j.size+j.begun)
		j.begun += int64(len(p))
	}
}

// end adds the rest, and takes all of it back when it could not be written.
func (j *journal) end(p []byte) error {
	j.add(p)
	size, err := j.size+j.begun, j.err
	if j.begun, j.err = 0, nil; err != nil {
		j.restore(j.size, nil)
		return err
	}
	j.size = size
	return nil
}

// replace makes p what stands from the offset at to the end, which was old until then.
func (j *journal) replace(at int64, p, old []byte) error {
	_, err := j.file.WriteAt(p, at)
	size := at + int64(len(p))
	if err == nil && size < j.size {
		err = j.file.Truncate(size)
	}
	if err != nil {
		j.restore(at, old)
		return err
	}
	j.size = size
	return nil
}

// restore puts back what stood there. A disk that is full has room for it, as it had before; an
// error is not told, since the one that led here is.
func (j *journal) restore(at int64, old []byte) {
	_, _ = j.file.WriteAt(old, at)
	_ = j.file.Truncate(j.size)
}

// maxJoined is how many bytes of a message that comes in pieces are kept to make it whole.
const maxJoined = 64 << 20

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
	room := max(0, cmp.Or(j.limit, maxJoined)-len(p.payload))
	p.payload = append(p.payload, ev.Payload[:min(room, len(ev.Payload))]...)
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
