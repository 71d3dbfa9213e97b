// Package complete says what may stand where a command line has got to, for the completion of shells.
// It knows flags and the kinds of arguments, and no command, shell or file: the shell lists files
// itself, as it is used to, when it is told that one may stand there.
package complete

import (
	"strings"

	"wsline/internal/flags"
)

// A Word is one that may stand there, and what it does, "" where that is plain.
type Word struct{ Text, Summary string }

// An Argument is one that is no flag.
type Argument struct {
	Kind  flags.Kind
	Words []Word // some that it may be
}

// A Syntax is what a command takes.
type Syntax struct {
	Groups []flags.Group
	First  string     // the long name of a flag that stands instead of the first argument, "" for none
	Args   []Argument // in their order
	More   bool       // the last one may be repeated
}

// An Answer is what may stand for the last word of a line: words, of which the shell takes those that
// fit, and files, if Files is KindFile or KindDirectory. Their names stand behind Prefix.
type Answer struct {
	Words  []Word
	Files  flags.Kind
	Prefix string
}

// Complete answers for a word behind others.
func (s *Syntax) Complete(before []string, word string) Answer {
	row, position, onlyArgs := s.scan(before)
	switch {
	case row != nil:
		return argumentOf(row, "", word)
	case onlyArgs || !strings.HasPrefix(word, "-"):
		return s.argument(position)
	}
	if name, value, joined := strings.Cut(word, "="); joined {
		row := flags.ByName(s.Groups, strings.TrimPrefix(name, "--"))
		if row == nil || row.Arg == "" {
			return Answer{}
		}
		return argumentOf(row, name+"=", value)
	}
	return Answer{Words: s.flags(word)}
}

// scan reads the words of a line: row is a flag whose argument comes next, position counts the
// arguments, and onlyArgs says that there are no more flags.
func (s *Syntax) scan(words []string) (row *flags.Row, position int, onlyArgs bool) {
	for _, word := range words {
		switch {
		case row != nil: // this is its argument
			row = nil
		case onlyArgs || len(word) < 2 || word[0] != '-':
			position++
		case word == "--":
			onlyArgs = true
		default:
			var isFirst bool
			row, isFirst = s.flag(word)
			if isFirst {
				position++
			}
		}
	}
	return row, position, onlyArgs
}

// flag reads one word of flags. A row that it returns needs the next word as its argument.
func (s *Syntax) flag(word string) (next *flags.Row, isFirst bool) {
	if long, ok := strings.CutPrefix(word, "--"); ok {
		name, _, joined := strings.Cut(long, "=")
		row := flags.ByName(s.Groups, name)
		if row == nil {
			return nil, false
		}
		if joined || !row.NeedsArg() {
			row = nil
		}
		return row, name == s.First
	}
	for i, short := range word[1:] {
		row := flags.ByShort(s.Groups, string(short))
		if row == nil {
			break
		}
		if !row.NeedsArg() {
			continue
		}
		if isFirst = row.Name == s.First; i+2 < len(word) {
			row = nil // what follows is its argument
		}
		return row, isFirst
	}
	return nil, false
}

// argument is what may stand at a position.
func (s *Syntax) argument(n int) Answer {
	if last := len(s.Args) - 1; n > last && s.More {
		n = last
	}
	if n >= len(s.Args) {
		return Answer{}
	}
	arg := s.Args[n]
	a := Answer{Words: arg.Words, Files: arg.Kind}
	if arg.Kind == flags.KindURL {
		a.Words = append(a.Words, urls...)
	}
	return a
}

var urls = []Word{
	{"ws://", ""}, {"wss://", ""}, {"echo:", "inside wsline: sends everything back"},
	{"demo:", "inside wsline: answers JSON"},
}

// argumentOf is what may stand for a flag's argument, of which typed is there, behind a prefix.
func argumentOf(row *flags.Row, prefix, typed string) Answer {
	a := Answer{Files: row.Kind(), Prefix: prefix}
	for _, choice := range row.Choices() {
		a.Words = append(a.Words, Word{prefix + choice, ""})
	}
	if row.Kind() == flags.KindURL && len(row.Choices()) == 0 {
		for _, u := range urls {
			a.Words = append(a.Words, Word{prefix + u.Text, u.Summary})
		}
	}
	switch {
	case !row.TakesFile():
	case strings.HasPrefix(typed, "@"):
		a.Files, a.Prefix = flags.KindFile, prefix+"@"
	default:
		a.Words = append(a.Words, Word{prefix + "@", "from a file"})
	}
	return a
}

// flags are those that a word with a dash may become.
func (s *Syntax) flags(word string) (list []Word) {
	if len(word) == 2 && word[1] != '-' {
		if row := flags.ByShort(s.Groups, word[1:]); row != nil {
			return []Word{{word, row.Summary}}
		}
	}
	for _, g := range s.Groups {
		for i := range g.Rows {
			row := &g.Rows[i]
			for _, s := range row.Spellings() {
				list = append(list, Word{"--" + s.Name, row.Summary})
			}
			if !row.MayLackArg {
				continue
			}
			for _, choice := range row.Choices() {
				list = append(list, Word{"--" + row.Name + "=" + choice, row.Summary})
			}
		}
	}
	return list
}

// String is the answer as the scripts of shells read it. The first line says which files, and what
// stands before their names; each further one is a word and what it does, between them a tab.
func (a Answer) String() string {
	var b strings.Builder
	files := map[flags.Kind]string{flags.KindFile: "files", flags.KindDirectory: "directories"}[a.Files]
	if files == "" {
		files = "none"
	}
	b.WriteString(files + "\t" + a.Prefix + "\n")
	for _, w := range a.Words {
		b.WriteString(w.Text + "\t" + w.Summary + "\n")
	}
	return b.String()
}
