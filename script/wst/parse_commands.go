package wst

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"wsline/internal/words"
	"wsline/repl/command"
)

// A Command is one of those that scripts have besides the terminal's: a row of the table that the
// parser, the help and the reference go by.
type Command struct {
	Name    string // without the slash
	Args    string // "NAME VALUE"
	Summary string // one line, lower case, no full stop
	Detail  string // further lines, "" for none

	check func(rest string) error // of the argument, when it has no variables
	words bool                    // the argument is words, quoted as in a shell
	bare  bool                    // blanks at the end of the argument mean nothing
}

// Usage is how a command is written, "/wait TIME".
func (c *Command) Usage() string {
	return strings.TrimRight("/"+c.Name+" "+c.Args, " ")
}

// Commands is the table, in the order of the help.
func Commands() []Command {
	return []Command{
		{Name: "set", Args: "NAME VALUE", Summary: "give a variable its value", check: checkSet,
			Detail: "VALUE goes on to the end of the line. In quotation marks it may have escapes."},
		{Name: "capture", Args: "NAME JQ|~REGEXP", Summary: "set a variable from the last message",
			check:  checkCapture,
			Detail: "Of a REGEXP it is the first group, or the whole match when it has none."},
		{Name: "wait", Args: "TIME", Summary: "let time pass", check: checkTime},
		{Name: "silence", Args: "TIME", Summary: "fail if a message comes within TIME",
			check: checkTime},
		{Name: "timeout", Args: "TIME", Summary: "set how long each expectation waits, 5s at first",
			check: checkTime},
		{Name: "within", Args: "TIME", Summary: "set how long the next expectation waits",
			check: checkTime},
		{Name: "every", Args: "TIME MESSAGE|off", Summary: "send a message again and again",
			check: checkEvery,
			Detail: "The first time after TIME, until the connection ends. MESSAGE may be in quotation\n" +
				"marks, with escapes, or @hex: and the bytes of a binary one. /every off ends all."},
		{Name: "repeat", Args: "N", Summary: "do the lines up to /end N times", check: checkRepeat},
		{Name: "unordered", Summary: "expect the lines up to /end in any order",
			check: takesNothing("unordered")},
		{Name: "end", Summary: "end /repeat or /unordered", check: takesNothing("end")},
		{Name: "include", Args: "FILE", Summary: "do the lines of another file",
			check:  needs("/include", "a file"),
			Detail: "FILE is relative to the file that includes it."},
		{Name: "skip", Args: "WHY", Summary: "leave out the rest of the file, and say why",
			check: needs("/skip", "a reason")},
		{Name: "exec", Args: "PROGRAM [ARG...]", Summary: "run a program, which must succeed",
			check: checkExec, words: true,
			Detail: "Words are quoted as in a shell. It needs --allow-exec."},
		{Name: "expect", Args: "PATTERN", Summary: "wait for a message, as a line with < does",
			Detail: "PATTERN is what stands behind \"< \", or a whole such line: /expect <ping x."},
		{Name: "save", Args: "FILE.wst", Summary: "write the conversation so far",
			check: needs("/save", "a file")},
	}
}

// commandsByName are those of scripts and of the terminal.
func commandsByName() map[string]*Command {
	names := map[string]*Command{}
	for _, c := range command.Table() {
		names[c.Name] = terminalCommand(c)
	}
	for _, c := range Commands() {
		c.bare = true
		names[c.Name] = &c
	}
	return names
}

// CheckArgument says what is wrong with the argument of a command that sends something.
func CheckArgument(name string, rest words.Text) error {
	if isFile(name, rest) {
		return nil
	}
	return dryEnv(func(sent) {}).Run(context.Background(), name, rest)
}

// isFile says whether a command takes what it sends from a file, which need not be there yet.
func isFile(name string, rest words.Text) bool {
	return (name == "binary" || name == "raw") && strings.HasPrefix(rest.TrimLeft().Form(), "@")
}

// checkSet looks at "NAME VALUE".
func checkSet(rest string) error {
	name, value := words.Plain(rest).TrimSpace().CutWord()
	switch {
	case name.String() == "":
		return errors.New("/set needs a name and a value")
	case value.String() == "":
		return fmt.Errorf(`/set %s needs a value; "" is an empty one`, name.String())
	}
	_, _, err := ParseSet(words.Plain(rest))
	return err
}

func checkTime(rest string) error {
	_, err := ParseTime(rest)
	return err
}

func checkRepeat(rest string) error {
	_, err := ParseRepeat(rest)
	return err
}

// ParseRepeat reads the argument of /repeat.
func ParseRepeat(rest string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(rest))
	if err != nil || n < 1 || n > maxRepeat {
		return 0, fmt.Errorf("%s is not a number of times from 1 to %d", Quoted(rest), maxRepeat)
	}
	return n, nil
}

func takesNothing(name string) func(string) error {
	return func(rest string) error {
		if rest = strings.TrimSpace(rest); rest != "" {
			return fmt.Errorf("/%s takes no argument, but %s was given", name, Quoted(rest))
		}
		return nil
	}
}

func needs(name, what string) func(string) error {
	return func(rest string) error {
		if strings.TrimSpace(rest) == "" {
			return errors.New(name + " needs " + what)
		}
		return nil
	}
}

func checkExec(rest string) error {
	args, err := words.Strings(rest)
	if err == nil && len(args) == 0 {
		err = errors.New("/exec needs a program")
	}
	return err
}
