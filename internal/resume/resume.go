// Package resume keeps values of what came on a connection, a sequence number, a cursor, a session id,
// for the next one to be opened with, and in a file for the next run of the program.
//
// What is kept in the file is never ahead of what was printed: a value counts for the file once all
// that came before it, and the message that it is of, have been written. So a message may come twice
// when the program dies, and none is missing.
package resume

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"wsline/internal/exit"
	"wsline/internal/redact"
	"wsline/internal/secret"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/script/wst"
	"wsline/session"
)

const (
	// maxValue is how many bytes a value has that is kept: more is no place to go on from.
	maxValue = 64 << 10
	// minHidden is how many bytes a secret has that is looked for in what is shown: shorter ones are
	// also parts of innocent words.
	minHidden = 6
)

// Values are variables, some of which get new values from messages. They may be used concurrently.
// The values of those that are named as secrets are hidden in what is told of a connection.
type Values struct {
	captures []*wst.Capture

	mu       sync.Mutex
	vars     *wst.Vars
	changed  bool // since Snapshot
	whole    []byte
	redactor *redact.Redactor // nil: no secret
	shown    []string         // secrets that the present connection was opened with
}

// New makes Values of arguments NAME=JQ. Vars are those with a default. Errors are *exit.UsageError.
func New(captures []string, vars *wst.Vars) (*Values, error) {
	v := &Values{vars: vars}
	for _, text := range captures {
		name, expr, found := strings.Cut(text, "=")
		if !found || expr == "" {
			return nil, exit.Usagef("--capture cursor=.id keeps the member id",
				"--capture: %q is not NAME=JQ", text)
		}
		var c *wst.Capture
		err := new(wst.Vars).Set(name, "") // is it a name?
		if err == nil {
			c, err = wst.ParseCapture(words.Plain(name + " " + expr))
		}
		if err != nil {
			return nil, exit.Usagef("", "--capture: %v", err)
		}
		v.captures = append(v.captures, c)
	}
	vars.Hint = func(name string) string {
		if slices.ContainsFunc(v.captures, func(c *wst.Capture) bool { return c.Name == name }) {
			return "no message has given it one yet: --var " + name + "=0 gives it one to begin with"
		}
		return "--var " + name + "=VALUE gives it one"
	}
	v.hide()
	return v, nil
}

// Captures says whether messages give values.
func (v *Values) Captures() bool { return v != nil && len(v.captures) > 0 }

// Took takes the values out of messages that came. It does not keep the event.
func (v *Values) Took(ev *session.Event) {
	switch ev.Kind {
	case session.KindMessage:
		v.message(ev.Opcode, ev.Payload, ev.More)
	case session.KindMessages:
		for _, m := range ev.Messages {
			v.message(m.Opcode, m.Payload, false)
		}
	}
}

// message takes the values out of a message, or of its last piece.
func (v *Values) message(op wire.Opcode, payload []byte, more bool) {
	if op != wire.OpText {
		return
	}
	if more || v.whole != nil {
		if v.whole = append(v.whole, payload...); more {
			return
		}
		payload, v.whole = v.whole, nil
	}
	for _, c := range v.captures {
		found := &wst.Vars{}
		if c.Set(context.Background(), found, payload) != nil {
			continue // it is not that kind of message
		}
		if value, _ := found.AsJSON(c.Name); len(value) <= maxValue {
			v.set(c.Name, value)
		}
	}
}

// set gives a variable a value of JSON.
func (v *Values) set(name, value string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if before, had := v.vars.AsJSON(name); had && before == value {
		return
	}
	_ = v.vars.SetFromJSON(name, []byte(value)) // it is JSON, and the name was looked at
	if v.changed = true; secret.Name(name) {
		v.hide()
	}
}

// Lookup is the value of a variable.
func (v *Values) Lookup(name string) (value string, ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.vars.Lookup(name)
}

// Expand puts values into a text; what it is of is for the error, an *exit.UsageError.
func (v *Values) Expand(of, text string) (words.Text, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	out, err := v.vars.Expand(text, wst.Pos{Line: 1, Column: 1})
	var wrong *wst.VariableError
	if errors.As(err, &wrong) {
		return out, exit.Usagef(wrong.Hint, "%s: %s", of, wrong.Text)
	}
	return out, err
}

// Clone are the variables for a script, those that are secret as such.
func (v *Values) Clone() *wst.Vars {
	v.mu.Lock()
	defer v.mu.Unlock()
	c := v.vars.Clone()
	for _, name := range c.Names() {
		if value, _ := c.Lookup(name); secret.Name(name) {
			_ = c.SetSecret(name, value) // it has that value
		}
	}
	return c
}

// Sync gives the values that a script has set since it had those of before, and then gives it those
// that messages have.
func (v *Values) Sync(script, before *wst.Vars) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, name := range script.Names() {
		now, _ := script.AsJSON(name)
		if old, had := before.AsJSON(name); !had || old != now {
			_ = v.vars.SetFromJSON(name, []byte(now))
			v.changed = true
		}
	}
	for _, name := range v.vars.Names() {
		now, _ := v.vars.AsJSON(name)
		for _, to := range []*wst.Vars{script, before} {
			if old, had := to.AsJSON(name); !had || old != now {
				_ = to.SetFromJSON(name, []byte(now))
			}
		}
	}
	v.hide()
}

// Opened remembers the secrets that a connection is opened with, to hide them as long as it lasts.
func (v *Values) Opened() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.shown = v.secrets()
	v.hide()
}

// secrets are the values of variables that are named as secrets are; the caller holds mu.
func (v *Values) secrets() (list []string) {
	for _, name := range v.vars.Names() {
		if value, _ := v.vars.Lookup(name); secret.Name(name) && len(value) >= minHidden {
			list = append(list, name, value)
		}
	}
	return list
}

// hide makes the redactor anew; the caller holds mu, or nobody else knows v.
func (v *Values) hide() {
	v.redactor = nil
	for _, list := range [][]string{v.shown, v.secrets()} {
		for i := 0; i < len(list); i += 2 {
			v.redactor = v.redactor.With(list[i], list[i+1])
		}
	}
}

// PutBack is a text with ${NAME} in the place of the values that are secret.
func (v *Values) PutBack(text string) string {
	return v.Redactor().Replace(text, func(name, _ string) string { return "${" + name + "}" })
}

// Redactor hides what is secret of the values; nil hides nothing.
func (v *Values) Redactor() *redact.Redactor {
	if v == nil {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.redactor
}

// Hide is an event without secrets, also those that a message gives itself, or the frame that it comes
// in, for who is told of it before Took.
func (v *Values) Hide(ev *session.Event) *session.Event {
	r := v.Redactor()
	payload, isPart := ev.Payload, ev.More
	if f := ev.Frame; f != nil {
		payload, isPart = f.Payload, !f.Header.Fin || f.Header.Length > int64(len(f.Payload))
	}
	for _, c := range v.captures {
		if !secret.Name(c.Name) {
			continue
		}
		if isPart && ev.Frame != nil { // what is in it is not known yet
			part, frame := *ev, *ev.Frame
			frame.Payload, part.Frame = nil, &frame
			return r.Event(&part)
		}
		found := &wst.Vars{}
		if c.Set(context.Background(), found, payload) != nil {
			continue
		}
		if value, _ := found.Lookup(c.Name); len(value) >= minHidden {
			r = r.With(c.Name, value)
		}
	}
	return r.Event(ev)
}

// Snapshot is what the file should hold once all has been written that came so far; false when that
// is what it was before.
func (v *Values) Snapshot() (map[string]string, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.changed {
		return nil, false
	}
	v.changed = false
	values := map[string]string{}
	for _, c := range v.captures {
		if value, ok := v.vars.AsJSON(c.Name); ok {
			values[c.Name] = value
		}
	}
	return values, true
}

// Load gives variables the values that a file holds: they win over defaults. A file that is missing,
// or empty, holds none. Errors are *exit.UsageError.
func (v *Values) Load(path string) (values map[string]string, err error) {
	text, err := readState(path)
	if err != nil {
		return nil, err
	}
	values = map[string]string{}
	if len(bytes.TrimSpace(text)) == 0 {
		return values, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	line, err := eachMember(text, func(name string, value []byte) error {
		if string(value) == "null" {
			return nil
		}
		if err := v.vars.SetFromJSON(name, value); err != nil {
			return err
		}
		values[name], _ = v.vars.AsJSON(name)
		return nil
	})
	if err != nil {
		return nil, exit.Usagef("mend it, or delete it to begin anew",
			"--state: %s:%d: %v", path, line, err)
	}
	v.hide()
	return values, nil
}
