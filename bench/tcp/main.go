// Command tcp is the least that a client can do over plain TCP, to measure the time to the
// first reply against: it dials, sends what stdin has, prints what comes back and ends.
//
//	tcp serve          listens on a loopback port, prints its address, and sends back what it gets
//	tcp ADDRESS        is the client
//
// The server ends by itself after 20 minutes.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"time"
)

const serverTime = 20 * time.Minute

func main() {
	switch {
	case len(os.Args) != 2:
		log.Fatal("usage: tcp serve, or tcp ADDRESS")
	case os.Args[1] == "serve":
		log.Fatal(serve())
	}
	if err := talk(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func serve() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	time.AfterFunc(serverTime, func() { log.Fatal("the time is up") })
	fmt.Println(l.Addr())
	for {
		nc, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer nc.Close()
			io.Copy(nc, nc)
		}()
	}
}

func talk(address string) error {
	nc, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer nc.Close()
	if _, err := io.Copy(nc, os.Stdin); err != nil {
		return err
	}
	if err := nc.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, nc)
	return err
}
