// Command bare is what the other clients of the benchmarks are measured against: a WebSocket client
// without any library, checks or options, that does as little as can be done.
//
//	bare send ADDRESS PATH < lines   each line a message, then the closing handshake
//	bare recv ADDRESS PATH > lines   each message a line, until the server closes
//	bare echo ADDRESS PATH < lines > lines
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"strings"
)

const bufferSize = 256 << 10

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: bare send|recv|echo ADDRESS PATH")
	}
	nc, err := net.Dial("tcp", os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintf(nc, "GET %s HTTP/1.1\r\nHost: bare\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n", os.Args[3])
	br := bufio.NewReaderSize(nc, bufferSize)
	for {
		line, err := br.ReadString('\n')
		if err != nil {
			log.Fatal(err)
		}
		if strings.TrimSpace(line) == "" {
			break
		}
	}
	switch os.Args[1] {
	case "send":
		send(nc)
		recv(br, io.Discard)
	case "recv":
		recv(br, os.Stdout)
		nc.Write([]byte{0x88, 0x82, 0, 0, 0, 0, 3, 232})
	case "echo":
		go send(nc)
		recv(br, os.Stdout)
	}
	nc.Close()
}

func send(nc net.Conn) {
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

func recv(br *bufio.Reader, to io.Writer) {
	out := make([]byte, 0, 2*bufferSize)
	var big []byte
	for {
		if br.Buffered() == 0 || len(out) >= bufferSize {
			to.Write(out)
			out = out[:0]
		}
		head, err := br.Peek(2)
		if err != nil {
			log.Fatal(err)
		}
		op, size, n := head[0]&15, 2, int(head[1])
		switch n {
		case 126:
			size = 4
			head, _ = br.Peek(size)
			n = int(binary.BigEndian.Uint16(head[2:]))
		case 127:
			size = 10
			head, _ = br.Peek(size)
			n = int(binary.BigEndian.Uint64(head[2:]))
		}
		br.Discard(size)
		var p []byte
		if n <= bufferSize {
			p, err = br.Peek(n)
			br.Discard(n)
		} else {
			if cap(big) < n {
				big = make([]byte, n)
			}
			p = big[:n]
			_, err = io.ReadFull(br, p)
		}
		if err != nil {
			log.Fatal(err)
		}
		if op == 8 {
			to.Write(out)
			return
		}
		out = append(append(out, p...), '\n')
	}
}
