package flags

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"wsline/internal/exit"
	"wsline/internal/suggest"
	"wsline/internal/words"
)

// A Line is a command line that was parsed: its flags are in the options by now.
type Line struct {
	Args    []string          // those that are no flags
	spelled map[string]string // the name by which a flag was given, by its first name
	words   []string          // as they were typed, up to "--"

	Under Under    // what stood under it
	typed []string // the first names of flags, where something stood under them
}

// Behind are the words that stand right behind a flag that takes none of them, by its spellings such
// as "-b". Another flag is none.
func (l *Line) Behind(spellings ...string) (words []string) {
	for i, word := range l.words {
		if i > 0 && slices.Contains(spellings, l.words[i-1]) && !strings.HasPrefix(word, "-") {
			words = append(words, word)
		}
	}
	return words
}

// Flag is a flag as it was typed, which errors name: "--cacert" for the one that is "ca" here.
func (l *Line) Flag(name string) string {
	if spelled := l.spelled[name]; spelled != "" {
		name = spelled
	}
	return "--" + name
}

// Given tells whether a flag was given, by its first name.
func (l *Line) Given(name string) bool { return l.spelled[name] != "" }

// Parse reads arguments with the flags of the groups. What comes from a variable, as marks tell, see
// words.Text.Arguments, is never a flag. What was read before an error stays in the
// options, as a wish for colour may be among it. Errors are *exit.UsageError.
func Parse(args []string, groups []Group) (*Line, error) { return parse(args, args, groups) }

// parse is Parse where the last of the arguments were typed.
func parse(args, typed []string, groups []Group) (*Line, error) {
	set := newSet(args, groups)
	if err := set.Parse(args); err != nil {
		return &Line{}, parseError(err, groups, set.NArg() > 0)
	}
	l := &Line{spelled: map[string]string{}}
	for _, arg := range set.Args() {
		l.Args = append(l.Args, words.Unmark(arg))
	}
	l.words = typed
	if end := slices.Index(typed, "--"); end >= 0 {
		l.words = typed[:end]
	}
	set.Visit(func(f *pflag.Flag) { l.spelled[find(groups, f.Name).Name] = f.Name })
	return l, l.checkApart(groups)
}

// checkApart refuses what was meant for a flag that needs no argument, and stands apart from it: as
// a URL it would be a host that DNS is asked for, else a message.
func (l *Line) checkApart(groups []Group) error {
	for _, g := range groups {
		for i := range g.Rows {
			r := &g.Rows[i]
			if !r.mayBeIn(l.words) {
				continue
			}
			for _, word := range l.Behind(r.dashed()...) {
				if !r.takes(word, l.Args) {
					continue
				}
				write := "--" + r.Name + "=" + word
				if r.MayLackArg && !slices.Contains(r.Value.choices, word) {
					write = r.usage()
				}
				return exit.Usagef("write "+write,
					"%s takes what follows it only after an equals sign", l.Flag(r.Name))
			}
		}
	}
	return nil
}

// takes says that a word which stands behind the flag is its argument rather than one of args.
func (r *Row) takes(word string, args []string) bool {
	isFirst := len(args) > 0 && args[0] == word
	switch {
	case r.Value.isSwitch:
		return isFirst && (word == "true" || word == "false")
	case !r.MayLackArg || !slices.Contains(args, word) || len(r.Value.choices) == 0:
		return false
	}
	isURL := func(s string) bool { return strings.Contains(s, "://") }
	return slices.Contains(r.Value.choices, word) ||
		isFirst && len(args) > 1 && isURL(args[1]) && !isURL(word)
}

// mayBeIn says that the flag may be among the words: by a name of its own, or in a group of short ones.
func (r *Row) mayBeIn(words []string) bool {
	for _, word := range words {
		long, isLong := strings.CutPrefix(word, "--")
		long, _, _ = strings.Cut(long, "=")
		switch {
		case isLong && (long == r.Name || r.isAlso(long)):
			return true
		case !isLong && strings.HasPrefix(word, "-") && (r.Short != "" || len(r.Also) > 0):
			return true
		}
	}
	return false
}

// isAlso says that the long name is one of Also.
func (r *Row) isAlso(name string) bool {
	return slices.ContainsFunc(r.Also, func(s Spelling) bool { return s.Name == name })
}

func (r *Row) add(set *pflag.FlagSet) {
	for _, s := range r.Spellings() {
		f := set.VarPF(r.Value, s.Name, s.Short, r.Summary)
		if r.MayLackArg {
			f.NoOptDefVal = noArgument
		}
	}
}

// parseError says what is wrong; afterURL tells that the URL, or more, stands before it.
func parseError(err error, groups []Group, afterURL bool) error {
	var unknown *pflag.NotExistError
	var lacking *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.Is(err, pflag.ErrHelp): // where no row is the help
		return exit.Usagef(SeeHelp, "unknown flag --help")
	case errors.As(err, &unknown):
		return unknownFlag(unknown, groups, afterURL)
	case errors.As(err, &lacking):
		name := lacking.GetFlag().Name
		return exit.Usagef("write "+find(groups, name).usage(), "--%s needs an argument", name)
	case errors.As(err, &invalid):
		return exit.Usagef("", "--%s: %v", invalid.GetFlag().Name, invalid.Unwrap())
	case errors.As(err, &syntax):
		return exit.Usagef(SeeHelp, "%q is not a flag", words.Unmark(syntax.GetSpecifiedFlag()))
	}
	return exit.Usagef(SeeHelp, "%s", words.Unmark(err.Error()))
}

// SeeHelp is the hint of an error that nothing better is known for.
const SeeHelp = "wsline --help lists the flags"

const dashesHint = "-- before it sends a message that begins with a dash"

// unknownFlag names the flag that was most likely meant. Behind the URL it may be a message.
func unknownFlag(e *pflag.NotExistError, groups []Group, afterURL bool) error {
	hint := SeeHelp
	if afterURL {
		hint = dashesHint
	}
	if group := words.Unmark(e.GetSpecifiedShortnames()); group != "" {
		long, _, _ := strings.Cut(group, "=")
		switch near := suggest.Nearest(long, Names(groups)); {
		case len(group) == 1:
			return exit.Usagef(hint, "unknown flag -%s", group)
		case near != "":
			return exit.Usagef("did you mean --"+near+"?", "unknown flag -%s", long)
		}
		return exit.Usagef(dashesHint, "unknown flag -%s in %q",
			words.Unmark(e.GetSpecifiedName()), "-"+group)
	}
	name := words.Unmark(e.GetSpecifiedName())
	if near := suggest.Nearest(name, Names(groups)); near != "" {
		return exit.Usagef("did you mean --"+near+"?", "unknown flag --%s", name)
	}
	return exit.Usagef(hint, "unknown flag --%s", name)
}
