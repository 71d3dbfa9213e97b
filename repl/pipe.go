package repl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"sync/atomic"
	"syscall"
	"time"
	"unicode/utf8"

	"wsline/session"

	"wsline/internal/wire"
)

const (
	// quietInput is how long stdin must be silent for a count or an expectation that is reached to end a
	// pipe whose stdin stays open: what has been piped already is always sent.
	quietInput = 100 * time.Millisecond
	// unsentTime is how long a read of stdin takes that waits for more.
	unsentTime = 10 * time.Millisecond
	// maxReachedTime is how long the rest of the input is sent when a count or an expectation is reached.
	maxReachedTime = 10 * time.Second
	// hurryTime is how long the closing handshake may take when it decides nothing any more.
	hurryTime = 2 * time.Second
	// goneTime is how long the closing handshake may take when nobody reads what comes any more.
	goneTime = time.Second
	// termTime is how long the end may take after a SIGTERM.
	termTime = 10 * time.Second
)

// Message is something to send.
type Message struct {
	Op      wire.Opcode // OpText or OpBinary
	Payload []byte
}

// Pipe is a conversation without a terminal: what is read is sent, what comes is printed. Its fields are
// not changed while it runs.
type Pipe struct {
	In     io.Reader // nil: nothing is read
	Delim  byte      // ends a message in In
	Whole  bool      // all of In is one message
	Binary bool      // what is read is sent as binary
	// Fragment is the size in bytes above which what is read is sent in frames of that size; 0: any size.
	Fragment int
	Size     int64             // bytes of In, when it is Whole and known
	Progress func(text string) // told how the sending of Whole goes, "" when it is over; nil: nobody
	Slash    bool              // what is read may be commands, as in a talk
	Say      func(string)      // what a command has to tell; nil: nobody

	Out    io.Writer
	Print  func(dst []byte, ev *session.Event) []byte // what goes to Out
	Status func(ev *session.Event)                    // told every event after it was printed

	Connect func(ctx context.Context, handle func(*session.Event)) (*session.Session, error)
	OnOpen  []Message // sent first
	Execute []Message // sent after them

	Wait    time.Duration  // stay this long after the end without a message; negative: until the peer closes
	Count   int64          // print as many messages, and leave; 0: no count
	Expect  *regexp.Regexp // leave when a message matches; nil: none
	Timeout time.Duration  // for Count and Expect, from the opening; 0: no limit

	Signals <-chan os.Signal
}

// Result is how a pipe or a talk ended.
type Result struct {
	End         *session.End // nil when no connection was opened
	ConnectErr  error        // why not
	Interrupted bool         // by Ctrl-C
	Terminated  bool         // by SIGTERM
	Unsent      bool         // the connection ended before all of the input that had come was sent
	Met         bool         // the count or the expectation was reached: how the connection ended decides nothing
	Messages    int64        // how many came
	Err         error        // *LineError, *CommandError, *ExpectError, *CountError, *ReadError, *WriteError
}

// LineError is input that cannot be sent as text; nothing after it was sent.
type LineError struct {
	Line int64  // the first is 1
	Unit string // "line", "message" (NUL-delimited) or "input" (the whole)
}

func (e *LineError) Error() string {
	if e.Unit == "input" {
		return "stdin is not valid UTF-8"
	}
	return fmt.Sprintf("%s %d of stdin is not valid UTF-8", e.Unit, e.Line)
}

// CommandError is a command that cannot be run; it sent nothing, and nothing after it was sent.
type CommandError struct {
	Line int64  // the first is 1
	Unit string // "line" or "message"
	Err  error
}

func (e *CommandError) Error() string {
	return fmt.Sprintf("%s %d: %v", e.Unit, e.Line, e.Err)
}
func (e *CommandError) Unwrap() error { return e.Err }

// ExpectError is an expectation that no message met.
type ExpectError struct {
	Pattern string
	Timeout time.Duration // that passed; 0 when the connection ended before
}

func (e *ExpectError) Error() string {
	if e.Timeout > 0 {
		return fmt.Sprintf("no message matched %q within %s", e.Pattern, e.Timeout)
	}
	return fmt.Sprintf("no message matched %q before the connection ended", e.Pattern)
}

// CountError is a count of messages that was not reached.
type CountError struct {
	Want, Got int64
	Timeout   time.Duration // that passed; 0 when the connection ended before
}

func (e *CountError) Error() string {
	if e.Timeout == 0 {
		return fmt.Sprintf("%d of %d messages came before the connection ended", e.Got, e.Want)
	}
	return fmt.Sprintf("%d of %d messages came within %s", e.Got, e.Want, e.Timeout)
}

// ReadError is an input that cannot be read.
type ReadError struct{ Err error }

func (e *ReadError) Error() string { return "stdin cannot be read: " + e.Err.Error() }
func (e *ReadError) Unwrap() error { return e.Err }

// WriteError is an output that cannot be written.
type WriteError struct{ Err error }

func (e *WriteError) Error() string { return "stdout cannot be written: " + e.Err.Error() }
func (e *WriteError) Unwrap() error { return e.Err }

// Run connects, sends, prints, and returns when it is over. A goroutine may be left that waits for In,
// which cannot be interrupted; it touches nothing but In after Run has returned.
func (p *Pipe) Run(ctx context.Context) Result {
	r := &pipeRun{Pipe: p, out: newOutput(p.Out), reached: make(chan struct{}), sent: make(chan error, 1)}
	res := r.run(ctx)
	if err := r.out.close(); err != nil && res.Err == nil && !isGone(err) {
		res.Err = &WriteError{err}
	}
	return res
}

// pipeRun is one run of a pipe.
type pipeRun struct {
	*Pipe
	out *output
	s   *session.Session

	sent chan error // what ended the input, nil for its end; one value

	// Owned by the session's reader.
	done    bool // reached is closed
	counted int64
	lastAt  time.Time

	reached  chan struct{} // closed when the count or the expectation is reached
	last     atomic.Int64  // when the last message came, Unix nanoseconds
	readFrom atomic.Int64  // since when the input is waited for, 0 when it is not
}

func (r *pipeRun) run(ctx context.Context) (res Result) {
	s, signal, err := r.connect(ctx)
	if signal != nil {
		res.note(signal)
	}
	if s == nil {
		if signal == nil {
			res.ConnectErr = err
		}
		return res
	}
	r.s = s
	if signal != nil {
		r.interrupt(signal, &res)
	} else {
		go r.feed(ctx)
		r.converse(&res)
	}
	res.End = s.Wait()
	res.Messages = s.Stats().MessagesIn
	r.judge(&res)
	r.drain(&res)
	return res
}

// connect opens the connection; a signal ends that, if it is not too late.
func (r *pipeRun) connect(ctx context.Context) (*session.Session, os.Signal, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type opened struct {
		s   *session.Session
		err error
	}
	ready := make(chan opened, 1)
	go func() {
		s, err := r.Connect(ctx, r.event)
		ready <- opened{s, err}
	}()
	select {
	case o := <-ready:
		return o.s, nil, o.err
	case signal := <-r.Signals:
		cancel()
		o := <-ready // it may have been open already
		return o.s, signal, o.err
	}
}

// event prints; it is the session's handler.
func (r *pipeRun) event(ev *session.Event) {
	if !r.isSurplus(ev) {
		r.out.print(r.Print, ev)
	}
	if ev.Kind == session.KindMessage {
		r.came(ev)
	} else if r.Status != nil {
		r.Status(ev)
	}
}

// isSurplus says whether a message is more than was asked for.
func (r *pipeRun) isSurplus(ev *session.Event) bool {
	return r.Count > 0 && r.counted >= r.Count && ev.Kind == session.KindMessage
}

// came notes that a message came, and whether it is the one that was waited for.
func (r *pipeRun) came(ev *session.Event) {
	if at := ev.Time; at != r.lastAt {
		r.lastAt = at
		r.last.Store(at.UnixNano())
	}
	if ev.More || r.Count == 0 && r.Expect == nil || r.done {
		return
	}
	r.counted++
	if r.Count > 0 && r.counted >= r.Count || r.Expect != nil && r.Expect.Match(ev.Payload) {
		r.done = true
		close(r.reached)
	}
}

// feed sends everything there is to send, and then says what ended it.
func (r *pipeRun) feed(ctx context.Context) {
	err := r.sendAll(ctx)
	if !errors.Is(err, session.ErrClosed) {
		_ = r.s.Flush() // when the connection ends before, that is the session's to tell
	}
	r.sent <- err
}

func (r *pipeRun) sendAll(ctx context.Context) error {
	for _, list := range [][]Message{r.OnOpen, r.Execute} {
		for _, m := range list {
			if err := r.s.Send(m.Op, m.Payload); err != nil {
				return err
			}
		}
	}
	switch {
	case r.In == nil:
		return nil
	case r.Whole:
		return r.sendWhole()
	}
	return r.sendPieces(ctx)
}

// sendWhole sends all of the input as one message, and holds no more of it than a fragment.
func (r *pipeRun) sendWhole() error {
	in := r.watched()
	if r.Fragment == 0 {
		all, err := io.ReadAll(in)
		if err != nil {
			return &ReadError{err}
		}
		return r.send(all, notText)
	}
	piece := make([]byte, r.Fragment)
	n, err := io.ReadFull(in, piece)
	if isEnd(err) {
		return r.send(piece[:n], notText)
	}
	w := r.s.NewWriter(r.opcode())
	told := progress{tell: r.Progress, total: r.Size}
	defer told.end()
	for ; err == nil || isEnd(err) && n > 0; n, err = io.ReadFull(in, piece) {
		if _, err := w.Write(piece[:n]); err != nil {
			return textError(err, notText)
		}
		told.add(n)
	}
	if !isEnd(err) {
		return &ReadError{err}
	}
	return textError(w.Close(), notText)
}

// isEnd says whether io.ReadFull met the end of the input.
func isEnd(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }

func notText() *LineError { return &LineError{Unit: "input"} }

func (r *pipeRun) sendPieces(ctx context.Context) error {
	unit := "line"
	if r.Delim == 0 {
		unit = "message"
	}
	env := r.env()
	in := newSplitter(r.watched(), r.Delim)
	for n := int64(1); ; n++ {
		piece, err := in.next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return &ReadError{err}
		}
		if env != nil && bytes.HasPrefix(piece, []byte("/")) {
			err = r.command(ctx, env, string(piece), n, unit)
		} else {
			err = r.send(piece, func() *LineError { return &LineError{Line: n, Unit: unit} })
		}
		if err != nil {
			return err
		}
	}
}

// env is what commands act on, nil when there are none.
func (r *pipeRun) env() *Env {
	if !r.Slash {
		return nil
	}
	say := r.Say
	if say == nil {
		say = func(string) {}
	}
	return SessionEnv(r.s, say)
}

func (r *pipeRun) command(ctx context.Context, env *Env, line string, n int64, unit string) error {
	err := env.Do(ctx, line)
	if err == nil || errors.Is(err, session.ErrClosed) {
		return err
	}
	return &CommandError{Line: n, Unit: unit, Err: err}
}

// send sends one message, in fragments when it is larger than one may be.
func (r *pipeRun) send(payload []byte, not func() *LineError) error {
	if r.Fragment == 0 || len(payload) <= r.Fragment {
		return textError(r.s.Send(r.opcode(), payload), not)
	}
	if !r.Binary && !utf8.Valid(payload) {
		return not()
	}
	w := r.s.NewWriter(r.opcode())
	for len(payload) > 0 {
		n := min(len(payload), r.Fragment)
		if _, err := w.Write(payload[:n]); err != nil {
			return err
		}
		payload = payload[n:]
	}
	return w.Close()
}

func (r *pipeRun) opcode() wire.Opcode {
	if r.Binary {
		return wire.OpBinary
	}
	return wire.OpText
}

// textError says where the text is that is not UTF-8.
func textError(err error, not func() *LineError) error {
	if err == session.ErrNotUTF8 {
		return not()
	}
	return err
}

// watched is the input, with a note of since when it is waited for.
func (r *pipeRun) watched() io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		r.readFrom.Store(time.Now().UnixNano())
		defer r.readFrom.Store(0)
		return r.In.Read(p)
	})
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// converse stays until the conversation is over or there is a reason to end it, and then begins the
// closing handshake.
func (r *pipeRun) converse(res *Result) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	timer.Stop()
	var limit <-chan time.Time
	if r.Timeout > 0 && (r.Count > 0 || r.Expect != nil) {
		limit = time.After(r.Timeout)
	}
	var ended bool // all of the input has been sent
	reached, sent := r.reached, r.sent
	for {
		select {
		case <-r.s.Done():
			res.Unsent = res.Unsent || !ended && r.unsent()
			return
		case err := <-sent:
			ended, sent = true, nil
			if res.Unsent = errors.Is(err, session.ErrClosed); err != nil && !res.Unsent {
				res.Err = err
			}
			if r.isReached() {
				r.leave(wire.StatusNormalClosure, res)
				return
			}
			if r.Wait >= 0 {
				timer.Reset(r.Wait)
			}
		case <-reached:
			reached, limit = nil, time.After(r.reachedTime())
			timer.Reset(0)
		case <-timer.C:
			if left := r.remaining(ended); left > 0 {
				timer.Reset(left)
				continue
			}
			r.leave(wire.StatusNormalClosure, res)
			return
		case <-limit:
			if !r.isReached() {
				res.Err = r.lateError()
			}
			r.leave(wire.StatusNormalClosure, res)
			return
		case <-r.out.failed:
			r.leaveGone()
			return
		case signal := <-r.Signals:
			r.interrupt(signal, res)
			return
		}
	}
}

// unsent says whether there is input that the connection's end left unsent. Input that has not come yet
// is none.
func (r *pipeRun) unsent() bool {
	for {
		select {
		case err := <-r.sent:
			return errors.Is(err, session.ErrClosed)
		case <-time.After(unsentTime):
		}
		from := r.readFrom.Load()
		if from != 0 && time.Now().UnixNano()-from >= int64(unsentTime) {
			return false
		}
	}
}

// remaining is how long the pipe stays yet.
func (r *pipeRun) remaining(ended bool) time.Duration {
	now := time.Now().UnixNano()
	if r.isReached() {
		if from := r.readFrom.Load(); !ended && (from == 0 || now-from < int64(quietInput)) {
			return quietInput
		}
		return 0
	}
	if r.out.isWaiting() {
		return max(r.Wait, time.Millisecond)
	}
	return r.Wait - time.Duration(now-max(r.last.Load(), 0))
}

// reachedTime is how long the rest of the input may yet take to be sent once all is there that was waited
// for: the input may be endless, and the peer may not take it.
func (r *pipeRun) reachedTime() time.Duration {
	if r.Timeout > 0 {
		return r.Timeout
	}
	return maxReachedTime
}

func (r *pipeRun) isReached() bool {
	select {
	case <-r.reached:
		return true
	default:
		return false
	}
}

func (r *pipeRun) lateError() error {
	if r.Expect != nil {
		return &ExpectError{Pattern: r.Expect.String(), Timeout: r.Timeout}
	}
	return &CountError{Want: r.Count, Got: r.s.Stats().MessagesIn, Timeout: r.Timeout}
}

// leave begins the closing handshake and waits for its end; signals still count. Who sent a SIGTERM
// may not send another when the output is stuck.
func (r *pipeRun) leave(code wire.StatusCode, res *Result) {
	_ = r.s.Close(code, "") // ErrClosed: the end is near already
	late := r.leaveTime(res)
	for {
		select {
		case <-r.s.Done():
			return
		case <-r.out.failed:
			r.leaveGone()
			return
		case signal := <-r.Signals:
			res.note(signal)
			r.out.abandon()
			r.s.Drop()
		case <-late:
			late = nil
			if res.Terminated {
				r.out.abandon()
			}
			r.s.Drop()
		}
	}
}

// leaveTime is when the closing handshake is broken off; the session has its own limit for a silent peer.
func (r *pipeRun) leaveTime(res *Result) <-chan time.Time {
	switch {
	case res.Terminated:
		return time.After(termTime)
	case r.isReached() || res.Err != nil:
		return time.After(hurryTime)
	}
	return nil
}

// drain waits until all that came has been written; a signal ends the waiting for an output that is
// stuck.
func (r *pipeRun) drain(res *Result) {
	select {
	case <-r.out.end():
	case signal := <-r.Signals:
		res.note(signal)
		r.out.abandon()
	}
}

// leaveGone ends a conversation whose output nobody reads any more.
func (r *pipeRun) leaveGone() {
	_ = r.s.Close(wire.StatusNormalClosure, "")
	timer := time.AfterFunc(goneTime, r.s.Drop)
	defer timer.Stop()
	<-r.s.Done()
}

func (r *pipeRun) interrupt(signal os.Signal, res *Result) {
	res.note(signal)
	code := wire.StatusNormalClosure
	if !res.Interrupted {
		code = wire.StatusGoingAway
	}
	r.leave(code, res)
}

func (res *Result) note(signal os.Signal) {
	if signal == os.Interrupt {
		res.Interrupted = true
	} else if !res.Interrupted {
		res.Terminated = true
	}
}

// judge says what an expectation that was not met makes of the end.
func (r *pipeRun) judge(res *Result) {
	res.Met = r.isReached()
	switch {
	case res.Met || res.Err != nil || res.Interrupted || res.Terminated:
	case r.Expect != nil:
		res.Err = &ExpectError{Pattern: r.Expect.String()}
	case r.Count > 0:
		res.Err = &CountError{Want: r.Count, Got: res.Messages}
	}
}

// isGone says that an output's reader went away, which is no error.
func isGone(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
