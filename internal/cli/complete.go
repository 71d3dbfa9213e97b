package cli

import (
	"slices"
	"strings"
	"unicode"

	"wsline/internal/cmd"
	"wsline/internal/complete"
	"wsline/internal/env"
	"wsline/internal/flags"
	"wsline/internal/profile"
	"wsline/internal/view"
)

// completeCommand is the command that the scripts of `wsline completion` ask. It is not listed.
const completeCommand = "__complete"

// runComplete prints what may stand for a word. The first argument is the word behind an equals sign,
// as PowerShell leaves out an argument that is empty; the others are the words before it.
func runComplete(e *env.Env, args []string) int {
	v := view.New()
	out := newReporter(e, &v)
	word, before := "", []string{}
	if len(args) > 0 {
		word, before = strings.TrimPrefix(args[0], "="), args[1:]
	}
	answer := answerTo(before, word, profile.Names(e))
	return out.report(cmd.Interruptible(e, func() error { return e.Print(answer.String()) }))
}

// answerTo is what may stand for a word behind others, of which wsline itself is none.
func answerTo(before []string, word string, profiles []string) complete.Answer {
	if len(before) == 1 && before[0] == "help" {
		s := complete.Syntax{Args: []complete.Argument{{Words: commandWords()}}}
		return s.Complete(nil, word)
	}
	c, args := find(before)
	if c.Read != nil { // the words are another program's up to --
		end := slices.Index(args, "--")
		if end < 0 {
			s := complete.Syntax{Groups: []flags.Group{c.helpGroup()}, Args: arguments(c.Command)[:1]}
			return s.Complete(args, word)
		}
		s := complete.Syntax{Groups: c.groups()}
		return s.Complete(args[end+1:], word)
	}
	s := complete.Syntax{Groups: c.groups(), Args: arguments(c.Command)}
	if last := len(s.Args) - 1; last >= 0 {
		s.More = strings.HasSuffix(c.Args, "...")
	}
	if c.Name == "" {
		s.First, s.Args = "connect", []complete.Argument{{Kind: flags.KindURL}}
		if len(before) == 0 {
			s.Args[0].Words = append(commandWords(),
				complete.Word{Text: "help", Summary: "explain a command"},
				complete.Word{Text: "version", Summary: "show the version"})
		}
	}
	if c.Name == "" || c.Name == "test" {
		s.Args[0].Words = append(s.Args[0].Words, atNames(profiles)...)
	}
	return s.Complete(args, word)
}

// commandWords are the commands with their summaries.
func commandWords() (list []complete.Word) {
	for _, c := range commands() {
		list = append(list, complete.Word{Text: c.Name, Summary: c.Summary})
	}
	return list
}

// atNames are profiles as they are typed, but those whose names a line of the answer cannot hold.
func atNames(profiles []string) (list []complete.Word) {
	for _, name := range profiles {
		if !strings.ContainsFunc(name, unicode.IsControl) {
			list = append(list, complete.Word{Text: "@" + name, Summary: "profile"})
		}
	}
	return list
}

// arguments are those of a command, by what stands for them in its usage: "FILE|DIR..." is a file,
// which shells offer with the folders on the way.
func arguments(c *cmd.Command) (list []complete.Argument) {
	if c.Words != nil {
		var words []complete.Word
		for _, w := range c.Words() {
			words = append(words, complete.Word{Text: w})
		}
		return []complete.Argument{{Words: words}}
	}
	for _, placeholder := range strings.Fields(c.Args) {
		first, _, _ := strings.Cut(strings.TrimSuffix(placeholder, "..."), "|")
		list = append(list, complete.Argument{Kind: flags.KindOf(first)})
	}
	return list
}
