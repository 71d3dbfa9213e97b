//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	payloadSize = 59 // as in the other benchmarks
	perAddress  = 20000
)

// A conn is a client's side of a connection. It sends numbered messages, and counts the answers.
type conn struct {
	nc      net.Conn
	id      int
	answers atomic.Int64 // that came, in order
}

// dial connects, from a loopback address of its own for so many connections as there are ports.
func dial(address string, id int) (*conn, error) {
	from := net.IPv4(127, 0, 0, byte(1+id/perAddress))
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, Timeout: late, KeepAlive: -1, Control: portLate}
	nc, err := d.Dial("tcp4", address)
	if err != nil {
		return nil, err
	}
	c := &conn{nc: nc, id: id}
	if err := c.shake(address); err != nil {
		nc.Close()
		return nil, err
	}
	return c, nil
}

// portLate lets the kernel choose the port when it knows the other end, so that ports are not used up
// by the address that is bound.
func portLate(_, _ string, raw syscall.RawConn) (err error) {
	const bindAddressNoPort = 24 // IP_BIND_ADDRESS_NO_PORT of linux/in.h
	ctl := raw.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, bindAddressNoPort, 1)
	})
	return errors.Join(ctl, err)
}

// shake does the opening handshake, byte by byte at its end so that no frame is lost.
func (c *conn) shake(address string) error {
	_ = c.nc.SetDeadline(time.Now().Add(late))
	_, err := io.WriteString(c.nc, "GET / HTTP/1.1\r\nHost: "+address+"\r\nUpgrade: websocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	if err != nil {
		return err
	}
	var head strings.Builder
	for b := make([]byte, 1024); !strings.HasSuffix(head.String(), "\r\n\r\n"); {
		n, err := c.nc.Read(b) // an echo says nothing before it is asked
		if err != nil {
			return err
		}
		head.Write(b[:n])
	}
	if !strings.HasPrefix(head.String(), "HTTP/1.1 101 ") {
		return fmt.Errorf("refused: %q", head.String())
	}
	_ = c.nc.SetDeadline(time.Time{})
	return nil
}

// payload is that of a message, which no other has.
func (c *conn) payload(number int) []byte {
	return fmt.Appendf(nil, "%-*s", payloadSize, fmt.Sprintf("message %d of connection %d", number, c.id))
}

// send sends a message; the first one has the answers read from then on.
func (c *conn) send(number int) error {
	if number == 0 {
		go c.read()
	}
	_, err := c.nc.Write(masked(c.payload(number)))
	return err
}

// read counts the answers until one is wrong.
func (c *conn) read() {
	got := make([]byte, 2+payloadSize)
	for number := 0; ; number++ {
		if _, err := io.ReadFull(c.nc, got); err != nil || !bytes.Equal(got, c.answer(number)) {
			return
		}
		c.answers.Add(1)
	}
}

func (c *conn) answer(number int) []byte {
	return append([]byte{0x81, payloadSize}, c.payload(number)...)
}

// ask sends a message and waits for the answer.
func (c *conn) ask(number int) error {
	if err := c.send(number); err != nil {
		return err
	}
	if answered([]*conn{c}, number) > 0 {
		return errors.New("no answer")
	}
	return nil
}

// flood sends until the connection ends, and reads nothing.
func (c *conn) flood() {
	for frame := masked(make([]byte, 100)); ; {
		if _, err := c.nc.Write(frame); err != nil {
			return
		}
	}
}

// masked is a text message of at most 125 bytes as a client's frame.
func masked(payload []byte) []byte {
	frame := append([]byte{0x81, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...)
	key := uint32(time.Now().UnixNano())
	binary.LittleEndian.PutUint32(frame[2:], key)
	for i := range payload {
		frame[6+i] ^= frame[2+i%4]
	}
	return frame
}
