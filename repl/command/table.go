// Package command is what a line can say: the table of commands with their help and completion,
// lines of JSON that say the same, and what both do to an Env. A talk, a pipe and a script each
// fill an Env with theirs; SessionEnv is that of one open connection.
//
// It neither reads lines nor prints: who has a line gives it to Env.Do or ParseOrder, and what a
// command has to tell goes to Env.Say or Env.Show. It opens no connection and knows no terminal.
//
// An Env belongs to one goroutine at a time, which waits for the command that it runs. A Stalling
// may be used by several. A timer that ends a stall is all that goes on behind a command.
package command

import (
	"context"
	"fmt"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/name"
	"wsline/internal/snippet"
	"wsline/internal/words"
)

// A Command is one line of the table that /help, completion and the reference come from.
type Command struct {
	Name    string   // without the slash
	Also    []string // other names, which are not listed
	Args    string   // "[code [reason]]"
	Summary string   // one line, lower case, no full stop
	Detail  string   // further lines, "" for none
	// Run does a command of Extra, with what was typed behind its name. Those of the table have run,
	// which is given the values of variables, too.
	Run func(ctx context.Context, env *Env, rest string) error
	run func(ctx context.Context, env *Env, rest words.Text) error
	// asTyped says that variables stay what they are: what is made of them is typed again.
	asTyped bool

	// Words says that the arguments are words of their own: what Complete is given is the last.
	Words bool
	// Complete returns what may stand instead of word, the last of what has been typed behind the
	// name.
	Complete func(c *Completion, word string) []string
}

// Completion is what completes arguments. A nil function completes nothing.
type Completion struct {
	Home    string                     // stands for ~ in file names
	Extra   []Command                  // besides those of the table
	Connect func(word string) []string // flags and addresses of /connect
	Names   func() []string            // of connections; nil: there are none
	// Snippets is the folder of /snippet; "": there is none.
	Snippets string
}

// quotes ends the detail of commands whose argument may be a quoted string.
const quotes = "\nIn quotation marks it may have escapes, as on the screen: \"a\\x1bb\\n\"."

const frameDetail = "" +
	"TYPE is text, binary, continuation, ping, pong or close; with --opcode it may " +
	"be left out. PAYLOAD is text, in quotes when blanks count or -- begins it, " +
	"or bytes, hex:… or base64:…; that of a binary frame is HEX, of a close frame " +
	"a code and a reason.\n" +
	"--no-fin      not the last frame of its message\n" +
	"--opcode 0xb  any from 0 to 15\n" +
	"--rsv 4       reserved bits: RSV1 is 4, RSV2 is 2, RSV3 is 1\n" +
	"--no-mask     without a masking key\n" +
	"--mask HEX    this masking key, such as 00000000\n" +
	"--length 200  what the header says, whatever the payload has\n" +
	"--payload P   the payload as it stands, also of a close frame" + quotes

// Table is all commands, in the order of the help.
func Table() []Command {
	return []Command{
		{Name: "text", Args: "TEXT", Summary: "send TEXT as a text message", run: runText,
			Detail: "Everything behind the first blank is the message; without TEXT it is empty." + quotes},
		{Name: "binary", Args: "HEX|base64:…|@FILE", Summary: "send a binary message",
			run: runBinary, Complete: completeAtFile,
			Detail: "HEX may have blanks between the bytes, as in 0b ad f0 0d."},
		{Name: "file", Args: "PATH", Summary: "send a file as one message",
			run: runFile, Complete: completeFile,
			Detail: "It is sent as text when it is valid UTF-8 without a NUL, else as binary.\n" +
				"PATH goes on to the end of the line and needs no quotes."},
		{Name: "edit", Args: "[TEXT]", Summary: "compose a message in $VISUAL or $EDITOR",
			run: runEdit, asTyped: true, Complete: completeOf("last"),
			Detail: "The file begins with TEXT, with /edit last with the last message. Its last line end " +
				"is not part of the message; an empty file sends nothing."},
		{Name: "again", Args: "[N]", Summary: "send the last message again",
			run: runAgain, asTyped: true,
			Detail: "With N line N of /history is done again. Variables such as ${uuid} have new " +
				"values, and it goes to the same connection, unless NAME> stands before /again."},
		{Name: "history", Args: "[N]", Summary: "list the lines that were typed last",
			run: runHistory, asTyped: true,
			Detail: "Those typed to the same address come first, as with Up. N is how many, 20 " +
				"without. /again N does one again."},
		{Name: "snippet", Args: "[[save] NAME]", Summary: "send a message that was kept, or keep one",
			run: runSnippet, asTyped: true, Complete: completeSnippet,
			Detail: "/snippet save NAME keeps the last message, with its variables as they were " +
				"typed, or what stands behind NAME. Alone it lists them."},
		{Name: "ping", Args: "[data]", Summary: "send a ping; the pong shows the round trip",
			run: runPing, Detail: "At most 125 bytes." + quotes},
		{Name: "pong", Args: "[data]", Summary: "send a pong that nobody asked for",
			run: runPong, Detail: "At most 125 bytes." + quotes},
		{Name: "close", Args: "[code [reason]]", Summary: "begin the closing handshake",
			run: runClose, Complete: completeClose,
			Detail: "/close NAME closes the connection of that name; a code may stand behind it.\n" +
				"The code is 1000 when none is given. Any from 0 to 65535 is sent as it is, " +
				"also one that the RFC forbids, but 0 sends a Close frame without a code.\n" +
				"The reason has at most 123 bytes." + quotes},
		{Name: "connect", Args: "[flags] [URL]", Summary: "connect, to the same address or another",
			run: runConnect, Words: true, Complete: completeConnect,
			Detail: "Takes the flags of the command line; words are quoted as in a shell:\n" +
				"/connect -H 'Origin: https://example.com' ws://localhost:8080/\n" +
				"A path, as in /connect /chat, is one of the same server, and @name a profile.\n" +
				"With --as NAME it is another connection beside those that there are: NAME> " +
				"before a line sends it there."},
		{Name: "to", Args: "[NAME]", Summary: "have lines without a name go to this connection",
			run: runTo, Complete: completeNames,
			Detail: "Without NAME to the first."},
		{Name: "frame", Args: "TYPE [PAYLOAD] [flags]", Summary: "send one raw frame, right or wrong",
			run: runFrame, Words: true, Complete: completeFrame, Detail: frameDetail},
		{Name: "fragment", Args: "N TEXT", Summary: "send a message in frames of N bytes",
			run: runFragment, Detail: "The pieces are cut anywhere, also within a character, and not compressed.\n" +
				"hex:… or base64:… instead of TEXT is a binary message." + quotes},
		{Name: "raw", Args: "HEX|base64:…|@FILE", Summary: "send bytes as they are, without a frame",
			run: runRaw, Complete: completeAtFile,
			Detail: "8a8000000000 is a masked pong. A file may have 16 MiB."},
		{Name: "drop", Summary: "end TCP without a Close frame", run: runDrop},
		{Name: "stall", Args: "[off|TIME]", Summary: "stop reading what the server sends",
			run: runStall, Complete: completeOf("off"),
			Detail: "It lasts for TIME, such as 1.5s, or until /stall off. The closing handshake " +
				"and the end of the connection end it too."},
		{Name: "frames", Args: "on|off|hex", Summary: "show each frame, in hex with its bytes",
			run: runFrames, Complete: completeOf(FramesOn, FramesOff, FramesHex)},
		{Name: "filter", Args: "[JQ|off]", Summary: "show what a jq expression selects or makes",
			run: runFilter, Complete: completeOf("off"),
			Detail: "Of JSON messages is shown what select(.type == \"echo\") lets pass, or what " +
				".price makes of them; all others are passed over. It stays for the next " +
				"connections. Without an argument the filter is told."},
		{Name: "pretty", Args: "fit|always|never", Summary: "lay out JSON that comes",
			run:      screenMode("pretty", prettyModes, func(s *Screen) func(string) error { return s.Pretty }),
			Complete: completeOf(prettyModes...),
			Detail: "fit: an object or array stands on one row where that has room for it. always: each " +
				"member has a row of its own. never: it stays as it was sent."},
		{Name: "timestamps", Args: "on|off|delta", Summary: "show times, or how long ago the last line was",
			run:      screenMode("timestamps", timesModes, func(s *Screen) func(string) error { return s.Times }),
			Complete: completeOf(timesModes...)},
		{Name: "grep", Args: "[-iov] [PATTERN|off]", Summary: "mark what matches, or hide messages",
			run: runGrep, Complete: completeOf("off", "-i", "-o", "-v"),
			Detail: "PATTERN is a regular expression without quotes, up to the end of the line. It is looked " +
				"for in messages that come, as they were sent and as they are shown.\n" +
				"-v  hides the messages that match\n" +
				"-o  hides those that do not\n" +
				"-i  does not tell capitals from small letters\n" +
				"Without an argument it tells what is looked for."},
		{Name: "last", Args: "[N]", Summary: "open the N-th last message in $PAGER", run: runLast,
			Detail: "Without N the last: the whole of it, JSON laid out and binary as a hexdump. Kept are the last 100 messages " +
				"that were shown, as long as they have 16 MiB together, and one of up to 64 MiB."},
		{Name: "copy", Args: "[N]", Summary: "copy the N-th last message to the clipboard", run: runCopy,
			Detail: "Without N the last. The terminal does it (OSC 52), or not: tmux wants set-clipboard on. Copied is the " +
				"message as it was sent, a binary one in hexadecimal, up to 74994 bytes."},
		{Name: "pause", Summary: "keep what comes from the screen until /resume",
			run: screenCommand("pause", func(s *Screen) func() error { return s.Pause }),
			Detail: "The prompt counts the messages that wait. Space on an empty line goes on too. What waits " +
				"may have 4 MiB; after that nothing more is read from the connection."},
		{Name: "resume", Summary: "show what waits since /pause, and what comes",
			run: screenCommand("resume", func(s *Screen) func() error { return s.Resume })},
		{Name: "clear", Summary: "clear the screen, as Ctrl-L does",
			run: screenCommand("clear", func(s *Screen) func() error { return s.Clear })},
		{Name: "status", Summary: "show address, TLS, counters, round trip", run: runStatus},
		{Name: "headers", Summary: "show the handshake as it was on the wire", run: runHeaders},
		{Name: "stats", Summary: "show rates, message sizes and round trips", run: runStats},
		{Name: "help", Args: "[name]", Summary: "list the commands, or explain one",
			run: runHelp, Complete: completeName},
		{Name: "quit", Also: []string{"exit", "q"}, Summary: "close the connection and leave",
			run: runQuit, Detail: "/exit and /q do the same."},
	}
}

// Usage is how a command is written, "/close [code [reason]]".
func (c *Command) Usage() string {
	return strings.TrimRight("/"+c.Name+" "+c.Args, " ")
}

func runQuit(_ context.Context, env *Env, rest words.Text) error {
	if err := noArgument("quit", rest); err != nil {
		return err
	}
	if env.Quit == nil {
		return unfit("quit")
	}
	env.Quit()
	return nil
}

func runConnect(ctx context.Context, env *Env, rest words.Text) error {
	args, err := rest.Arguments()
	if err != nil {
		return err
	}
	if env.Connect == nil {
		return unfit("connect")
	}
	conn := ""
	if len(args) > 0 { // nil stays nil: the same target as before
		if conn, args, err = name.OfConnect("", args); err != nil {
			return err
		}
	}
	return env.Connect(ctx, conn, args)
}

func runEdit(ctx context.Context, env *Env, rest words.Text) error {
	if env.Edit == nil {
		return unfit("edit")
	}
	text := rest.String()
	if strings.TrimSpace(text) == "last" {
		var err error
		if text, err = env.lastText(); err != nil {
			return err
		}
	}
	message, err := env.Edit(ctx, text, snippet.Extension(text))
	if err != nil || message == "" {
		return err
	}
	line := asLine(message)
	env.last = &said{line: line, conn: env.Conn, text: message, isText: true} // also if it cannot be sent
	return env.redo(ctx, line)
}

// noArgument refuses what stands behind a command that takes nothing.
func noArgument(name string, rest words.Text) error {
	if text := strings.TrimSpace(rest.String()); text != "" {
		return fmt.Errorf("/%s takes no argument, but %q was given", name, exit.Shorten(text))
	}
	return nil
}

// unfit is the error of a command that cannot run where it was given.
func unfit(name string) error { return fmt.Errorf("/%s needs a terminal", name) }

// unfitHere is the same of one that needs something else.
func unfitHere(name string) error { return fmt.Errorf("/%s cannot be used here", name) }
