// Package transcript makes a script of a talk: what was sent and what came, as lines that pass when
// they are run again against the same server. A Writer writes each event as it happens, a Log keeps
// a talk so that it can be written at any time.
//
// It runs nothing, and does not know where the lines go. How a single event is written is a matter
// of script/wst, what in a message may be another another time one of script/match.
//
// A Writer and a Log may be used concurrently; neither waits. What a Log keeps is bounded.
package transcript

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"wsline/format"
	"wsline/internal/dial"
	"wsline/internal/hide"
	"wsline/internal/wire"
	"wsline/script/match"
	"wsline/script/wst"
	"wsline/session"
)

const (
	// slowGap is the silence before something that came from which on more time is asked for than
	// an expectation has.
	slowGap = 4 * time.Second
	// maxPlaces is how many comments are remembered as told, and maxTold how many places of one
	// message are told.
	maxPlaces, maxTold = 1000, 12
	// maxUnanswered is how many pings of ours may wait for their pongs.
	maxUnanswered = 256
)

// An Opening is how a connection is opened again.
type Opening struct {
	Words string   // what stands behind /connect
	Notes []string // comments, such as how to give what Words have variables for
}

// A Writer writes what happens in a talk as a script that passes when it is run again against
// the same server: what may be another another time is a wildcard, what comes by the clock is left
// out, and what took its time gets it. It may be used concurrently. The zero value is ready.
type Writer struct {
	Exact   bool // all as it was: no wildcards, and the pings of the server too
	Secrets bool // a URL that an event tells of is written with what is secret in it

	mu      sync.Mutex
	conns   map[string]*told
	notes   []string        // lines that stand before the next event's
	told    map[string]bool // comments that stand once: how to give secrets, sets of places
	last    time.Time       // of the line before
	timeout time.Duration
	vars    *wst.Vars         // whose secrets are hidden; nil: none are
	given   map[string]string // secrets that the script must be given, and their values
}

// told is what is known of one connection.
type told struct {
	opening Opening
	source  typedSource
	pings   [][]byte // of ours, whose pongs have not come
}

// conn is the connection of a name.
func (t *Writer) conn(name string) *told {
	c := t.conns[name]
	if c == nil {
		if t.conns == nil {
			t.conns = map[string]*told{}
		}
		c = &told{}
		t.conns[name] = c
	}
	return c
}

// typedSource is a line with variables that was typed, and the message that it became.
type typedSource struct{ message, source string }

// Open says how the connection with that name is opened when it is told of from now on.
func (t *Writer) Open(name string, o Opening) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conn(name).opening = o
}

// Note adds a command that was typed for a connection, and of which no event tells.
func (t *Writer) Note(at time.Time, name, command string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	line := name + "> " + wst.IndentLines(wst.SafeTyped(command))
	lines := t.appendLines(nil, line, writes(line))
	t.notes = append(t.notes, strings.TrimSuffix(string(lines), "\n"))
	t.last = at
}

// Typed says that the next text message of a connection, if it is this, was typed as source, as a
// script has it.
func (t *Writer) Typed(name, message, source string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conn(name).source = typedSource{message, source}
}

// Line appends the lines for an event; it is what format.RecordOptions.Line is for.
func (t *Writer) Line(dst []byte, name string, ev *session.Event) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.conn(name)
	if t.leavesOut(c, ev) {
		return dst
	}
	dst = t.appendNotes(dst)
	switch {
	case ev.Kind == session.KindOpen:
		dst = t.connect(dst, name, ev.Handshake)
	case ev.Kind == session.KindEnd:
		return t.end(dst, name, ev)
	default:
		dst = t.said(dst, name, ev)
	}
	t.last = ev.Time
	return dst
}

// Rest appends the lines that stand behind the last event's.
func (t *Writer) Rest(dst []byte) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.appendNotes(dst)
}

func (t *Writer) appendNotes(dst []byte) []byte {
	for _, note := range t.notes {
		dst = append(append(dst, note...), '\n')
	}
	t.notes = nil
	return dst
}

// leavesOut says what is no part of a script: what comes by the clock, unless all is kept.
func (t *Writer) leavesOut(c *told, ev *session.Event) bool {
	switch ev.Kind {
	case session.KindMessage:
		return ev.Alive && !t.Exact
	case session.KindOpen, session.KindClose, session.KindEnd:
		return false
	case session.KindPing:
		if ev.Dir == session.In || t.Exact {
			return !t.Exact
		}
		if ev.Alive {
			return true
		}
		if len(c.pings) < maxUnanswered {
			c.pings = append(c.pings, bytes.Clone(ev.Payload))
		}
		return false
	case session.KindPong:
		return ev.Dir == session.In && !t.Exact && !c.answers(ev.Payload)
	}
	return true
}

// answers says whether a pong answers a ping that was typed, and forgets that one and those before.
func (c *told) answers(payload []byte) bool {
	for i, ping := range c.pings {
		if bytes.Equal(ping, payload) {
			c.pings = c.pings[i+1:]
			return true
		}
	}
	return false
}

// connect writes how the connection is opened, the URL that was connected to when nobody said.
func (t *Writer) connect(dst []byte, name string, h *dial.Handshake) []byte {
	c := t.conn(name)
	c.pings = nil
	words := c.opening.Words
	if words == "" && h != nil && h.URL != nil {
		if words = h.URL.String(); !t.Secrets {
			words = hide.URL(h.URL)
		}
		words = wst.ShellWord(wst.EscapeReferences(words))
	}
	line := []byte(name + "> /connect")
	if name != "" {
		line = append(line, " --as "+name...)
	}
	if words != "" {
		line = format.Escape(append(line, ' '), []byte(words), false)
	}
	dst = t.appendLines(dst, string(line), reads(string(line)))
	for _, note := range c.opening.Notes {
		dst = t.once(dst, note)
	}
	return dst
}

// end says how a connection ended that was not closed; a script passes over it.
func (t *Writer) end(dst []byte, name string, ev *session.Event) []byte {
	switch {
	case ev.End == nil || ev.End.Cause == session.CauseClosed:
		return dst
	case ev.End.Cause == session.CauseDropped:
		return append(append(dst, name...), "> /drop\n"...)
	}
	text := strings.TrimPrefix(string(format.NewTalk(format.Style{}).Event(nil, ev)), "* ")
	return t.comment(dst, strings.TrimSpace(text))
}

func (t *Writer) comment(dst []byte, text string) []byte {
	text = t.redactor().HideCut(text)
	return append(format.Escape(append(dst, "# "...), []byte(text), false), '\n')
}

// said appends what was sent, or what came.
func (t *Writer) said(dst []byte, name string, ev *session.Event) []byte {
	if ev.Dir == session.Out {
		return t.sent(dst, name, ev)
	}
	dst = t.allow(dst, ev.Time)
	if t.Exact {
		return t.appendEvent(dst, appendExact(nil, name, ev), ev)
	}
	line, places := wst.AppendPattern(nil, name, ev)
	if len(places) > 0 {
		dst = t.tell(dst, ev, places)
	}
	return t.appendEvent(dst, line, ev)
}

// appendEvent appends the line of an event, if it has one.
func (t *Writer) appendEvent(dst, line []byte, ev *session.Event) []byte {
	switch {
	case len(line) == 0:
		return dst
	case t.isHidden(ev):
		return t.comment(dst, leftOut+t.hidden(ev))
	case t.redactor() != nil:
	case len(dst) == 0: // it may be large
		return line
	default:
		return append(dst, line...)
	}
	return t.appendLines(dst, strings.TrimSuffix(string(line), "\n"), says(ev))
}

// appendExact appends a line that expects exactly what came.
func appendExact(dst []byte, name string, ev *session.Event) []byte {
	if ev.Kind != session.KindMessage || ev.Opcode != wire.OpText {
		dst, _ = wst.AppendPattern(dst, name, ev)
		return dst
	}
	exact := *ev
	exact.Payload = []byte(wst.EscapeReferences(string(match.Literal(ev.Payload))))
	return format.Conversation(append(dst, name...), &exact)
}

func (t *Writer) sent(dst []byte, name string, ev *session.Event) []byte {
	c := t.conn(name)
	typed := c.source
	isText := ev.Kind == session.KindMessage && ev.Opcode == wire.OpText
	if isText && typed.source != "" && string(ev.Payload) == typed.message {
		c.source = typedSource{}
		return t.appendLines(dst, name+"> "+wst.IndentLines(wst.SafeTyped(typed.source)), says(ev))
	}
	return t.appendEvent(dst, wst.AppendEvent(nil, name, ev), ev)
}

// allow asks for more time when something took its time to come: twice as much as it took.
func (t *Writer) allow(dst []byte, at time.Time) []byte {
	gap := at.Sub(t.last)
	if t.last.IsZero() || gap <= slowGap {
		return dst
	}
	limit := (2*gap + time.Second - 1).Truncate(time.Second)
	if limit = min(limit, wst.MaxTime); limit <= max(t.timeout, wst.DefaultTimeout) {
		return dst
	}
	t.timeout = limit
	return fmt.Appendf(dst, "> /timeout %d\n", int(limit.Seconds()))
}

// tell says, once, which places of a message are wildcards. Of text that is no JSON the places
// would be what stood there, which may be a token.
func (t *Writer) tell(dst []byte, ev *session.Event, places []string) []byte {
	text := "another time what stands for ... differs"
	if pattern, _ := match.Generalize(ev.Payload); json.Valid(pattern) {
		more := ""
		if n := len(places) - maxTold; n > 0 {
			places, more = places[:maxTold], fmt.Sprintf(", and %d more", n)
		}
		text = "another time these differ: " + strings.Join(places, ", ") + more
	}
	return t.once(dst, text)
}

// once appends a comment that has not been told yet.
func (t *Writer) once(dst []byte, text string) []byte {
	if t.told[text] {
		return dst
	}
	if t.told == nil || len(t.told) >= maxPlaces {
		t.told = map[string]bool{}
	}
	t.told[text] = true
	return t.comment(dst, text)
}
