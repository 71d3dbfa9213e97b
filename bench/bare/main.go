// Command bare is what the other clients of the benchmarks are measured against: a WebSocket client
// without any library, checks or options, that does as little as can be done.
//
//	bare send ADDRESS PATH < lines   each line a message, then the closing handshake
//	bare recv ADDRESS PATH > lines   each message a line, until the server closes
//	bare echo ADDRESS PATH < lines > lines
//	bare bytes HOST PATH < lines     all that it would send, to stdout
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"os"
)

const bufferSize = 256 << 10

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: bare send|recv|echo ADDRESS PATH")
	}
	request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: bare\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n", os.Args[3])
	if os.Args[1] == "bytes" {
		io.WriteString(os.Stdout, request)
		send(os.Stdout)
		return
	}
	nc, err := net.Dial("tcp", os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	io.WriteString(nc, request)
	buf := make([]byte, 2*bufferSize)
	have := 0
	for end := -1; end < 0; {
		n, err := nc.Read(buf[have:])
		if err != nil {
			log.Fatal(err)
		}
		have += n
		if end = bytes.Index(buf[:have], []byte("\r\n\r\n")); end >= 0 {
			have = copy(buf, buf[end+4:have])
		}
	}
	switch os.Args[1] {
	case "send":
		send(nc)
		recv(nc, buf, have, io.Discard)
	case "recv":
		recv(nc, buf, have, os.Stdout)
		nc.Write([]byte{0x88, 0x82, 0, 0, 0, 0, 3, 232})
	case "echo":
		go send(nc)
		recv(nc, buf, have, os.Stdout)
	}
	nc.Close()
}

func send(nc io.Writer) {
	in := make([]byte, 0, bufferSize)
	out := make([]byte, 0, 2*bufferSize)
	for {
		if len(in) == cap(in) {
			in = append(in, make([]byte, len(in))...)[:len(in)]
		}
		n, err := os.Stdin.Read(in[len(in):cap(in)])
		in = in[:len(in)+n]
		rest := in
		for {
			i := bytes.IndexByte(rest, '\n')
			if i < 0 {
				break
			}
			out = appendFrame(out, 0x81, rest[:i])
			rest = rest[i+1:]
			if len(out) >= bufferSize {
				nc.Write(out)
				out = out[:0]
			}
		}
		in = in[:copy(in, rest)]
		if err != nil {
			break
		}
	}
	nc.Write(appendFrame(out, 0x88, []byte{3, 232}))
}

func appendFrame(b []byte, first byte, p []byte) []byte {
	switch n := len(p); {
	case n < 126:
		b = append(b, first, 0x80|byte(n))
	case n < 1<<16:
		b = append(b, first, 0x80|126, byte(n>>8), byte(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, first, 0x80|127), uint64(n))
	}
	key := rand.Uint32()
	b = binary.LittleEndian.AppendUint32(b, key)
	at := len(b)
	b = append(b, p...)
	k := uint64(key)<<32 | uint64(key)
	for p = b[at:]; len(p) >= 8; p = p[8:] {
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^k)
	}
	for i := range p {
		p[i] ^= byte(key >> (8 * (i & 3)))
	}
	return b
}

// recv copies the payload of each data frame, and a newline, into large writes, until a Close frame.
func recv(in io.Reader, buf []byte, have int, to io.Writer) {
	out := make([]byte, 0, 2*bufferSize)
	for at := 0; ; {
		op, n, size := byte(0), 0, 0
		if have-at >= 2 {
			op, n, size = buf[at]&15, int(buf[at+1]), 2
		}
		switch {
		case n == 126 && have-at >= 4:
			n, size = int(binary.BigEndian.Uint16(buf[at+2:])), 4
		case n == 127 && have-at >= 10:
			n, size = int(binary.BigEndian.Uint64(buf[at+2:])), 10
		case n > 125:
			size = 0
		}
		if size == 0 || have-at < size+n { // the rest is to come
			have = copy(buf, buf[at:have])
			at = 0
			if size+n > len(buf) {
				buf = append(make([]byte, 0, size+n), buf[:have]...)[:size+n]
			}
			k, err := in.Read(buf[have:])
			if err != nil {
				log.Fatal(err)
			}
			have += k
			continue
		}
		if op == 8 {
			to.Write(out)
			return
		}
		out = append(append(out, buf[at+size:at+size+n]...), '\n')
		at += size + n
		if len(out) >= 2*bufferSize-256 {
			to.Write(out)
			out = out[:0]
		}
	}
}
