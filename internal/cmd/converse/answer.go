package converse

import (
	"context"
	"io"
	"os"
	"strings"

	"wsline/format"
	"wsline/internal/doctor"
	"wsline/internal/doctor/examine"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/target"
)

// answerTo prints what was asked for instead of a conversation, but a diagnosis.
func (c *config) answerTo(e *env.Env) error {
	var text string
	var err error
	switch c.answer {
	case "--as-curl":
		text, err = c.target.CurlCommand(c.given, c.look.Secrets)
	case "--as-websocat":
		text, err = c.target.WebsocatCommand(c.given, c.look.Secrets)
	case "--as-wsline":
		text = c.commandLine(c.look.Secrets)
	default:
		text, err = c.target.Request(c.look.Secrets)
	}
	if err != nil {
		return err
	}
	text = c.resume.redactor().Hide(text)
	if err := e.Print(text); err != nil {
		return err
	}
	talk := format.NewTalk(format.Style{Color: c.look.StderrColor})
	for _, note := range c.leftOut(text) {
		_, _ = e.Stderr.Write(talk.Status(nil, note))
	}
	return nil
}

// leftOut says what of the command line is not in a command for another program.
func (c *config) leftOut(command string) (notes []string) {
	if c.answer == "--dry-run" {
		return c.meaning()
	}
	if len(c.execute)+len(c.onOpen) > 0 {
		notes = append(notes, "the messages are not in this command: "+map[string]string{
			"--as-curl":     "curl connects and prints what comes",
			"--as-websocat": "websocat sends the lines of its stdin",
			"--as-wsline":   "they stand behind the URL",
		}[c.answer])
	}
	hides := hidesSecret(command) || c.answer == "--as-wsline" && command != c.commandLine(true)
	if !c.look.Secrets && hides {
		notes = append(notes, "what is secret is hidden in this command: --show-secrets writes it")
	}
	return notes
}

// meaning says what a profile became, with all that is for the talk alone.
func (c *config) meaning() []string {
	if c.under.Name == "" {
		return nil
	}
	change := target.Change{Add: c.under.Others}
	line := c.given.CommandLine(c.target.Address, change, c.look.Secrets)
	return []string{c.under.Name + " is: " + line}
}

// commandLine is the connection in wsline's own words.
func (c *config) commandLine(secrets bool) string {
	return c.given.CommandLine(c.target.Address, target.Change{}, secrets) + "\n"
}

// hidesSecret reports whether something in a command for another program is hidden, so that it does
// not make the same connection.
func hidesSecret(command string) bool {
	return strings.Contains(command, "hidden>") || strings.Contains(command, " --pass ...")
}

// runDiagnosis prints what a diagnosis found. A signal ends it with what it has.
func (c *config) runDiagnosis(ctx context.Context, e *env.Env) error {
	if name := c.target.Endpoint; name != "" {
		return e.Print(name + " is inside wsline, and lets everyone in\n")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	signals := make(chan os.Signal, 1)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case s := <-e.Signals:
			signals <- s
			cancel()
		case <-stop:
		}
	}()
	d := c.diagnosis()
	clear := func() {}
	if e.StderrTerminal && !e.IsPlain() {
		d.Progress, clear = progress(e)
	}
	report, code := d.Run(ctx)
	clear()
	close(stop)
	<-stopped
	if err := e.Print(report); err != nil {
		return err
	}
	select {
	case s := <-signals:
		return env.Ended(s)
	default:
	}
	if code == exit.OK {
		return nil
	}
	return exit.Told(code)
}

// progress shows on a terminal what is being tried, in one row that each try replaces, until clear.
func progress(e *env.Env) (show func(string), clear func()) {
	const blank = "\r\x1b[K"
	show = func(text string) {
		row := []rune(string(format.Escape(nil, []byte(text), false)))
		if columns, _ := e.Size(); columns > 1 && len(row) >= columns {
			row = row[:columns-1]
		}
		_, _ = io.WriteString(e.Stderr, blank+string(row))
	}
	return show, func() { _, _ = io.WriteString(e.Stderr, blank) }
}

// diagnosis is one of the connection that was asked for.
func (c *config) diagnosis() *examine.Examination {
	x := &examine.Examination{Config: c.target.Session, IsOwnTimeout: c.target.IsOwnTimeout}
	x.Config.Dial.Timeout = c.target.ConnectTimeout
	if c.look.Secrets {
		x.Config.Dial.Hide = nil
	}
	x.CommandLine = func(v doctor.Variant) string {
		change := target.Change{Drop: v.Drop, Fields: v.Fields, Add: v.Add, URL: v.URL}
		return c.given.CommandLine(c.target.Address, change, c.look.Secrets)
	}
	return x
}
