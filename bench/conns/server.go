//go:build linux

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// tick is the unit of CPU time in /proc (USER_HZ), which is the same on every Linux that Go knows.
const tick = 10 * time.Millisecond

// A server is the program that is measured.
type server struct {
	cmd     *exec.Cmd
	address string
}

var addressPattern = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)

// start starts the server and waits for its address.
func start(args []string) (*server, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = w, w
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd}
	_ = r.SetReadDeadline(time.Now().Add(late))
	in := bufio.NewReader(r)
	for s.address == "" {
		line, err := in.ReadString('\n')
		if err != nil {
			s.end()
			return nil, errors.New("the server printed no address")
		}
		s.address = addressPattern.FindString(line)
	}
	_ = r.SetReadDeadline(time.Time{})
	go io.Copy(io.Discard, in)
	return s, nil
}

func (s *server) end() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// resident is the bytes of memory that the server has.
func (s *server) resident() int64 {
	var size, resident int64
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.cmd.Process.Pid))
	fmt.Sscan(string(b), &size, &resident)
	return resident * int64(os.Getpagesize())
}

// cpu is the CPU time that the server has used.
func (s *server) cpu() time.Duration {
	var user, system int64
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	_, fields, _ := strings.Cut(string(b), ") ") // behind the program's name
	if f := strings.Fields(fields); len(f) > 12 {
		fmt.Sscan(f[11], &user)
		fmt.Sscan(f[12], &system)
	}
	return time.Duration(user+system) * tick
}
