//go:build linux

// Command stay has wsline send a stream of lines through a proxy that cuts its connections, and
// compares what arrives with what was sent and what was told:
//
//	stay [flags] WSLINE
//
// WSLINE is the program; it runs twice: `listen --echo`, and `--reconnect` with numbered lines on its
// stdin. Each line has to come back once, in order, unless its number is among those of which
// wsline said that they may not have arrived. It prints what it counted, and exits with 1 when
// something is lost, doubled or out of order.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	rate = flag.Int("rate", 2000, "`LINES` a second")
	span = flag.Duration("for", 30*time.Minute, "send for this `TIME`")
	cuts = flag.Int("cuts", 100, "so many connections are cut, at times left to chance")
)

func main() {
	flag.Parse()
	log.SetFlags(0)
	if flag.NArg() != 1 || *rate < 1 || *cuts < 0 {
		log.Fatal("usage: stay [flags] WSLINE")
	}
	ok, err := run(flag.Arg(0))
	if err != nil {
		log.Fatal("stay: ", err)
	}
	if !ok {
		os.Exit(1)
	}
}

func run(program string) (ok bool, err error) {
	server := exec.Command(program, "listen", "--echo", "127.0.0.1:0")
	out, err := server.StdoutPipe()
	if err != nil {
		return false, err
	}
	server.Stderr = server.Stdout
	if err := server.Start(); err != nil {
		return false, err
	}
	defer func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}()
	address, err := addressIn(out)
	if err != nil {
		return false, err
	}
	p, err := startProxy(address)
	if err != nil {
		return false, err
	}
	defer p.ln.Close()

	client := exec.Command(program, "--reconnect", "-w", "3s", "ws://"+p.ln.Addr().String()+"/")
	stdin, err := client.StdinPipe()
	if err != nil {
		return false, err
	}
	stdout, err := client.StdoutPipe()
	if err != nil {
		return false, err
	}
	var told bytes.Buffer
	client.Stderr = &told
	if err := client.Start(); err != nil {
		return false, err
	}
	time.AfterFunc(*span+time.Minute, func() { _ = client.Process.Kill() })
	go p.cutAll()
	sent := make(chan int, 1)
	go func() { sent <- feed(stdin) }()
	c := &count{back: map[int]bool{}}
	c.read(stdout)
	end := client.Wait()
	c.sent = <-sent
	c.tell(told.String())
	return c.report(p, client, end), nil
}

// addressIn reads the address that `wsline listen` prints.
func addressIn(out io.Reader) (string, error) {
	address := regexp.MustCompile(`127\.0\.0\.1:\d+`)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := address.FindString(lines.Text()); m != "" {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return m, nil
		}
	}
	return "", errors.New("the server tells no address")
}

// feed writes numbered lines, and returns how many.
func feed(w io.WriteCloser) (n int) {
	defer w.Close()
	begun := time.Now()
	out := bufio.NewWriter(w)
	for now := time.Duration(0); now < *span; now = time.Since(begun) {
		for due := int(now.Seconds() * float64(*rate)); n < due; {
			n++
			fmt.Fprintf(out, "line %d\n", n)
		}
		if out.Flush() != nil {
			return n
		}
		time.Sleep(5 * time.Millisecond)
	}
	return n
}

// A proxy passes bytes on, until it resets a connection on both sides.
type proxy struct {
	ln     net.Listener
	target string
	mu     sync.Mutex
	conns  []net.Conn
	cut    atomic.Int64
}

func startProxy(target string) (*proxy, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{ln: ln, target: target}
	go func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			go p.pass(nc)
		}
	}()
	return p, nil
}

func (p *proxy) pass(nc net.Conn) {
	to, err := net.Dial("tcp", p.target)
	if err != nil {
		nc.Close()
		return
	}
	p.mu.Lock()
	p.conns = []net.Conn{nc, to}
	p.mu.Unlock()
	go func() {
		_, _ = io.Copy(to, nc)
		to.Close()
	}()
	_, _ = io.Copy(nc, to)
	nc.Close()
}

// cutAll cuts at times left to chance.
func (p *proxy) cutAll() {
	each := *span / time.Duration(*cuts+1)
	for range *cuts {
		time.Sleep(each/2 + rand.N(each))
		p.mu.Lock()
		for _, nc := range p.conns {
			_ = nc.(*net.TCPConn).SetLinger(0) // a reset, and what is under way is lost
			nc.Close()
		}
		if p.conns != nil {
			p.cut.Add(1)
		}
		p.conns = nil
		p.mu.Unlock()
	}
}

// A count is what came back, and what was told.
type count struct {
	sent, came, doubled, disordered, foreign int
	back                                     map[int]bool
	may                                      map[int]bool
	gaps                                     int
}

func (c *count) read(r io.Reader) {
	last := 0
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		n, err := strconv.Atoi(strings.TrimPrefix(lines.Text(), "line "))
		switch {
		case err != nil:
			c.foreign++
			continue
		case c.back[n]:
			c.doubled++
		case n < last:
			c.disordered++
		}
		c.came++
		c.back[n], last = true, max(last, n)
	}
}

var unsure = regexp.MustCompile(`messages? (\d+)(?: to (\d+))? of the input may not have arrived`)

func (c *count) tell(stderr string) {
	c.may = map[int]bool{}
	c.gaps = strings.Count(stderr, "connected again")
	for _, m := range unsure.FindAllStringSubmatch(stderr, -1) {
		from, _ := strconv.Atoi(m[1])
		to, err := strconv.Atoi(m[2])
		if err != nil {
			to = from
		}
		for n := from; n <= to; n++ {
			c.may[n] = true
		}
	}
}

func (c *count) report(p *proxy, client *exec.Cmd, end error) bool {
	lost, untold := 0, 0
	for n := 1; n <= c.sent; n++ {
		if !c.back[n] {
			lost++
			if !c.may[n] {
				untold++
			}
		}
	}
	fmt.Printf("lines sent                    %d in %v\n", c.sent, *span)
	fmt.Printf("connections cut, told as gaps %d, %d\n", p.cut.Load(), c.gaps)
	fmt.Printf("lines that came back          %d\n", c.came)
	fmt.Printf("doubled, out of order, others %d, %d, %d\n", c.doubled, c.disordered, c.foreign)
	fmt.Printf("not back, of these not told   %d, %d\n", lost, untold)
	fmt.Printf("told that they may be lost    %d\n", len(c.may))
	if usage, ok := client.ProcessState.SysUsage().(*syscall.Rusage); ok {
		fmt.Printf("memory at most                %d KiB\n", usage.Maxrss)
	}
	fmt.Printf("end                           %v\n", end)
	return end == nil && c.doubled+c.disordered+c.foreign == 0 && c.gaps == int(p.cut.Load())
}
