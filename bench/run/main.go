//go:build linux

// Command run runs a client of the benchmarks, times it and sums up what it wrote. It prints
// one line:
//
//	SECONDS CPU-SECONDS USER-SECONDS PEAK-KIB LINES BYTES CRC END
//
// from the start of the command to its end, with the CPU time in user and kernel mode, that in user
// mode alone, the most memory that was resident at once, the lines, the bytes and the CRC-32C of its stdout, and
// "ok" or how it ended otherwise: its exit code, its signal, or "late".
//
// Linux counts the memory of whoever starts a program to that program too, so that no peak is below
// that of this one, which is about 3 MiB.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"log"
	"os"
	"os/exec"
	"syscall"
	"time"
)

var (
	in      = flag.String("in", "", "`FILE` for stdin, - for our own; default /dev/null")
	out     = flag.String("out", "", "`FILE` for stdout; default a pipe that is only summed up")
	hold    = flag.Bool("hold", false, "stdin is a pipe in which nothing comes and which never ends")
	null    = flag.Bool("null", false, "stdout is /dev/null, and nothing is summed up")
	prompt  = flag.String("prompt", "", "`TEXT` before lines of -out that does not count")
	newline = flag.Bool("newline", false, "sum up a newline behind what was written")
	limit   = flag.Duration("limit", time.Minute, "end the command after this time")
)

func main() {
	flag.Parse()
	if flag.NArg() == 0 {
		log.Fatal("usage: run [flags] COMMAND [ARGUMENT...]")
	}
	if err := run(flag.Args(), &sum{}); err != nil {
		log.Fatal(err)
	}
}

func run(args []string, s *sum) error {
	ctx, cancel := context.WithTimeout(context.Background(), *limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	file, err := stdin(cmd)
	if err != nil {
		return err
	}
	defer file.Close()
	switch {
	case *null:
	case *out == "":
		cmd.Stdout = s
	default:
		to, err := os.Create(*out)
		if err != nil {
			return err
		}
		defer to.Close()
		cmd.Stdout = to
	}
	start := time.Now()
	err = cmd.Run()
	took := time.Since(start)
	if cmd.ProcessState == nil {
		return err
	}
	end := "ok"
	switch {
	case ctx.Err() != nil:
		end = "late"
	case err != nil:
		end = cmd.ProcessState.String()
	}
	if *out != "" && !*null {
		if err := s.file(*out, []byte(*prompt)); err != nil {
			return err
		}
	}
	if *newline {
		s.Write([]byte{'\n'})
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	fmt.Printf("%.4f %.3f %.3f %d %d %d %d %s\n", took.Seconds(), cpu.Seconds(),
		cmd.ProcessState.UserTime().Seconds(), usage.Maxrss, s.lines, s.bytes, s.crc, end)
	return nil
}

// stdin gives cmd its stdin, and returns what is to be closed at the end.
func stdin(cmd *exec.Cmd) (io.Closer, error) {
	switch {
	case *hold:
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		cmd.Stdin = r
		return w, nil // the other end stays open as long
	case *in == "-":
		cmd.Stdin = os.Stdin
		return os.Stdin, nil
	case *in == "":
		return os.Stdin, nil
	}
	f, err := os.Open(*in)
	cmd.Stdin = f
	return f, err
}

// sum sums up what is written to it.
type sum struct {
	lines, bytes int64
	crc          uint32
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (s *sum) Write(p []byte) (int, error) {
	s.lines += int64(bytes.Count(p, []byte{'\n'}))
	s.bytes += int64(len(p))
	s.crc = crc32.Update(s.crc, castagnoli, p)
	return len(p), nil
}

// file sums up a file and removes it.
func (s *sum) file(name string, prompt []byte) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if len(prompt) == 0 {
		_, err = io.Copy(s, f)
	} else {
		err = s.prompted(f, prompt)
	}
	return errors.Join(err, os.Remove(name))
}

func (s *sum) prompted(r io.Reader, prompt []byte) error {
	for br := bufio.NewReader(r); ; {
		line, err := br.ReadBytes('\n')
		for bytes.HasPrefix(line, prompt) {
			line = line[len(prompt):]
		}
		s.Write(line)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
