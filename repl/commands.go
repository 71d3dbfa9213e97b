package repl

import (
	"context"
	"fmt"
	"strings"
)

// A Command is one line of the table that /help, completion and the reference come from.
type Command struct {
	Name    string // without the slash
	Args    string // "[code [reason]]"
	Summary string // one line, lower case, no full stop
	Detail  string // further lines, "" for none
	Run     func(ctx context.Context, env *Env, rest string) error
	// Complete returns what may stand instead of word, the last of what has been typed behind the
	// name.
	Complete func(c *Completion, word string) []string
}

// Completion is what completes arguments. A nil function completes nothing.
type Completion struct {
	Home    string                     // stands for ~ in file names
	Connect func(word string) []string // flags and addresses of /connect
}

// quotes ends the detail of commands whose argument may be a quoted string.
const quotes = "\nIn quotation marks it may have escapes, as on the screen: \"a\\x1bb\\n\"."

// Commands is the table, in the order of the help.
func Commands() []Command {
	return []Command{
		{Name: "text", Args: "TEXT", Summary: "send TEXT as a text message", Run: runText,
			Detail: "Everything behind the first blank is the message; without TEXT it is empty." + quotes},
		{Name: "binary", Args: "HEX|base64:…|@FILE", Summary: "send a binary message",
			Run: runBinary, Complete: completeAtFile,
			Detail: "HEX may have blanks between the bytes, as in 0b ad f0 0d."},
		{Name: "file", Args: "PATH", Summary: "send a file as one message",
			Run: runFile, Complete: completeFile,
			Detail: "It is sent as text when it is valid UTF-8 without a NUL, else as binary.\n" +
				"PATH goes on to the end of the line and needs no quotes."},
		{Name: "edit", Args: "[TEXT]", Summary: "compose a message in $VISUAL or $EDITOR", Run: runEdit,
			Detail: "The file begins with TEXT. Its last line end is not part of the message;\n" +
				"an empty file sends nothing."},
		{Name: "ping", Args: "[data]", Summary: "send a ping; the pong shows the round trip",
			Run: runPing, Detail: "At most 125 bytes." + quotes},
		{Name: "pong", Args: "[data]", Summary: "send a pong that nobody asked for",
			Run: runPong, Detail: "At most 125 bytes." + quotes},
		{Name: "close", Args: "[code [reason]]", Summary: "begin the closing handshake",
			Run: runClose, Complete: completeCode,
			Detail: "The code is 1000 when none is given. Any from 0 to 65535 is sent as it is,\n" +
				"also one that the RFC forbids, but 0 sends a Close frame without a code.\n" +
				"The reason has at most 123 bytes." + quotes},
		{Name: "connect", Args: "[flags] [URL]", Summary: "connect, to the same address or another",
			Run: runConnect, Complete: completeConnect,
			Detail: "Takes the flags of the command line; words are quoted as in a shell:\n" +
				"/connect -H 'Origin: https://example.com' ws://localhost:8080/"},
		{Name: "status", Summary: "show address, TLS, counters, round trip", Run: runStatus},
		{Name: "help", Args: "[name]", Summary: "list the commands, or explain one",
			Run: runHelp, Complete: completeName},
		{Name: "quit", Summary: "close the connection and leave", Run: runQuit},
	}
}

// Usage is how a command is written, "/close [code [reason]]".
func (c *Command) Usage() string {
	return strings.TrimRight("/"+c.Name+" "+c.Args, " ")
}

func runHelp(_ context.Context, env *Env, rest string) error {
	name := strings.TrimPrefix(strings.TrimSpace(rest), "/")
	if name == "" {
		env.Say(helpText())
		return nil
	}
	c := find(name)
	if c == nil {
		return unknown(name)
	}
	text := c.Usage() + "\n" + c.Summary
	if c.Detail != "" {
		text += "\n" + c.Detail
	}
	env.Say(text)
	return nil
}

func helpText() string {
	var b strings.Builder
	b.WriteString("a line is sent as a text message, //text sends /text\n")
	width := 0
	for _, c := range Commands() {
		width = max(width, textWidth(c.Usage()))
	}
	for _, c := range Commands() {
		pad := strings.Repeat(" ", width-textWidth(c.Usage()))
		fmt.Fprintf(&b, "%s%s  %s\n", c.Usage(), pad, c.Summary)
	}
	b.WriteString("Alt-Enter starts a new line, Ctrl-R searches the history, Tab completes")
	return b.String()
}

func runStatus(_ context.Context, env *Env, rest string) error {
	if err := noArgument("status", rest); err != nil {
		return err
	}
	if env.Status == nil {
		return unfit("status")
	}
	env.Say(env.Status())
	return nil
}

func runQuit(_ context.Context, env *Env, rest string) error {
	if err := noArgument("quit", rest); err != nil {
		return err
	}
	if env.Quit == nil {
		return unfit("quit")
	}
	env.Quit()
	return nil
}

func runConnect(ctx context.Context, env *Env, rest string) error {
	args, err := Words(rest)
	if err != nil {
		return err
	}
	if env.Connect == nil {
		return unfit("connect")
	}
	return env.Connect(ctx, args)
}

func runEdit(ctx context.Context, env *Env, rest string) error {
	if env.Edit == nil {
		return unfit("edit")
	}
	return env.Edit(ctx, rest)
}

// noArgument refuses what stands behind a command that takes nothing.
func noArgument(name, rest string) error {
	if rest = strings.TrimSpace(rest); rest != "" {
		return fmt.Errorf("/%s takes no argument, but %q was given", name, shorten(rest))
	}
	return nil
}

// unfit is the error of a command that cannot run where it was given.
func unfit(name string) error { return fmt.Errorf("/%s needs a terminal", name) }
