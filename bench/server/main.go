// Command server is the load server of the benchmarks: it is quick, it speaks only as much WebSocket as
// they need, and it counts. It listens on a loopback port, prints its address, and serves by path:
//
//	/sink                  takes messages
//	/source?n=N&size=SIZE  sends N text messages of SIZE bytes, then a Close frame
//	/echo                  sends every message back
//
// When a connection of /sink or /source ends it prints a line: the path, the messages, their bytes and the
// CRC-32C of the payloads, each with a newline behind it.
package main

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
)

const bufferSize = 256 << 10

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(l.Addr())
	for {
		nc, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(nc)
	}
}

func serve(nc net.Conn) {
	defer nc.Close()
	br := bufio.NewReaderSize(nc, bufferSize)
	req, err := http.ReadRequest(br)
	if err != nil {
		return
	}
	sum := sha1.Sum([]byte(req.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(nc, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	c := &conn{nc: nc, br: br}
	switch req.URL.Path {
	case "/sink":
		c.frames(c.count)
	case "/echo":
		c.frames(c.echo)
		return
	case "/source":
		n, _ := strconv.Atoi(req.URL.Query().Get("n"))
		size, _ := strconv.Atoi(req.URL.Query().Get("size"))
		c.source(n, size)
		c.frames(func(byte, []byte) {})
	}
	fmt.Println(req.URL.Path[1:], c.messages, c.bytes, c.crc)
}

type conn struct {
	nc  net.Conn
	br  *bufio.Reader
	big []byte // a message that is larger than the reader's buffer
	out []byte

	messages, bytes int64
	crc             uint32
}

func (c *conn) count(op byte, payload []byte) {
	c.messages++
	c.bytes += int64(len(payload))
	c.crc = crc32.Update(c.crc, castagnoli, payload)
	c.crc = crc32.Update(c.crc, castagnoli, []byte{'\n'})
}

func (c *conn) echo(op byte, payload []byte) {
	c.out = appendHeader(c.out, 0x80|op, len(payload))
	c.out = append(c.out, payload...)
	if len(c.out) >= bufferSize || c.br.Buffered() == 0 {
		c.flush()
	}
}

func (c *conn) flush() {
	c.nc.Write(c.out)
	c.out = c.out[:0]
}

// frames reads frames until a Close frame, which it answers. Fragments count as messages of their own.
func (c *conn) frames(handle func(op byte, payload []byte)) {
	for {
		if c.br.Buffered() == 0 && len(c.out) > 0 {
			c.flush()
		}
		op, payload, err := c.frame()
		if err != nil {
			return
		}
		switch op {
		case 0, 1, 2:
			handle(op, payload)
		case 8:
			c.out = append(appendHeader(c.out, 0x88, len(payload)), payload...)
			c.flush()
			return
		}
	}
}

func (c *conn) frame() (op byte, payload []byte, err error) {
	head, err := c.br.Peek(6)
	if err != nil {
		return 0, nil, err
	}
	op = head[0] & 15
	size, n := 2, int(head[1]&127)
	switch n {
	case 126:
		size = 4
	case 127:
		size = 10
	}
	if head, err = c.br.Peek(size + 4); err != nil {
		return 0, nil, err
	}
	switch n {
	case 126:
		n = int(binary.BigEndian.Uint16(head[2:]))
	case 127:
		n = int(binary.BigEndian.Uint64(head[2:]))
	}
	key := binary.LittleEndian.Uint32(head[size:])
	c.br.Discard(size + 4)
	if n <= bufferSize {
		payload, err = c.br.Peek(n)
		c.br.Discard(n)
	} else {
		if cap(c.big) < n {
			c.big = make([]byte, n)
		}
		payload = c.big[:n]
		_, err = io.ReadFull(c.br, payload)
	}
	unmask(payload, key)
	return op, payload, err
}

func unmask(p []byte, key uint32) {
	k := uint64(key)<<32 | uint64(key)
	for len(p) >= 8 {
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^k)
		p = p[8:]
	}
	for i := range p {
		p[i] ^= byte(key >> (8 * (i & 3)))
	}
}

func appendHeader(b []byte, first byte, n int) []byte {
	switch {
	case n < 126:
		return append(b, first, byte(n))
	case n < 1<<16:
		return append(b, first, 126, byte(n>>8), byte(n))
	}
	return binary.BigEndian.AppendUint64(append(b, first, 127), uint64(n))
}

// source sends n messages that differ: each begins with its number, and is filled up with x.
func (c *conn) source(n, size int) {
	body := make([]byte, size)
	for i := range n {
		text := strconv.AppendInt(body[:0], int64(i), 10)
		for j := len(text); j < size; j++ {
			if j > 24 && i > 0 {
				break // filled up already
			}
			body[j] = 'x'
		}
		c.out = append(appendHeader(c.out, 0x81, size), body...)
		c.count(1, body)
		if len(c.out) >= bufferSize {
			c.flush()
		}
	}
	c.out = append(c.out, 0x88, 2, 3, 232)
	c.flush()
}
