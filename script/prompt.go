package script

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"wsline/internal/exit"
	"wsline/internal/hide"
	"wsline/internal/words"
	"wsline/repl/command"
	"wsline/script/report"
	"wsline/script/wst"
	"wsline/session"
)

// A Prompt understands the commands of scripts where lines are typed one after the other, in a talk
// and in a pipe, and puts the values of variables into what is typed. Its fields are not changed once
// it is in use. Event is the session's to call; all else belongs to whoever runs what is typed.
//
// At the prompt of a talk an expectation is about what came since the last line that was typed, also
// when it is on the screen already, and stays there for another try. In a pipe it is about what
// came and was not expected yet, as in a script.
type Prompt struct {
	// Typing says that a person types, and is told of what went well.
	Typing bool
	// Save writes the conversation so far to a file and says so; nil: it cannot be.
	Save func(path string, exact bool) (said string, err error)
	// Repeat has a message sent again and again on the connection of a name, or ends all that are, and
	// says how many; nil: it cannot be.
	Repeat func(conn string, e wst.Every) (ended int, err error)
	// Note is told commands that a conversation should have, Typed how a message with variables was
	// typed, as a script has it, both with the name of the connection; nil: nobody is.
	Note  func(at time.Time, conn, command string)
	Typed func(conn, message, source string)
	// Hide is told the variables when one has another value: a conversation has those in the place
	// of the values of secrets; nil: nobody is.
	Hide func(*wst.Vars)

	u     *run
	noted map[string]bool // variables to which what was noted gives their values

	mu    sync.Mutex
	heard map[string]*heard // by the names of the connections
}

// heard is what came on a connection.
type heard struct {
	now    *peer  // since it was opened last
	latest []byte // the last message that came
	joined []byte // its pieces, as far as they are kept
	failed error  // of the last /connect, nil when it opened a connection
}

// on is what came on the connection with that name. The caller has mu.
func (p *Prompt) on(conn string) *heard {
	h := p.heard[conn]
	if h == nil {
		h = &heard{now: newPeer(conn)}
		p.heard[conn] = h
	}
	return h
}

// NewPrompt returns a Prompt without variables.
func NewPrompt() *Prompt {
	p := &Prompt{heard: map[string]*heard{}, noted: map[string]bool{}}
	p.u = &run{
		Runner: &Runner{Describe: describe}, vars: &wst.Vars{Prompt: true}, res: &report.Result{},
		peers: map[string]*peer{}, refused: map[string]error{},
		timeout: wst.DefaultTimeout, within: noBound, files: []string{""},
	}
	return p
}

// Refused is told why a /connect has opened no connection of that name: an expectation may be about
// that. It never waits.
func (p *Prompt) Refused(conn string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on(conn).failed = err
}

func describe(err error) (message, hint string, code int) {
	f := exit.FaultOf(err)
	return f.Message, f.Hint, f.Code
}

// Event is told what happens, before it is shown. It never waits.
func (p *Prompt) Event(ev *session.Event) {
	if ev.Dir == session.Out || ev.Kind == session.KindMessage && ev.Alive {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.on(ev.Conn)
	switch ev.Kind {
	case session.KindOpen:
		h.now = newPeer(ev.Conn)
		h.joined, h.failed = nil, nil
	case session.KindMessage:
		h.message(ev)
	case session.KindPing, session.KindPong, session.KindClose:
		got := received{kind: ev.Kind, at: ev.Time, payload: bytes.Clone(ev.Payload)}
		if ev.Kind == session.KindClose {
			got.code, got.payload = ev.Code, []byte(ev.Reason)
		}
		h.now.keep(got)
	case session.KindEnd:
		h.now.event(ev)
	}
}

// message keeps a message, of one in pieces at most maxWaitingBytes.
func (h *heard) message(ev *session.Event) {
	if room := maxWaitingBytes - len(h.joined); ev.More || len(h.joined) > 0 {
		h.joined = append(h.joined, ev.Payload[:min(room, len(ev.Payload))]...)
		if ev.More {
			return
		}
		h.latest, h.joined = h.joined, nil
	} else {
		h.latest = bytes.Clone(ev.Payload)
	}
	h.now.keep(received{kind: ev.Kind, opcode: ev.Opcode, at: ev.Time, payload: h.latest})
}

// keep adds what came; for want of room the older half goes.
func (p *peer) keep(got received) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) >= maxWaiting || p.bytes > 0 && p.bytes+len(got.payload) > maxWaitingBytes {
		half := (len(p.queue) + 1) / 2
		for _, old := range p.queue[:half] {
			p.bytes -= len(old.payload)
		}
		p.queue = slices.Delete(p.queue, 0, half)
	}
	p.queue = append(p.queue, got)
	p.bytes += len(got.payload)
	p.changed.Broadcast()
}

// forget lets go what came so far.
func (p *peer) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue, p.bytes = nil, 0
}

// restore makes what waited wait again, before what came since.
func (p *peer) restore(queue []received) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue, p.bytes = slices.Concat(queue, p.queue), 0
	for _, got := range p.queue {
		p.bytes += len(got.payload)
	}
}

// Expand puts in the values of variables that are built in or have been set; any other "${" stays
// what it is. Behind a name is the argument of a command of the terminal.
func (p *Prompt) Expand(env *command.Env, name, rest string) (words.Text, error) {
	if p.Typing {
		p.peer(env.Conn).forget()
	}
	if !strings.Contains(rest, "${") {
		return words.Plain(rest), nil
	}
	line := wst.TypedLine(name, p.literal(rest))
	line.Pos.Line = max(1, int(env.Line))
	text, err := line.Expand(p.u.vars)
	if err != nil {
		return words.Text{}, p.failure(err)
	}
	if sent := text.JSON(); name == "" && sent != rest && p.Typed != nil {
		source := wst.Source("", text, p.isNoted)
		if strings.HasPrefix(source, "/") {
			source = "/" + source
		}
		p.Typed(env.Conn, sent, source)
	}
	return text, nil
}

// literal writes a text so that in it only variables that have a value are any.
func (p *Prompt) literal(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, _, isWhole := strings.Cut(after, "}")
		name = strings.TrimPrefix(name, "json ")
		word, _, _ := strings.Cut(name, " ")
		if _, isSet := p.u.vars.Lookup(name); !isWhole || !isSet && !wst.IsBuiltIn(word) {
			b.WriteByte('$')
		}
		b.WriteString("${")
		text = after
	}
}

// peer is what came on the connection of that name which is open, or was.
func (p *Prompt) peer(conn string) *peer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.on(conn).now
}

// Runs notes the commands of the terminal of which no event tells, before what they cause, unless
// they cannot succeed.
func (p *Prompt) Runs(env *command.Env, name string, rest words.Text) {
	switch name {
	case "frame", "fragment", "raw", "stall":
	default:
		return
	}
	if p.peer(env.Conn).ended() == nil && wst.CheckArgument(name, rest) == nil {
		p.note(env.Conn, strings.TrimRight("/"+name+" "+wst.Source(name, rest, p.isNoted), " "))
	}
}

func (p *Prompt) isNoted(name string) bool { return p.noted[name] }

// noteSet notes a command that gives a variable its value.
func (p *Prompt) noteSet(l *wst.Line, name string) {
	p.hide()
	p.note(l.Name, "/"+l.Command+" "+l.Rest)
	p.noted[name] = true
}

// hide remembers the values of variables that are secret, and tells of them.
func (p *Prompt) hide() {
	p.u.vars = p.secrets()
	if p.Hide != nil {
		p.Hide(p.u.vars.Clone())
	}
}

func (p *Prompt) note(conn, command string) {
	if p.Note != nil {
		p.Note(time.Now(), conn, command)
	}
}

// errNoPrompt is that of a line of an included file that needs a run of its own.
func errNoPrompt(name string) error {
	return errors.New("/" + name + " is for scripts: wsline test runs them")
}

// failure is an error as it is told where lines are typed, a *Failure.
func (p *Prompt) failure(err error) error {
	var f *report.Failure
	var list wst.Errors
	var syntax *wst.SyntaxError
	switch {
	case err == nil, errors.As(err, &f), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &list) && len(list) > 0:
		syntax = list[0]
	case !errors.As(err, &syntax):
		return &report.Failure{
			Kind: report.CommandFailure, Message: p.secrets().RedactLine(err.Error()),
			Code: exit.Usage, Err: err,
		}
	}
	message := syntax.Text
	if syntax.File != "" {
		message = fmt.Sprintf("%s:%d: %s", syntax.File, syntax.Pos.Line, message)
	}
	hide := p.secrets().RedactLine
	return &report.Failure{
		Kind: report.SyntaxFailure, Message: hide(message), Hint: hide(syntax.Hint),
		Code: exit.Usage, Err: err,
	}
}

// Extra is what a talk or a pipe understands with a Prompt.
func (p *Prompt) Extra() command.Extra {
	return command.Extra{
		Commands: p.commands(), Expand: p.Expand, Shown: p.shown, Runs: p.Runs,
	}
}

// secrets are the variables, those among them as secret that are named as secrets are.
func (p *Prompt) secrets() *wst.Vars {
	v := p.u.vars.Clone()
	for _, name := range v.Names() {
		value, _ := v.Lookup(name)
		if hide.Field(name, value) != value {
			_ = v.SetSecret(name, value) // it has that value
		}
	}
	return v
}

// shown is a text that was sent as a person may see it.
func (p *Prompt) shown(text string) string { return p.secrets().Redact(text) }
