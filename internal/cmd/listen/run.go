package listen

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"wsline/format"
	"wsline/internal/cmd"
	"wsline/internal/doctor"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/plural"
	"wsline/internal/target"
	"wsline/internal/wire"
	"wsline/repl"
	"wsline/session"
)

// run listens until it is told to leave.
func (o *options) run(ctx context.Context, e *env.Env, line *flags.Line) error {
	var c *config
	err := e.Until(func(ask func(prompt string) (string, error)) (err error) {
		c, err = o.resolve(e, line.Args, ask)
		return err
	})
	if err != nil {
		return err
	}
	recorder, err := c.record.Start()
	if err != nil {
		return err
	}
	h := newHall(c, recorder)
	if !c.answers() && !o.view.JSON && e.StdinTerminal && (e.StdoutTerminal || e.StderrTerminal) {
		return cmd.Finish(e, talkWithClients(ctx, e, h), recorder.Finish)
	}
	return cmd.Bounded(e, func(e *env.Env) error {
		return recorder.Finish(serveClients(ctx, e, h))
	})
}

// A service is a hall without anybody who types.
type service struct {
	*hall
	env    *env.Env
	stderr *format.Talk
	aside  *board // what stderr gets of the events
	board  *board
	fed    chan error // stdin cannot be sent
}

func serveClients(ctx context.Context, e *env.Env, h *hall) error {
	s := &service{hall: h, env: e, board: listenBoard(e, h.c), fed: make(chan error, 1)}
	s.stderr = format.NewTalk(format.Style{Color: h.c.look.StderrColor})
	s.aside = listenAside(e, h.c)
	h.show = s.event
	if err := h.listen(s.refused); err != nil {
		return err
	}
	s.say("listening on " + h.url())
	if h.c.typed.selfSigned {
		s.say("certificate " + fingerprint(h.c))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	played := make(chan error, 1)
	switch {
	case h.c.script != nil:
		go func() { played <- s.play(ctx) }()
	case !h.c.answers():
		go s.feed(ctx, h.c.typed.binary) // may be left in a read of stdin
	}
	err := s.stay(ctx, played)
	cancel()
	s.end()
	return err
}

// say tells what a person should know on stderr.
func (s *service) say(text string) { s.env.Stderr.Write(s.stderr.Status(nil, text)) }

// refused tells of who was not let in.
func (s *service) refused(text string) {
	if s.c.look.Verbose || s.env.StderrTerminal {
		s.say(text)
	}
}

func (s *service) event(name string, ev *session.Event) {
	if text := s.recorder.Trouble(); text != "" {
		s.env.Stderr.Write(s.stderr.Error(nil, text, ""))
	}
	s.aside.event(name, ev)
	s.board.event(name, ev)
}

// stay waits for what ends it all, and says how that ended.
func (s *service) stay(ctx context.Context, played <-chan error) error {
	for {
		select {
		case <-ctx.Done():
			return exit.ErrTerminated
		case sig := <-s.env.Signals:
			return env.Ended(sig)
		case <-s.board.failed:
			if env.ReaderGone(s.board.err) {
				return nil
			}
			return &repl.WriteError{Err: s.board.err}
		case err := <-s.fed:
			return err
		case err := <-played:
			return err
		case gone := <-s.ended:
			if s.c.typed.once && s.c.script == nil {
				return s.goneError(gone)
			}
		}
	}
}

// goneError is what the end of the only client is worth.
func (s *service) goneError(c client) error {
	f := doctor.EndFault(c.s.Wait())
	if f.Code == exit.OK {
		return nil
	}
	text := string(format.NewTalk(format.Style{Name: c.name}).Event(nil,
		&session.Event{Kind: session.KindEnd, End: c.s.Wait()}))
	text = strings.TrimSpace(strings.TrimPrefix(text, c.name+"*"))
	text = s.secrets.Load().HideCut(text)
	return &clientError{fmt.Sprintf("client %s: %s", c.name, text), f.Code}
}

// end closes everything; another signal drops what is left.
func (s *service) end() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		s.close(ctx)
	}()
	select {
	case <-closed:
	case <-s.env.Signals:
		cancel()
		<-closed
	}
}

// feed sends each line of stdin to all clients; the first waits for one.
func (s *service) feed(ctx context.Context, binary bool) {
	op := wire.OpText
	if binary {
		op = wire.OpBinary
	}
	in := bufio.NewReaderSize(s.env.Stdin, showBuffer)
	for n := int64(1); ; n++ {
		line, err := readLine(in)
		if err != nil && (len(line) == 0 || !errors.Is(err, io.EOF)) {
			if !errors.Is(err, io.EOF) {
				s.fed <- &repl.ReadError{Err: err}
			}
			return
		}
		if !binary && !utf8.Valid(line) {
			s.fed <- &repl.LineError{Line: n, Unit: "line"}
			return
		}
		if s.deliver(ctx, op, line) != nil {
			return
		}
	}
}

// deliver sends a line to who is there, or comes first.
func (s *service) deliver(ctx context.Context, op wire.Opcode, line []byte) error {
	for {
		if err := s.anybody(ctx); err != nil {
			return err
		}
		if !errors.Is(s.Send(op, line), errNobodyThere) {
			return nil // or all of them are about to leave
		}
	}
}

// errLongLine is a line that would have to be held whole.
func errLongLine() error {
	return fmt.Errorf("a line is longer than %s", plural.Size(target.MaxMessage))
}

// readLine reads a line without its end, LF or CRLF.
func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		piece, err := in.ReadSlice('\n')
		line = append(line, piece...)
		switch {
		case len(line) > target.MaxMessage:
			return nil, errLongLine()
		case err == bufio.ErrBufferFull:
			continue
		case err == nil:
			line = line[:len(line)-1]
			if n := len(line); n > 0 && line[n-1] == '\r' {
				line = line[:n-1]
			}
		}
		return line, err
	}
}

// fingerprint is that of the certificate, as browsers and openssl show it.
func fingerprint(c *config) string {
	sum := sha256.Sum256(c.server.TLS.Certificates[0].Certificate[0])
	return "SHA-256 " + strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}
