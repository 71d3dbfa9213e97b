package repl

import (
	"context"
	"io"
	"os"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/session"
)

// Message is something to send.
type Message wire.Message

// Pipe is a conversation without a terminal: what is read is sent, what comes is printed. Its fields are
// not changed while it runs.
type Pipe struct {
	In     io.Reader // nil: nothing is read
	Delim  byte      // ends a message in In
	Whole  bool      // all of In is one message
	Binary bool      // what is read is sent as binary
	// Fragment is the size in bytes above which a message is sent in frames of that size; 0: any size.
	Fragment int
	Size     int64             // bytes of In, when it is Whole and known
	Progress func(text string) // told how the sending of Whole goes, "" when it is over; nil: nobody
	Slash    bool              // what is read may be commands, as in a talk
	// QuietReplies leaves out what is answered by itself, and the answers, but for PrintSent. What is
	// left out is not counted, and breaks no silence, as heartbeats and what answers them.
	QuietReplies bool
	// JSON reads a JSON object from each line of In, which says what to do (docs/events.md).
	JSON    bool
	Say     func(string)                        // what a command has to tell; nil: nobody
	Show    func(lines string)                  // what Views.Headers made; nil: Say
	Unquote func(quoted string) ([]byte, error) // as that of command.Env

	Out    io.Writer
	Print  func(dst []byte, ev *session.Event) []byte // what goes to Out
	Status func(ev *session.Event)                    // told every event but messages; nil: nobody
	// Of what we send, which is told with session.Config.Watch, Print and Status get the frames and
	// the pings, and Print all with PrintSent.
	PrintSent bool
	// PassOn is told first what takes what Print has appended so far, and returns what it goes on
	// with, so that it need not append something long as a whole; nil: nobody.
	PassOn   func(pass func(dst []byte) []byte)
	Tap      func(ev *session.Event) // told every event first; nil: nobody
	Views    Views
	Extra    command.Extra // of Slash
	Snippets string        // the folder of /snippet; "": there is none
	// Took is told the messages that have come, behind Print. Printing is asked when all of them are
	// about to be written to Out, and what it returns is called when they have been. nil: nobody.
	Took     func(ev *session.Event)
	Printing func() (printed func())

	Connect func(ctx context.Context, handle func(*session.Event)) (*session.Session, error)
	// Again opens a connection in the place of one that has ended, and tells a KindGap before its
	// KindOpen. Both nil: that end stands, as where Again is nil. An error is why no other came.
	Again func(ctx context.Context, end *session.End, handle func(*session.Event)) (
		*session.Session, error)
	Resend bool      // what may not have arrived is sent again on the next connection
	OnOpen []Message // sent first, on each connection
	// Welcome does on each connection what is done before anything else is sent, behind OnOpen. An error that
	// is not session.ErrClosed ends the run. ctx ends with it. nil: nothing.
	Welcome func(ctx context.Context, s *session.Session) error
	Execute []Message // sent after them, once

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
	Terminated  bool         // by another signal, SIGTERM or SIGHUP
	HungUp      bool         // that was SIGHUP
	Abandoned   bool         // a signal gave up the output, which may be stuck; what stood in it is lost
	Unsent      bool         // the connection ended before all of the input that had come was sent
	Awaiting    bool         // it ended while more input was waited for
	Gone        bool         // nobody read Out any more: how the connection ended decides nothing
	Idle        bool         // it was left after Wait, with nothing read, nothing sent and nothing received
	Met         bool         // the count or the expectation was reached: how the connection ended decides nothing
	Messages    int64        // how many came
	From, To    int64        // the first and the last message of the input that may not have arrived, with Again
	Err         error        // *LineError, *CommandError, *ExpectError, *CountError, *ReadError, *WriteError
}

// Run connects, sends, prints, and returns when it is over. A goroutine may be left that waits for In,
// which cannot be interrupted; it touches nothing but In after Run has returned. When signals have given
// up what is stuck, so may others be that are in a write, or in Status or Tap.
func (p *Pipe) Run(ctx context.Context) Result {
	r := &pipeRun{Pipe: p, out: newOutput(p.Out), reached: make(chan struct{}), sent: make(chan error, 1)}
	r.lives.init(p)
	r.out.handing = p.Printing
	if p.PassOn != nil {
		p.PassOn(r.out.pass)
	}
	r.sieve.init(&p.Views)
	r.showing = r.show
	res := r.run(ctx)
	if err := r.out.close(); err != nil {
		if res.Gone = isGone(err); !res.Gone && res.Err == nil {
			res.Err = &WriteError{err}
		}
	}
	return res
}

// pipeRun is one run of a pipe.
type pipeRun struct {
	*Pipe
	out *output
	s   *session.Session // the present one

	lives    lives
	welcomes sync.WaitGroup
	welcome  welcome
	past     session.Stats // of the connections before r.s: messages

	sent chan error // what ended the input, nil for its end; one value

	// Of the goroutine that feeds.
	to    *session.Session
	batch *session.Batch // of to; nil while messages are sent by themselves
	fed   bool           // something was read; anybody's after sent
	// together: the pieces are sent by togetherOn, which asks the batch what has left.
	together bool

	// Owned by the session's handler.
	done    bool // reached is closed
	lastAt  time.Time
	sieve   sieve
	showing func(ev *session.Event) // show, made once

	counted  atomic.Int64  // messages that count
	reached  chan struct{} // closed when the count or the expectation is reached
	last     atomic.Int64  // when the last message came, Unix nanoseconds
	readFrom atomic.Int64  // since when the input is waited for, 0 when it is not
}

func (r *pipeRun) run(ctx context.Context) (res Result) {
	r.welcome.init(ctx)
	defer r.welcome.cancel()
	s, signal, err := r.connect(ctx, &res)
	if signal != nil {
		res.note(signal)
	}
	if s == nil {
		if signal == nil {
			res.ConnectErr = err
		}
		if !res.Abandoned {
			r.out.flush() // notices: no event of a connection makes them due
			r.drain(&res)
		}
		return res
	}
	if signal != nil {
		r.welcome.cancel() // it has only to let go of the connection
		r.live(s)
		r.interrupt(signal, &res)
	} else {
		r.live(s)
		go r.feed(ctx)
		r.converse(ctx, &res)
	}
	r.lives.end()
	select {
	case <-r.s.Done():
		res.End = r.s.Wait()
		r.welcomes.Wait()
		if why := r.welcome.ended; why != nil && res.Err == nil && !r.isReached() {
			res.Err, res.Unsent = why, false
		}
		if r.lives.on && res.End.Cause != session.CauseClosed {
			res.From, res.To = r.lives.unheard()
		}
	default: // it was given up
	}
	res.Messages = r.past.MessagesIn + r.s.Stats().MessagesIn
	r.judge(&res)
	r.drain(&res)
	return res
}

// connect opens the connection; a signal ends that, if it is not too late, and another one the waiting for
// a Status that does not return.
func (r *pipeRun) connect(ctx context.Context, res *Result) (*session.Session, os.Signal, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
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
		select {
		case o := <-ready: // it may have been open already
			return o.s, signal, o.err
		case <-r.Signals:
			r.abandon(res)
			return nil, signal, nil
		}
	}
}

// opened is what came of connecting.
type opened struct {
	s   *session.Session
	err error
}

// event prints; it is the session's handler.
func (r *pipeRun) event(ev *session.Event) {
	r.lives.event(ev)
	if ev.Kind == session.KindMessages && r.oneByOne() {
		r.each(ev)
		return
	}
	if r.Tap != nil {
		r.Tap(ev)
	}
	switch {
	case isQuiet(ev, r.QuietReplies), ev.Auto && ev.Dir == session.Out:
		if r.PrintSent || !isQuiet(ev, r.QuietReplies) {
			r.out.print(r.Print, ev)
		}
	case ev.Dir == session.Out && ev.Kind != session.KindFrame && ev.Kind != session.KindPing:
		if r.PrintSent {
			r.out.print(r.Print, ev)
		}
	case ev.Kind == session.KindMessage:
		r.noteTime(ev.Time)
		isMore := r.isMore()
		if r.sieve.pass(ev, r.showing); r.Took != nil && !isMore {
			r.Took(ev)
		}
	case ev.Kind == session.KindMessages:
		r.noteTime(ev.Time)
		if r.out.print(r.Print, ev); r.Took != nil {
			r.Took(ev)
		}
	default:
		r.out.print(r.Print, ev)
		if r.Status != nil {
			r.Status(ev)
		}
	}
}

// oneByOne says that messages which came together are to be looked at one after the other.
func (r *pipeRun) oneByOne() bool {
	return r.Tap != nil || r.Count > 0 || r.Expect != nil || !r.sieve.isOpen()
}

// each takes messages that came together one after the other.
func (r *pipeRun) each(ev *session.Event) {
	one := session.Event{Kind: session.KindMessage, Time: ev.Time}
	for _, m := range ev.Messages {
		one.Opcode, one.Payload = m.Opcode, m.Payload
		r.event(&one)
	}
}

// show prints a message, or what a filter made of it, unless it is more than was asked for.
func (r *pipeRun) show(ev *session.Event) {
	if r.isMore() {
		return
	}
	r.out.print(r.Print, ev)
	r.came(ev)
}

// isMore says that what comes is more than was asked for.
func (r *pipeRun) isMore() bool { return r.Count > 0 && r.counted.Load() >= r.Count }

func (r *pipeRun) noteTime(at time.Time) {
	if at != r.lastAt {
		r.lastAt = at
		r.last.Store(at.UnixNano())
	}
}

// came counts a message that was printed, and notes whether it is the one that was waited for.
func (r *pipeRun) came(ev *session.Event) {
	if ev.More || r.Count == 0 && r.Expect == nil || r.done {
		return
	}
	n := r.counted.Add(1)
	if r.Count > 0 && n >= r.Count || r.Expect != nil && r.Expect.Match(ev.Payload) {
		r.done = true
		close(r.reached)
	}
}
