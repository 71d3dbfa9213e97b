package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net"
	"strconv"
)

const (
	opBinary = 2 // the last of the data frames' opcodes
	opClose  = 8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type conn struct {
	nc  net.Conn
	br  *bufio.Reader
	out []byte // not written yet
	sum []byte // counted, but not in crc yet

	messages, bytes int64
	crc             uint32
}

// frame is the header of one that came.
type frame struct {
	first byte // FIN, the reserved bits and the opcode
	n     int64
	key   uint32
}

// tell is told of a piece of a data frame's payload, unmasked, and where in the payload it begins.
type tell func(f frame, at int64, piece []byte) error

func (c *conn) print(path string) {
	c.settle()
	fmt.Println(path, c.messages, c.bytes, c.crc)
}

// add counts bytes of messages. The sum is updated in large steps, which is quicker.
func (c *conn) add(p []byte) {
	c.bytes += int64(len(p))
	if len(c.sum)+len(p) > bufferSize {
		c.settle()
	}
	c.sum = append(c.sum, p...)
}

func (c *conn) settle() {
	c.crc = crc32.Update(c.crc, castagnoli, c.sum)
	c.sum = c.sum[:0]
}

func (c *conn) endMessage() {
	c.messages++
	c.sum = append(c.sum, '\n')
}

// answer sends a Close frame, behind what was gathered.
func (c *conn) answer(payload []byte) {
	c.out = append(appendHeader(c.out, 0x80|opClose, len(payload)), payload...)
	c.flush()
}

func (c *conn) flush() error {
	_, err := c.nc.Write(c.out)
	c.out = c.out[:0]
	return err
}

// frames tells of the data frames until a Close frame, whose payload it returns.
func (c *conn) frames(to tell) (closing []byte, err error) {
	for {
		if err := c.small(to); err != nil {
			return nil, err
		}
		if c.br.Buffered() == 0 && len(c.out) > 0 {
			if err := c.flush(); err != nil {
				return nil, err
			}
		}
		f, err := c.header()
		if err != nil {
			return nil, err
		}
		switch op := f.first & 15; {
		case op == opClose:
			err := c.payload(f, func(_ frame, _ int64, piece []byte) error {
				closing = append(closing, piece...)
				return nil
			})
			return closing, err
		case op <= opBinary:
			err = c.payload(f, to)
		default:
			_, err = c.br.Discard(int(f.n))
		}
		if err != nil {
			return nil, err
		}
	}
}

// small tells of the frames that are buffered, as long as they are whole data frames of at most 125
// bytes: those come in such numbers that the general way would be too slow.
func (c *conn) small(to tell) error {
	all, _ := c.br.Peek(c.br.Buffered())
	rest := all
	for len(rest) >= 6 && rest[0]&15 <= opBinary && rest[1]&127 <= 125 {
		f := frame{first: rest[0], n: int64(rest[1] & 127), key: binary.LittleEndian.Uint32(rest[2:])}
		if len(rest) < 6+int(f.n) {
			break
		}
		piece := rest[6 : 6+f.n]
		unmask(piece, f.key)
		if err := to(f, 0, piece); err != nil {
			return err
		}
		rest = rest[6+f.n:]
	}
	_, err := c.br.Discard(len(all) - len(rest))
	return err
}

// header reads the header of a frame, which a client masks.
func (c *conn) header() (frame, error) {
	head, err := c.br.Peek(2)
	if err != nil {
		return frame{}, err
	}
	f := frame{first: head[0], n: int64(head[1] & 127)}
	size := 2
	switch f.n {
	case 126:
		size = 4
	case 127:
		size = 10
	}
	if head, err = c.br.Peek(size + 4); err != nil {
		return frame{}, err
	}
	switch size {
	case 4:
		f.n = int64(binary.BigEndian.Uint16(head[2:]))
	case 10:
		f.n = int64(binary.BigEndian.Uint64(head[2:]))
	}
	f.key = binary.LittleEndian.Uint32(head[size:])
	c.br.Discard(size + 4)
	return f, nil
}

// payload tells of a frame's payload in pieces of at most the buffer's size, at least once.
func (c *conn) payload(f frame, to tell) error {
	for at := int64(0); ; {
		piece, err := c.br.Peek(int(min(f.n-at, bufferSize)))
		if err != nil {
			return err
		}
		unmask(piece, f.key)
		if err := to(f, at, piece); err != nil {
			return err
		}
		c.br.Discard(len(piece))
		if at += int64(len(piece)); at == f.n {
			return nil
		}
	}
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

// count counts messages, not frames: one that comes in fragments is one.
func (c *conn) count(f frame, at int64, piece []byte) error {
	c.add(piece)
	if f.first&0x80 != 0 && at+int64(len(piece)) == f.n {
		c.endMessage()
	}
	return nil
}

// echo sends each frame back as it came.
func (c *conn) echo(f frame, at int64, piece []byte) error {
	if at == 0 {
		c.out = appendHeader(c.out, f.first, int(f.n))
	}
	c.out = append(c.out, piece...)
	if len(c.out) >= bufferSize {
		return c.flush()
	}
	return nil
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
func (c *conn) source(n, size int) error {
	first := make([]byte, min(size, bufferSize)) // of a message
	fill := make([]byte, len(first))             // the rest
	for i := range first {
		first[i], fill[i] = 'x', 'x'
	}
	var number [20]byte
	for i := range n {
		copy(first, strconv.AppendInt(number[:0], int64(i), 10))
		c.out = appendHeader(c.out, 0x81, size)
		for left, p := size, first; ; p = fill {
			p = p[:min(left, len(p))]
			c.out = append(c.out, p...)
			c.add(p)
			if len(c.out) >= bufferSize {
				if err := c.flush(); err != nil {
					return err
				}
			}
			if left -= len(p); left == 0 {
				break
			}
		}
		c.endMessage()
	}
	return nil
}
