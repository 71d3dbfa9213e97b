// Command faults is a WebSocket server whose path says how it goes wrong, to see what a client
// makes of it:
//
//	/refuse/STATUS        refuses the handshake with this status
//	/stall                never answers the handshake
//	/close/CODE/REASON    closes with this code and reason
//	/drop                 ends the connection without a Close frame
//	/masked               sends a masked frame, which no server may
//	/silent               shakes hands and then says nothing
//
// Anything else is a web page. It serves ws on the first address, wss on the second, with a
// certificate that nobody else has signed.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"wsline/internal/wire"
)

func main() {
	addresses := []string{"127.0.0.1:8480", "127.0.0.1:8443"}
	copy(addresses, os.Args[1:])
	plain, err := net.Listen("tcp", addresses[0])
	if err != nil {
		log.Fatal(err)
	}
	secure, err := net.Listen("tcp", addresses[1])
	if err != nil {
		log.Fatal(err)
	}
	cert, err := selfSigned()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("ws://%s wss://%s\n", plain.Addr(), secure.Addr())
	server := &http.Server{Handler: http.HandlerFunc(serve), ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(tls.NewListener(secure, &tls.Config{Certificates: []tls.Certificate{cert}}))
	log.Fatal(server.Serve(plain))
}

func serve(w http.ResponseWriter, r *http.Request) {
	words := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	number := 0
	if len(words) > 1 {
		number, _ = strconv.Atoi(words[1])
	}
	switch words[0] {
	case "refuse":
		w.WriteHeader(max(number, 200))
		fmt.Fprintln(w, "no, because the path says so")
	case "stall":
		<-r.Context().Done()
	case "close":
		reason := strings.Join(words[min(len(words), 2):], " ")
		upgraded(w, r, wire.OpClose, wire.AppendClose(nil, wire.StatusCode(number), reason))
	case "drop":
		upgraded(w, r, wire.OpText, []byte("so long")).Close()
	case "masked":
		h := wire.Header{Fin: true, Opcode: wire.OpText, Masked: true, Length: 2}
		upgraded(w, r, wire.OpText, []byte("hi")).Write(append(h.Append(nil), "hi"...))
	case "silent":
		upgraded(w, r, wire.OpText, []byte("hello"))
	default:
		fmt.Fprintln(w, "<h1>This is a web page</h1>")
	}
}

// upgraded shakes hands, sends one message, and returns the connection, which is read until its
// end.
func upgraded(w http.ResponseWriter, r *http.Request, op wire.Opcode, payload []byte) net.Conn {
	nc, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	head := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + wire.Accept(r.Header.Get("Sec-WebSocket-Key")) + "\r\n\r\n"
	frame := wire.Header{Fin: true, Opcode: op, Length: int64(len(payload))}.Append([]byte(head))
	nc.Write(append(frame, payload...))
	go func() {
		io.Copy(io.Discard, rw)
		nc.Close()
	}()
	return nc
}

func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotAfter:     time.Now().Add(24 * time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
