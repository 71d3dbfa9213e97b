package listen

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"wsline/format"
	"wsline/internal/hide"
	"wsline/internal/listen"
	"wsline/internal/record"
	"wsline/internal/redact"
	"wsline/internal/wire"
	"wsline/script/wst"
	"wsline/session"
)

// leaveTime is how long the closing handshakes with all clients may take.
const leaveTime = 2 * time.Second

// patience is how long a client that does not read may keep the others waiting.
const patience = 30 * time.Second

// A hall is where the clients of a server are. Its methods may be called concurrently.
type hall struct {
	c        *config
	server   *listen.Server
	recorder *record.Recorder
	patience time.Duration
	show     func(name string, ev *session.Event) // is called concurrently
	secrets  atomic.Pointer[redact.Redactor]      // of the script that is played

	mu      sync.Mutex
	clients []client      // in the order in which they came
	limited int64         // the process's memory limit, as it was or as we have set it
	came    chan struct{} // closed when there is one, for who waits for that
	ended   chan client   // gets who has gone, when somebody waits for that
}

// A client is one of them.
type client struct {
	name string
	s    *session.Session
}

// errNobodyThere is of what is sent to nobody.
var errNobodyThere = errors.New("not sent: no client is connected")

func newHall(c *config, recorder *record.Recorder) *hall {
	h := &hall{
		c: c, recorder: recorder, patience: patience,
		came: make(chan struct{}), ended: make(chan client, 1), limited: math.MaxInt64,
	}
	if c.vars != nil {
		h.hide(c.vars)
	}
	return h
}

// listen starts the server. Log is told who is refused.
func (h *hall) listen(log func(text string)) error {
	cfg := h.c.server
	cfg.Log = func(text string) { log(h.secrets.Load().HideCut(text)) }
	if h.c.script == nil {
		cfg.Handle = h.greet
	}
	var err error
	h.mu.Lock()
	h.collect()
	h.mu.Unlock()
	if h.server, err = listen.Listen(&cfg); err != nil {
		return &listenError{cfg.Addr, err}
	}
	return nil
}

// url is where the server is.
func (h *hall) url() string { return h.server.Scheme() + "://" + h.server.Addr().String() + "/" }

// greet lets a client in.
func (h *hall) greet(r *listen.Request) {
	name := strconv.Itoa(r.ID)
	handle := func(ev *session.Event) { h.event(name, ev) }
	open := r.Open
	if h.c.typed.demo {
		open = func(cfg *session.Config, handle func(*session.Event)) (*session.Session, error) {
			return listen.Demo(r, cfg, handle)
		}
	}
	cfg := &h.c.session
	if cfg.Watch && !cfg.Frames && h.c.frames.Now() != format.FramesOff {
		framed := *cfg
		framed.Frames, cfg = true, &framed
	}
	s, err := open(cfg, handle)
	if err != nil {
		return // it has gone already
	}
	c := client{name, s}
	h.enter(c)
	s.AfterDone(func() { h.leave(c) })
}

func (h *hall) enter(c client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clients = append(h.clients, c)
	h.collect()
	if len(h.clients) == 1 {
		close(h.came)
	}
}

func (h *hall) leave(c client) {
	h.mu.Lock()
	h.clients = slices.DeleteFunc(h.clients, func(other client) bool { return other.name == c.name })
	h.collect()
	if len(h.clients) == 0 {
		h.came = make(chan struct{})
	}
	h.mu.Unlock()
	select {
	case h.ended <- c:
	default:
	}
}

// hide says what is secret of the variables of the script that is played.
func (h *hall) hide(vars *wst.Vars) {
	h.secrets.Store(vars.Redactor())
	if t := h.recorder.Script(); t != nil && vars.Redactor() != nil {
		t.Hide(vars.Clone())
	}
}

// event is the handler of every client. Whoever shows or records it knows no secrets of the script,
// but for a conversation, which has variables in their place.
func (h *hall) event(name string, ev *session.Event) {
	shown := h.secrets.Load().Event(ev)
	switch {
	case h.recorder.Script() != nil:
		h.recorder.EventOf(name, h.recorded(ev))
	case h.recorder != nil:
		h.recorder.EventOf(name, h.recorded(shown))
	}
	h.show(name, shown)
}

// recorded is an event as it is recorded: a conversation and an archive are the client's, so that they
// can be played again.
func (h *hall) recorded(ev *session.Event) *session.Event {
	if h.c.record.KeepsFrames() {
		return ev
	}
	theirs := *ev
	switch ev.Kind {
	case session.KindMessage, session.KindPing, session.KindPong, session.KindClose,
		session.KindFrame:
		theirs.Dir = session.In + session.Out - ev.Dir
	}
	return &theirs
}

// present are the clients that are there.
func (h *hall) present() []client {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.clients)
}

// find is a client by its name.
func (h *hall) find(name string) (*session.Session, error) {
	var names []string
	for _, c := range h.present() {
		if c.name == name {
			return c.s, nil
		}
		names = append(names, c.name)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("there is no client %q: none is connected", name)
	}
	return nil, fmt.Errorf("there is no client %q: connected are %v", name, names)
}

// anybody waits until somebody is there.
func (h *hall) anybody(ctx context.Context) error {
	h.mu.Lock()
	came := h.came
	h.mu.Unlock()
	select {
	case <-came:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// each does something with everybody at the same time, so that all wait for the slowest. One that lets
// others wait for longer than patience is dropped. An error that all of them had is returned.
func (h *hall) each(do func(s *session.Session) error) error {
	list := h.present()
	if len(list) == 0 {
		return errNobodyThere
	}
	if len(list) == 1 {
		return do(list[0].s)
	}
	errs := make([]error, len(list))
	var all sync.WaitGroup
	for i, c := range list {
		all.Go(func() {
			stuck := time.AfterFunc(h.patience, c.s.Drop)
			defer stuck.Stop()
			errs[i] = do(c.s)
		})
	}
	all.Wait()
	if slices.Contains(errs, nil) {
		return nil
	}
	return errs[0]
}

// Send sends a message to everybody.
func (h *hall) Send(op wire.Opcode, payload []byte) error {
	return h.each(func(s *session.Session) error { return s.Send(op, payload) })
}

// close ends it all within leaveTime, or at once when ctx ends.
func (h *hall) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, leaveTime)
	defer cancel()
	h.server.Close(ctx)
}

// openText says who came.
func openText(ev *session.Event) string {
	h := ev.Handshake
	text := "connected from " + h.Remote.String()
	path := hide.URL(h.URL)
	if u := *h.URL; u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		text += " to " + path
	}
	if h.Subprotocol != "" {
		text += ", subprotocol " + strconv.Quote(h.Subprotocol)
	}
	if h.Compressed {
		text += ", permessage-deflate"
	}
	return text
}
