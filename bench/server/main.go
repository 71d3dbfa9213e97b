// Command server is the load server of the benchmarks: it is quick, it speaks only as much
// WebSocket as they need, and it counts. It listens on a loopback port, prints its address, and
// serves by path:
//
//	/sink                  takes messages
//	/source?n=N&size=SIZE  sends N text messages of SIZE bytes, then a Close frame
//	/echo                  sends every message back
//
// With the argument tls it does so over TLS, with a certificate that it makes itself.
//
// Before a connection of /sink or /source is closed it prints a line: the path, the messages,
// their bytes and the CRC-32C of the payloads, each with a newline behind it. A message of any
// size takes no more memory than a small one. It ends by itself after 20 minutes, a connection
// after 5.
package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

const (
	bufferSize   = 256 << 10 // bytes; a multiple of 4, so that pieces begin where a masking key does
	serverTime   = 20 * time.Minute
	connTime     = 5 * time.Minute
	acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11" // RFC 6455 §1.3
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil && len(os.Args) > 1 && os.Args[1] == "tls" {
		l, err = secured(l)
	}
	if err != nil {
		log.Fatal(err)
	}
	time.AfterFunc(serverTime, func() { log.Fatal("the time is up") })
	fmt.Println(l.Addr())
	for {
		nc, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(nc)
	}
}

// secured is l with TLS.
func secured(l net.Listener) (net.Listener, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{cert}, PrivateKey: key}},
	}), nil
}

func serve(nc net.Conn) {
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(connTime))
	br := bufio.NewReaderSize(nc, bufferSize)
	req, err := http.ReadRequest(br)
	if err != nil {
		return
	}
	sum := sha1.Sum([]byte(req.Header.Get("Sec-WebSocket-Key") + acceptSuffix))
	accept := base64.StdEncoding.EncodeToString(sum[:])
	fmt.Fprintf(nc, "HTTP/1.1 101 Switching Protocols\r\n"+
		"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept)
	c := &conn{nc: nc, br: br}
	switch req.URL.Path {
	case "/sink":
		payload, err := c.frames(c.count)
		c.print("sink")
		if err == nil {
			c.answer(payload)
		}
	case "/echo":
		if payload, err := c.frames(c.echo); err == nil {
			c.answer(payload)
		}
	case "/source":
		n, _ := strconv.Atoi(req.URL.Query().Get("n"))
		size, _ := strconv.Atoi(req.URL.Query().Get("size"))
		err := c.source(n, size)
		c.print("source")
		if err == nil {
			c.answer([]byte{3, 232})
			c.frames(func(frame, int64, []byte) error { return nil })
		}
	}
}
