package converse

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"

	"wsline/internal/dial"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/redact"
	"wsline/internal/resume"
	"wsline/internal/scriptfile"
	"wsline/internal/target"
	"wsline/internal/target/fill"
	"wsline/script"
	"wsline/script/transcript"
	"wsline/script/wst"
	"wsline/session"
)

// resumeOptions are the flags about what the next connection is opened with, as they were typed.
type resumeOptions struct {
	captures, vars []string
	state          string
}

func (o *resumeOptions) rows() []flags.Row {
	return []flags.Row{
		{Name: "capture", Arg: "NAME=JQ", Summary: "keep a value of what comes as ${NAME}; repeatable",
			Detail: "For the next open: `--on-open`, the URL and the flags of header fields have `${NAME}`; " +
				"see [resume](stay.md#resume). The value is that of the last text message for which JQ " +
				"gives one. `NAME=~REGEXP` keeps a group of one that matches.",
			Value: flags.List(&o.captures)},
		{Name: "var", Arg: "NAME=VALUE", Summary: "set ${NAME}; repeatable",
			Detail: "Until a message, or the file of `--state`, gives it another value.",
			Value:  flags.List(&o.vars)},
		{Name: "state", Arg: "FILE", Summary: "keep what is captured in FILE too, for the next run",
			Detail: "JSON, read at the start and written behind what was printed.",
			Value:  flags.Text(&o.state)},
	}
}

// A resuming is what the connections of a conversation are opened with, which changes with what comes.
type resuming struct {
	values   *resume.Values
	template *target.Template // nil: nothing in it changes
	expand   fill.Expand      // nil: "${" is what it is
	first    []firstItem
	binary   bool
	secrets  bool // shown
	path     string
	saved    map[string]string // what the file held

	mu     sync.Mutex
	opened map[*session.Session]*opening
	latest *opening
}

// A firstItem is an --on-open: a message, or a conversation.
type firstItem struct {
	text   string
	script *wst.Conversation
}

// An opening is what one connection is opened with.
type opening struct {
	target  *target.Target // nil: that of before
	options *target.Options
	first   []firstItem // messages have their values
	login   *script.Login
}

// resume reads what the flags say of the next opening; nil where they say nothing.
func (o *options) resume() (*resuming, error) {
	r := &resuming{
		binary: o.binary, secrets: o.view.Secrets, path: o.resumes.state,
		opened: map[*session.Session]*opening{},
	}
	hasScript := false
	for _, text := range o.onOpen {
		item := firstItem{text: text}
		if path, isFile := strings.CutPrefix(text, "@"); isFile && strings.HasSuffix(path, ".wst") {
			c, err := readLogin(path)
			if err != nil {
				return nil, err
			}
			item.script, hasScript = c, true
		}
		r.first = append(r.first, item)
	}
	vars := &wst.Vars{}
	if err := scriptfile.SetVars(vars, o.resumes.vars); err != nil {
		return nil, err
	}
	var err error
	if r.values, err = resume.New(o.resumes.captures, vars); err != nil {
		return nil, err
	}
	if r.path != "" {
		if r.saved, err = r.values.Load(r.path); err != nil {
			return nil, err
		}
	}
	switch {
	case len(o.resumes.captures)+len(o.resumes.vars) > 0 || r.path != "":
		r.expand = r.values.Expand
	case !hasScript:
		return nil, nil
	}
	return r, nil
}

// readLogin reads the conversation of an --on-open.
func readLogin(path string) (*wst.Conversation, error) {
	c, err := scriptfile.Open(path)
	if err == nil {
		if err = script.CheckLogin(c); err == nil {
			return c, nil
		}
	}
	wrong := (*wst.SyntaxError)(nil)
	if !errors.As(err, &wrong) {
		wrong = scriptfile.Errors(err)[0]
	}
	if wrong.Pos.Line == 0 {
		return nil, exit.Usagef("", "--on-open: %q: %s", path, wrong.Text)
	}
	return nil, exit.Usagef(wrong.Hint, "--on-open: %v", wrong)
}

// resolveTarget makes the first target.
func (c *config) resolveTarget(o *options, r *target.Resolver, url string) (err error) {
	if c.resume, err = o.resume(); err != nil {
		return err
	}
	if c.resume == nil || c.resume.expand == nil {
		c.target, err = r.Target(o.conn, url)
		c.opening = transcript.Opening(r.Opening(o.conn, url))
		return err
	}
	c.resume.template = r.Template(o.conn, url)
	open, err := c.resume.next()
	if err != nil {
		return err
	}
	c.target, c.given = open.target, open.options
	c.opening = c.resume.recorded(open)
	return nil
}

// recorded is how the connection is opened again by a script, with variables for its secrets.
func (r *resuming) recorded(o *opening) transcript.Opening {
	words := o.options.Opening(o.target.Address).Words
	if !r.secrets {
		words = r.values.PutBack(words)
	}
	return transcript.Opening(target.OpeningOf(words))
}

// next is what the next connection is opened with.
func (r *resuming) next() (*opening, error) {
	o := &opening{}
	for _, item := range r.first {
		if item.script != nil {
			o.login = script.NewLogin()
		} else if r.expand != nil {
			text, err := r.expand("--on-open", item.text)
			if err != nil {
				return nil, err
			}
			item.text = text.JSON()
		}
		o.first = append(o.first, item)
	}
	if r.template != nil {
		var err error
		if o.target, o.options, err = r.template.Target(r.expand); err != nil {
			return nil, err
		}
	}
	r.values.Opened()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.latest = o
	return o, nil
}

// resumed is open with what has come so far.
func (c *connection) resumed(ctx context.Context, words []string, handle func(*session.Event)) (
	*session.Session, error) {
	if len(words) > 0 {
		c.resume.template = nil // another connection
	}
	o, err := c.prepare()
	if err != nil {
		return nil, err
	}
	return c.prepared(ctx, o, words, handle)
}

// prepare makes the target of what has come so far.
func (c *connection) prepare() (*opening, error) {
	o, err := c.resume.next()
	if err == nil && o.target != nil {
		if c.Target = o.target; c.Retargeted != nil {
			c.Retargeted(target.Opening(c.resume.recorded(o)))
		}
	}
	return o, err
}

// prepared is Command for what prepare has made.
func (c *connection) prepared(
	ctx context.Context, o *opening, words []string, handle func(*session.Event),
) (*session.Session, error) {
	r := c.resume
	s, err := c.Command(ctx, words, r.handler(o, handle))
	if err != nil {
		r.hideError(err)
		return nil, err
	}
	if len(r.first) > 0 { // welcome takes it
		r.mu.Lock()
		defer r.mu.Unlock()
		r.opened[s] = o
	}
	return s, nil
}

// handler is one that is told no secret of the values, but in messages that come: those are what was
// asked for.
func (r *resuming) handler(o *opening, handle func(*session.Event)) func(*session.Event) {
	return func(ev *session.Event) {
		shown := ev
		if ev.Dir == session.Out || ev.Kind != session.KindMessage && ev.Kind != session.KindMessages {
			shown = r.kept(ev)
		}
		if handle(shown); o.login != nil {
			o.told(ev)
		}
	}
}

// told tells the login what came.
func (o *opening) told(ev *session.Event) {
	if ev.Kind != session.KindMessages {
		o.login.Event(ev)
		return
	}
	for _, m := range ev.Messages {
		o.login.Event(&session.Event{
			Kind: session.KindMessage, Time: ev.Time, Opcode: m.Opcode, Payload: m.Payload,
		})
	}
}

// redactor hides the secrets of the values; nil: nothing is to be hidden.
func (r *resuming) redactor() *redact.Redactor {
	if r == nil || r.secrets {
		return nil
	}
	return r.values.Redactor()
}

func (r *resuming) hide(ev *session.Event) *session.Event { return r.redactor().Event(ev) }

// kept is an event as it is recorded.
func (r *resuming) kept(ev *session.Event) *session.Event {
	if r == nil || r.secrets {
		return ev
	}
	if ev.Kind == session.KindMessage || ev.Kind == session.KindFrame {
		return r.values.Hide(ev)
	}
	return r.hide(ev)
}

// hideIn has a connection tell no secret of the values.
func (r *resuming) hideIn(d *dial.Config) {
	by := r.redactor()
	if by == nil {
		return
	}
	hide, showURL := d.Hide, d.ShowURL
	d.Hide = func(text string, isCut bool) string {
		if text = by.HideCut(text); isCut {
			text = by.HideEnd(text)
		}
		if hide != nil {
			text = hide(text, isCut)
		}
		return text
	}
	if showURL != nil {
		d.ShowURL = func(u *url.URL) string { return by.Hide(showURL(u)) }
	}
}

// hideError takes the secrets of the values out of what is told of a connection that was not opened.
func (r *resuming) hideError(err error) {
	var e *dial.Error
	if by := r.redactor(); by != nil && errors.As(err, &e) {
		e.Handshake = by.Event(&session.Event{Handshake: e.Handshake}).Handshake
	}
}
