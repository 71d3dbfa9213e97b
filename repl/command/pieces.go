package command

import "io"

// A PieceWriter sends one message in pieces. Last sends the last of them; a *session.Writer is one.
type PieceWriter interface {
	io.Writer
	Last(piece []byte) error
}

// EachPiece hands out what r has in pieces of size bytes, and says of the last one, which may be
// shorter, that it is: a message then ends with it, and not with an empty frame. Of an r that has
// nothing there is one piece without bytes. Errors are those of r and of send, and end it.
func EachPiece(r io.Reader, size int, send func(piece []byte, last bool) error) error {
	piece, next := make([]byte, size), make([]byte, size)
	n, err := io.ReadFull(r, piece)
	for err == nil {
		var more int
		if more, err = io.ReadFull(r, next); err == io.EOF {
			break
		} else if err != nil && err != io.ErrUnexpectedEOF {
			return err
		}
		if err := send(piece[:n], false); err != nil {
			return err
		}
		piece, next, n = next, piece, more
	}
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	return send(piece[:n], true)
}
