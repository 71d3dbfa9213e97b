package script

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wsline/format"
	"wsline/internal/plural"
	"wsline/internal/words"
	"wsline/repl/command"
	"wsline/script/match"
	"wsline/script/report"
	"wsline/script/wst"
)

// longWait is a /wait that a person is told of.
const longWait = 2 * time.Second

// promptCommands are those of the table that make sense where lines are typed.
var promptCommands = []string{
	"set", "capture", "expect", "silence", "wait", "every", "timeout", "within", "include", "save",
}

// commands are rows for the help and the completion.
func (p *Prompt) commands() (rows []command.Command) {
	for _, c := range wst.Commands() {
		if !slices.Contains(promptCommands, c.Name) {
			continue
		}
		row := command.Command{Name: c.Name, Args: c.Args, Summary: c.Summary, Detail: c.Detail}
		row.Run = func(ctx context.Context, env *command.Env, rest string) error {
			return p.do(ctx, env, c.Name, rest)
		}
		switch c.Name {
		case "set":
			row.Args = "[NAME VALUE]"
			row.Detail = strings.TrimPrefix(row.Detail+"\nAlone it lists the variables.", "\n")
		case "include":
			row.Complete = command.CompleteFile
			row.Detail = "" // it is relative to where the program runs
		case "save":
			row.Complete, row.Args = command.CompleteFile, "FILE.wst [--exact]"
			row.Detail = "Times, ids and tokens in what came become \"...\", and pings are left " +
				"out, so that wsline test FILE.wst passes; --exact keeps all as it was."
		}
		rows = append(rows, row)
	}
	return rows
}

// do does one of the commands. The error is a *Failure, or that of ctx.
func (p *Prompt) do(ctx context.Context, env *command.Env, name, rest string) error {
	if name == "save" {
		return p.save(env, rest)
	}
	if name == "set" && strings.TrimSpace(rest) == "" {
		env.Say(p.listed())
		return nil
	}
	if env.Transfer != nil { // a person may give it up
		var end func()
		ctx, end = env.Transfer(ctx)
		defer end()
	}
	p.begin(ctx, env.Conn)
	if name == "include" {
		return p.failure(p.include(env, rest))
	}
	c, err := wst.Parse("", []byte(env.Conn+"> /"+name+" "+wst.IndentLines(rest)+"\n"))
	if err != nil {
		return p.failure(err)
	}
	return p.failure(p.line(env, c.Lines[0]))
}

// listed are the variables and their values, without those that are secret.
func (p *Prompt) listed() string {
	secrets := p.secrets()
	var lines []string
	for _, name := range secrets.Names() {
		text := "a secret"
		if value, _ := secrets.Lookup(name); !secrets.Secret(name) {
			text = string(format.Quote(nil, []byte(match.Cut(value, 200))))
		}
		lines = append(lines, "${"+name+"} is "+text)
	}
	if lines == nil {
		return "no variable is set: /set NAME VALUE gives one a value"
	}
	return strings.Join(lines, "\n")
}

// begin makes what came so far what expectations are about.
func (p *Prompt) begin(ctx context.Context, conn string) {
	p.u.ctx = ctx
	p.u.res.Start = time.Now()
	now := p.peer(conn)
	if p.u.peers[conn] != now {
		now.last = nil
	}
	p.u.peers[conn] = now
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.on(conn)
	p.u.refused[conn] = h.failed
	if !p.Typing { // a person may try again
		h.failed = nil
	}
}

// line does a line with a command of scripts.
func (p *Prompt) line(env *command.Env, l *wst.Line) error {
	rest, err := l.Expand(p.u.vars)
	if err != nil {
		return err
	}
	switch l.Command {
	case "expect":
		return p.expect(env, l)
	case "capture":
		return p.capture(env, l, rest)
	case "silence":
		return p.silence(env, l, rest)
	case "wait":
		return p.wait(env, l, rest)
	case "every":
		return p.every(env, rest)
	case "set":
		if err = p.u.set(l, rest); err == nil {
			p.noteSet(l, firstWord(rest))
		}
		return err
	}
	_, err = p.u.command(l, rest)
	return err
}

// firstWord is the name of a variable that a command has set.
func firstWord(rest words.Text) string {
	word, _ := rest.TrimSpace().CutWord()
	return word.String()
}

func (p *Prompt) say(env *command.Env, text string) {
	if p.Typing {
		env.Say(string(format.Escape(nil, []byte(text), false)))
	}
}

// expect waits for what a line expects. A person may try another time what failed.
func (p *Prompt) expect(env *command.Env, l *wst.Line) error {
	waiting := p.u.peers[l.Name].waiting()
	if err := p.u.expect(l); err != nil {
		if p.Typing {
			p.u.peers[l.Name].restore(waiting)
		}
		return err
	}
	p.say(env, "as expected")
	return nil
}

// capture is from the last message that was expected, or that a person sees.
func (p *Prompt) capture(env *command.Env, l *wst.Line, rest words.Text) error {
	if p.Typing {
		p.mu.Lock()
		p.u.peers[l.Name].last = p.on(l.Name).latest
		p.mu.Unlock()
	}
	if err := p.u.capture(l, rest); err != nil {
		return err
	}
	name := firstWord(rest)
	p.noteSet(l, name)
	value, _ := p.u.vars.Lookup(name)
	if p.secrets().Secret(name) {
		value = "a secret"
	}
	p.say(env, name+" is "+match.Cut(value, 200))
	return nil
}

func (p *Prompt) silence(env *command.Env, l *wst.Line, rest words.Text) error {
	if p.Typing {
		p.u.peers[l.Name].forget()
	}
	if err := p.u.silence(l, rest); err != nil {
		return err
	}
	p.note(l.Name, "/"+l.Command+" "+l.Rest)
	p.say(env, "nothing came")
	return nil
}

// wait lets time pass, in a pipe no longer than the connection lasts: what follows would not be sent
// after that.
func (p *Prompt) wait(env *command.Env, l *wst.Line, rest words.Text) error {
	d, err := wst.ParseTime(rest.String())
	if err != nil {
		return p.u.failed(l, report.CommandFailure, err)
	}
	if d >= longWait {
		p.say(env, "waiting for "+d.String()+"; Ctrl-C ends it")
	}
	ctx, cancel := context.WithTimeout(p.u.ctx, d)
	defer cancel()
	if p.Typing {
		<-ctx.Done()
	} else {
		_, _ = p.u.peers[l.Name].take(ctx, func(*received) bool { return false })
	}
	if p.u.ctx.Err() == nil {
		p.note("", "/"+l.Command+" "+l.Rest)
	}
	return p.u.ctx.Err()
}

// every has a message sent again and again on the connection that is open.
func (p *Prompt) every(env *command.Env, rest words.Text) error {
	e, err := wst.ParseEvery(rest)
	switch {
	case err != nil:
		return err
	case p.Repeat == nil:
		return errors.New("/every cannot be used here")
	}
	n, err := p.Repeat(env.Conn, e)
	switch {
	case err != nil:
		return err
	case e.Time == 0:
		p.say(env, plural.Of(int64(n), "message")+" not sent any more")
	default:
		p.say(env, "sent every "+e.Time.String()+" from now on, until the connection ends; /every off ends it")
	}
	return nil
}

// save writes the conversation so far.
func (p *Prompt) save(env *command.Env, rest string) error {
	var path []string
	exact := false
	for word := range strings.FieldsSeq(rest) {
		if word == "--exact" {
			exact = true
		} else {
			path = append(path, word)
		}
	}
	name := env.Path(strings.Join(path, " "))
	switch {
	case p.Save == nil:
		return p.failure(errors.New("/save cannot be used here"))
	case name == "":
		return p.failure(errors.New("/save needs a file, such as talk.wst"))
	case !strings.HasSuffix(name, ".wst"):
		return p.failure(fmt.Errorf("%s does not end with .wst", wst.Quoted(name)))
	}
	said, err := p.Save(name, exact)
	if err != nil {
		return p.failure(err)
	}
	env.Say(said)
	return nil
}

// include does the lines of a file as if they were typed: those without a name for the connection
// that the /include is for. Blocks need a run of their own.
func (p *Prompt) include(env *command.Env, rest string) error {
	path := env.Path(rest)
	if from := p.u.files[len(p.u.files)-1]; from != "" && !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(from), path)
	}
	switch {
	case path == "":
		return errors.New("/include needs a file")
	case slices.Contains(p.u.files, path):
		return fmt.Errorf("%q includes itself", path)
	case len(p.u.files) > wst.MaxIncludes:
		return fmt.Errorf("more than %d files include one another", wst.MaxIncludes)
	}
	text, err := wst.ReadFile(path)
	if err != nil {
		return fmt.Errorf("cannot read %q: %w", path, err)
	}
	c, err := wst.Parse(path, text)
	if err != nil {
		return err
	}
	p.u.files = append(p.u.files, path)
	defer func() { p.u.files = p.u.files[:len(p.u.files)-1] }()
	for _, l := range c.Lines {
		if err := p.included(env, l); err != nil {
			return p.of(path, l, err)
		}
	}
	return nil
}

// of says in which file and line something failed.
func (p *Prompt) of(path string, l *wst.Line, err error) error {
	err = p.failure(err)
	if f := (*report.Failure)(nil); errors.As(err, &f) && f.File == "" {
		f.File, f.Pos = path, l.Pos
	}
	return err
}

func (p *Prompt) included(env *command.Env, l *wst.Line) error {
	switch {
	case l.Kind != wst.LineTyped && l.Kind != wst.LineExpect:
		return nil
	case l.Name != "" && l.Name != env.Conn:
		if env.As == nil {
			return errors.New("there is one connection here, without a name")
		}
		return env.As(l.Name, func() error { return p.included(env, l) })
	}
	if l.Name != env.Conn {
		own := *l
		own.Name = env.Conn
		l = &own
	}
	switch {
	case l.Kind == wst.LineExpect:
		p.begin(p.u.ctx, l.Name)
		return p.expect(env, l)
	case l.Command == "include":
		return p.include(env, l.Rest)
	case slices.Contains(promptCommands, l.Command):
		if l.Command == "save" {
			return p.save(env, l.Rest)
		}
		p.begin(p.u.ctx, l.Name)
		return p.line(env, l)
	case isBlock(l), l.Command == "end", l.Command == "skip", l.Command == "exec":
		return errNoPrompt(l.Command)
	}
	rest, err := l.Expand(p.u.vars)
	if err != nil {
		return err
	}
	if env.Echo != nil {
		env.Echo(strings.TrimPrefix(prompt(l, rest), l.Name+"> "))
	}
	if p.Typing {
		p.peer(l.Name).forget()
	}
	return env.Run(p.u.ctx, l.Command, rest)
}
