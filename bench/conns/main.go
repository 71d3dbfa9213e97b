//go:build linux

// Command conns holds many connections to a server that echoes, and prints what they cost it:
//
//	IDLE-KIB SMALL-KIB CPU-SECONDS MESSAGES LATE END
//
// the memory of a connection on which nothing was said yet, and after five small messages (what is
// resident then less what was with one connection, divided by the connections), the CPU time in user
// and kernel mode of -for at one message a second on each, how many messages that were, how many of
// all were not answered within 10 s, and "ok" or what went wrong. It starts the server, a command
// that prints a line with its address, 127.0.0.1:PORT, and ends it. Each answer is compared with what
// was sent.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"sync"
	"syscall"
	"time"
)

var (
	count = flag.Int("n", 10000, "`CONNECTIONS`")
	deaf  = flag.Int("deaf", 0, "so many more `CONNECTIONS` send as long as they can, and do not read")
	span  = flag.Duration("for", 10*time.Second, "`TIME` for which each sends a message a second")
	limit = flag.Duration("limit", 2*time.Minute, "end everything after this `TIME`")
)

const (
	smalls   = 5               // messages before the second look at the memory
	settling = 3 * time.Second // before each look
	late     = 10 * time.Second
)

func main() {
	flag.Parse()
	log.SetFlags(0)
	if flag.NArg() == 0 {
		log.Fatal("usage: conns [flags] COMMAND [ARGUMENT...]")
	}
	if err := allowFiles(*count + *deaf + 100); err != nil {
		log.Fatal(err)
	}
	s, err := start(flag.Args())
	if err != nil {
		log.Fatal(err)
	}
	time.AfterFunc(*limit, func() {
		s.end()
		log.Fatal("the time is up")
	})
	r, err := measure(s)
	s.end()
	end := "ok"
	if err != nil {
		end = err.Error()
	}
	fmt.Printf("%.1f %.1f %.2f %d %d %s\n", r.idle, r.small, r.cpu.Seconds(), r.messages, r.late, end)
	if err != nil {
		os.Exit(1)
	}
}

// allowFiles raises the limit of open files, which the server inherits.
func allowFiles(n int) error {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return err
	}
	l.Cur = l.Max
	if l.Cur < uint64(n) {
		return fmt.Errorf("%d open files are too few for %d connections", l.Max, n)
	}
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &l)
}

// results are what is printed.
type results struct {
	idle, small    float64 // KiB of a connection
	cpu            time.Duration
	messages, late int
}

func measure(s *server) (r results, err error) {
	first, err := dial(s.address, 0)
	if err != nil {
		return r, err
	}
	defer first.nc.Close()
	if err := first.ask(0); err != nil {
		return r, err
	}
	time.Sleep(settling)
	before := s.resident()
	conns, err := open(s.address, *count)
	defer closeAll(conns)
	if err != nil {
		return r, err
	}
	each := func() float64 {
		time.Sleep(settling)
		return float64(s.resident()-before) / 1024 / float64(len(conns))
	}
	r.idle = each()
	for i := range smalls {
		for _, c := range conns {
			if err := c.send(i); err != nil {
				return r, err
			}
		}
		r.late += answered(conns, i)
	}
	r.small = each()
	dumb, err := open(s.address, *deaf)
	defer closeAll(dumb)
	if err != nil {
		return r, err
	}
	for _, c := range dumb {
		go c.flood()
	}
	began := s.cpu()
	rounds := int(span.Seconds())
	r.messages = rounds * len(conns)
	n, err := steady(conns, rounds)
	r.cpu, r.late = s.cpu()-began, r.late+n
	if err == nil && r.late > 0 {
		err = errors.New("late")
	}
	return r, err
}

// steady sends a message a second on each connection, all of them spread over the second.
func steady(conns []*conn, rounds int) (unanswered int, err error) {
	const slices = 100
	begun := time.Now()
	for round := range rounds {
		for slice := range slices {
			at := begun.Add(time.Duration(round*slices+slice) * time.Second / slices)
			time.Sleep(time.Until(at))
			for i := slice; i < len(conns); i += slices {
				if err := conns[i].send(smalls + round); err != nil {
					return unanswered, err
				}
			}
		}
	}
	return answered(conns, smalls+rounds-1), nil
}

// answered waits until the answers up to that message have come, and says how many did not.
func answered(conns []*conn, number int) (missing int) {
	end := time.Now().Add(late)
	for _, c := range conns {
		for c.answers.Load() <= int64(number) && time.Now().Before(end) {
			time.Sleep(time.Millisecond)
		}
		missing += max(0, number+1-int(c.answers.Load()))
	}
	return missing
}

// open opens connections, several at a time, and has each of them read.
func open(address string, n int) ([]*conn, error) {
	conns, errs := make([]*conn, n), make([]error, n)
	var all sync.WaitGroup
	turn := make(chan struct{}, 32)
	for i := range n {
		turn <- struct{}{}
		all.Go(func() {
			conns[i], errs[i] = dial(address, i)
			<-turn
		})
	}
	all.Wait()
	for i, c := range conns {
		if c == nil {
			return nil, errs[i]
		}
	}
	return conns, nil
}

func closeAll(conns []*conn) {
	for _, c := range conns {
		c.nc.Close()
	}
}
