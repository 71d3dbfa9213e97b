// Package tap is a net.Conn that watches: reads that never cross a frame's end, batched writes, injected frames.
package tap

import (
	"net"
)

// Conn is one connection to a peer.
type Conn struct {
	nc net.Conn
}

// New returns a tap on nc, which it owns from then on. Until Frames is called the bytes
// are HTTP: Read, Write and ReadHead work directly on nc, and no goroutine runs.
func New(nc net.Conn) *Conn { return &Conn{nc: nc} }

// ReadHead reads an HTTP response head up to and with the empty line that ends it, and not
// one byte more out of the tap. A head longer than max bytes is ErrHeadTooLong.
func (c *Conn) ReadHead(max int) ([]byte, error) { panic("soon") }

// Frames ends the HTTP part: from now on the bytes both ways are WebSocket frames.
func (c *Conn) Frames() { panic("soon") }

func (c *Conn) Read(p []byte) (int, error)  { panic("soon") }
func (c *Conn) Write(p []byte) (int, error) { panic("soon") }

// Close closes the connection at once and waits for the writer to end.
func (c *Conn) Close() error { panic("soon") }
