package converse

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"wsline/internal/exit"
	"wsline/internal/record"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/repl/command"
	"wsline/script"
	"wsline/script/report"
	"wsline/script/transcript"
	"wsline/script/wst"
	"wsline/session"
)

// A keeper knows what was said where commands are understood: for those of scripts, and to save it.
// A nil one knows nothing.
type keeper struct {
	log    transcript.Log
	prompt *script.Prompt
	rec    *record.Recorder

	mu       sync.Mutex
	sessions map[string]*session.Session // the latest, by the names of the connections
	inOrder  chan struct{}               // has a value for each session that is told of inOrderMark
}

const (
	// inOrderMark is typed by nobody: a session that tells of it has told of all that was before.
	inOrderMark = "\x00in order"
	inOrderTime = time.Second // it may take, as a terminal that is stuck may keep a session from telling
)

// newKeeper is nil where commands are not understood.
func newKeeper(c *config, recorder *record.Recorder) *keeper {
	if !c.slash {
		return nil
	}
	k := &keeper{
		prompt: script.NewPrompt(), rec: recorder, sessions: map[string]*session.Session{},
	}
	k.log.Open("", c.opening)
	k.prompt.Typing = c.mode == modeTalk
	k.prompt.Save, k.prompt.Repeat = k.save, k.repeat
	k.prompt.Note = func(at time.Time, conn, command string) {
		k.typed(&session.Event{Kind: session.KindTyped, Time: at, Text: command, Conn: conn})
	}
	k.prompt.Typed = func(conn, message, source string) {
		k.typed(&session.Event{Kind: session.KindTyped, Text: source, Conn: conn,
			Opcode: wire.OpText, Payload: []byte(message)})
	}
	if !c.look.Secrets {
		k.prompt.Hide = func(v *wst.Vars) {
			k.log.Hide(v)
			if t := recorder.Script(); t != nil {
				t.Hide(v)
			}
		}
	}
	return k
}

// extra are the commands of scripts.
func (k *keeper) extra() command.Extra {
	if k == nil {
		return command.Extra{}
	}
	return k.prompt.Extra()
}

// opened says which session is told of what is typed for the connection of that name from now on.
func (k *keeper) opened(conn string, s *session.Session) {
	if k != nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.sessions[conn] = s
	}
}

// repeat is /every, on the latest connection of that name.
func (k *keeper) repeat(conn string, e wst.Every) (ended int, err error) {
	k.mu.Lock()
	s := k.sessions[conn]
	k.mu.Unlock()
	if s == nil {
		return 0, command.ErrNotConnected
	}
	if e.Time == 0 {
		return s.StopRepeats(), nil
	}
	err = s.Repeat(e.Time, e.Message.Opcode, e.Message.Payload)
	if errors.Is(err, session.ErrClosed) {
		err = command.ErrNotConnected
	}
	return 0, err
}

// typed keeps what was typed in the order in which things happen: the session tells event of it,
// when it has told of all before. Where there is no session nothing happens beside it.
func (k *keeper) typed(ev *session.Event) {
	k.mu.Lock()
	s, several := k.sessions[ev.Conn], len(k.sessions) > 1
	k.mu.Unlock()
	if several && ev.Opcode == 0 { // what it says may be for all of them
		k.awaitOrder()
		k.keep(ev)
		return
	}
	if s == nil || !s.Typed(ev.Text, ev.Payload) {
		k.keep(ev)
	}
}

// awaitOrder waits until all sessions have told of what was before.
func (k *keeper) awaitOrder() {
	k.mu.Lock()
	all := slices.Collect(maps.Values(k.sessions))
	marks := make(chan struct{}, len(all))
	k.inOrder = marks
	k.mu.Unlock()
	late := time.After(inOrderTime)
	for _, s := range all {
		if !s.Typed(inOrderMark, nil) {
			continue // it is over
		}
		select {
		case <-marks:
		case <-late:
			return
		}
	}
}

// event is told what happens.
func (k *keeper) event(ev *session.Event) {
	switch {
	case k == nil:
	case ev.Kind == session.KindTyped && ev.Text == inOrderMark:
		k.mu.Lock()
		marks := k.inOrder
		k.mu.Unlock()
		select {
		case marks <- struct{}{}:
		default: // nobody waits any more
		}
	case ev.Kind == session.KindTyped:
		k.keep(ev)
	default:
		k.log.Event(ev)
		k.prompt.Event(ev)
	}
}

// keep keeps what was typed.
func (k *keeper) keep(ev *session.Event) {
	t := k.rec.Script()
	if ev.Opcode == 0 {
		k.log.Note(ev.Time, ev.Conn, ev.Text)
		if t != nil {
			t.Note(ev.Time, ev.Conn, ev.Text)
		}
		return
	}
	k.log.Typed(ev.Conn, string(ev.Payload), ev.Text)
	if t != nil {
		t.Typed(ev.Conn, string(ev.Payload), ev.Text)
	}
}

// refused says why no connection was opened.
func (k *keeper) refused(conn string, err error) {
	if k != nil {
		k.prompt.Refused(conn, err)
	}
}

// open says how the connection of that name is opened from now on.
func (k *keeper) open(conn string, o transcript.Opening) {
	if k != nil {
		k.log.Open(conn, o)
	}
}

// save is /save.
func (k *keeper) save(path string, exact bool) (string, error) {
	text, err := k.log.Bytes(exact)
	if errors.Is(err, transcript.ErrTooLong) {
		return "", &report.Failure{Message: err.Error(), Code: exit.Own,
			Hint: "--record FILE.wst writes a long one, as it goes"}
	}
	if err == nil {
		err = os.WriteFile(path, text, 0o644)
	}
	if err != nil {
		return "", &report.Failure{Code: exit.Own,
			Message: fmt.Sprintf("%q cannot be written: %v", path, exit.Cause(err))}
	}
	return fmt.Sprintf("saved; wsline test %s checks it again", words.ShellQuote(path)), nil
}
