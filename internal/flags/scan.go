package flags

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"wsline/internal/words"
)

// A Given is a flag as it stands among words, with its argument, which may have marks.
type Given struct {
	Row *Row
	Arg string
}

// Word is the flag as one word that reads the same.
func (g Given) Word() string {
	if g.Arg == noArgument {
		return "--" + g.Row.Name
	}
	return "--" + g.Row.Name + "=" + g.Arg
}

// Typed are the words by which a person gives the flag.
func (g Given) Typed() []string {
	return g.Row.Typed(strings.TrimPrefix(words.Unmark(g.Arg), noArgument), func(s string) string { return s })
}

// Scan tells which flags stand among arguments, and what else, in their order, without reading any into
// its place: what an argument may be is not looked at. Marks stay. Errors are *exit.UsageError.
func Scan(args []string, groups []Group) (list []Given, rest []string, err error) {
	set := newSet(args, groups)
	err = set.ParseAll(args, func(f *pflag.Flag, arg string) error {
		list = append(list, Given{find(groups, f.Name), arg})
		return nil
	})
	if err != nil {
		return nil, nil, parseError(err, groups, set.NArg() > 0)
	}
	return list, set.Args(), nil
}

// newSet has the flags that may be among the arguments: of a hundred flags a line has a few.
func newSet(args []string, groups []Group) *pflag.FlagSet {
	set := pflag.NewFlagSet("wsline", pflag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	for _, g := range groups {
		for i := range g.Rows {
			if g.Rows[i].mayBeIn(args) {
				g.Rows[i].add(set)
			}
		}
	}
	return set
}

// An Under is what stands below a command line, which wins over it, and the address that a name on the
// line stands for.
type Under struct {
	Words   []string // flags, each one word, as Given.Word has it
	Address string   // may have marks; "": what was typed
	Flag    string   // the flag whose argument the address is, "" for the first argument
	Hidden  []string // those of Words that hold what must not be shown, without marks
	Secrets []string // the values for which they must not

	Name   string            // that was typed for the address, "" for none
	Places map[string]string // where flags stand, by their first names
	Others []string          // words for those flags that are not about connecting, as they are typed
}

// ParseOver is Parse of a line with what stands under it.
func ParseOver(args []string, u Under, groups []Group) (*Line, error) {
	if len(u.Words) == 0 && u.Address == "" {
		return Parse(args, groups)
	}
	typed, _, err := Scan(args, groups)
	if err != nil {
		return &Line{}, err
	}
	l, err := parse(slices.Concat(u.Words, args), args, groups)
	l.Under = u
	for _, g := range typed {
		l.typed = append(l.typed, g.Row.Name)
	}
	switch {
	case err != nil || u.Address == "":
	case u.Flag == "":
		l.Args[0] = words.Unmark(u.Address)
	default:
		err = find(groups, u.Flag).Value.Set(u.Address)
	}
	return l, err
}

// Hides tells whether a flag must not be shown: as Given.Word has it, without marks.
func (l *Line) Hides(word string) bool { return slices.Contains(l.Under.Hidden, word) }

// Place is where a flag stands that was not typed, "" for one that was.
func (l *Line) Place(name string) string {
	if slices.Contains(l.typed, name) {
		return ""
	}
	return l.Under.Places[name]
}
