package listen

import (
	"bufio"
	"net"
	"net/http"

	"wsline/internal/tap"
)

// tapWriter is the http.ResponseWriter that the library gets for a connection whose response has
// been written: it takes the response and keeps it.
type tapWriter struct {
	tap    *tap.Conn
	header http.Header
}

func (w *tapWriter) Header() http.Header         { return w.header }
func (w *tapWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w *tapWriter) WriteHeader(int)             {}

// Hijack implements http.Hijacker.
func (w *tapWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c := tapConn{w.tap.NetConn(), w.tap}
	return c, bufio.NewReadWriter(bufio.NewReader(c), bufio.NewWriter(c)), nil
}

// tapConn is a tap as a net.Conn.
type tapConn struct {
	net.Conn
	tap *tap.Conn
}

func (c tapConn) Read(p []byte) (int, error)  { return c.tap.Read(p) }
func (c tapConn) Write(p []byte) (int, error) { return c.tap.Write(p) }
func (c tapConn) Close() error                { return c.tap.Close() }
