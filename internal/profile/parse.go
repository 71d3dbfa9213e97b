// Package profile is flags with a name: the file in which they stand, from its text to the words of a
// command line. What words mean together, and which of them win, is internal/target's.
//
// A File does not change. A Book, which reads one, may be used concurrently once its fields are set.
package profile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"wsline/internal/exit"
)

// Default is the section that is for all connections.
const Default = "default"

// A File is what stands in a file of profiles.
type File struct {
	Name      string // as errors show it
	AllowExec int    // the line that lets commands run, 0 for none
	Sections  []*Section

	isForeign      bool   // not the user's own: no command in it is run
	distrust, hint string // why none is in the user's own, and what to do; "": they are
}

// A Section is a profile: the flags under a name.
type Section struct {
	Name    string
	Number  int // of its line
	Address *Line
	Flags   []*Line
}

// A Line is words as they were written, and where.
type Line struct {
	Number int
	parts  []part
}

// A part of a line is text with its quotes, or a command whose output belongs there.
type part struct {
	text      string
	isCommand bool
}

// Section is the one of a name, nil for none.
func (f *File) Section(name string) *Section {
	for _, s := range f.Sections {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// Names are those of the profiles, in the order of the file.
func (f *File) Names() (list []string) {
	for _, s := range f.Sections {
		if s.Name != Default {
			list = append(list, s.Name)
		}
	}
	return list
}

// At is an error about a line of the file.
func (f *File) At(number int, hint, format string, args ...any) error {
	return exit.Usagef(hint, "%s:%d: %s", f.Name, number, fmt.Sprintf(format, args...))
}

// HasCommands tells whether a command must be run for what the line says.
func (l *Line) HasCommands() bool {
	return slices.ContainsFunc(l.parts, func(p part) bool { return p.isCommand })
}

// Written are the words of the line as one text, with commands as they were written.
func (l *Line) Written() string {
	list, err := textOf(l.parts, func(command string) string { return "$(" + command + ")" }).Strings()
	if err != nil {
		return ""
	}
	return strings.Join(list, " ")
}

// allowExec is the line that lets commands run.
const allowExec = "allow-exec"

// Parse reads a file, of which name is shown in errors, all of them *exit.UsageError. Flags are read
// as words alone: which there are it does not know.
func Parse(name string, text []byte) (*File, error) {
	f := &File{Name: name}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	number := 0
	for written := range strings.Lines(string(text)) {
		number++
		line := strings.TrimSpace(written)
		switch {
		case line == "" || line[0] == '#':
			continue
		case strings.ContainsRune(line, 0):
			return nil, f.At(number, "", "a NUL, which no flag can have")
		case line[0] == '[':
			if err := f.begin(number, line); err != nil {
				return nil, err
			}
			continue
		}
		parts, err := split(line)
		if err != nil {
			return nil, f.At(number, err.hint, "%s", err.text)
		}
		if len(parts) == 0 {
			continue
		}
		if err := f.add(&Line{number, parts}); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// begin begins a section.
func (f *File) begin(number int, line string) error {
	head, comment, _ := strings.Cut(line[1:], "]")
	name := strings.TrimSpace(head)
	comment = strings.TrimSpace(comment)
	switch other := f.Section(name); {
	case !strings.Contains(line, "]"), comment != "" && comment[0] != '#':
		return f.At(number, "[staging] begins the profile @staging", "%q is not a section", line)
	case !isName(name):
		return f.At(number, "a name has letters, digits and . _ -", "%q cannot be a name", name)
	case other != nil:
		return f.At(number, "", "[%s] stands in line %d already", name, other.Number)
	}
	f.Sections = append(f.Sections, &Section{Name: name, Number: number})
	return nil
}

func isName(s string) bool {
	return s != "" && s[0] != '-' && strings.IndexFunc(s, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
			strings.ContainsRune("._-", r))
	}) < 0
}

// add puts a line where it belongs: a flag begins with a dash, an address does not.
func (f *File) add(l *Line) error {
	first := l.parts[0]
	bare := len(l.parts) == 1 && strings.TrimSpace(first.text) == allowExec
	if len(f.Sections) == 0 {
		if bare && f.AllowExec == 0 {
			f.AllowExec = l.Number
			return nil
		}
		return f.At(l.Number, "[NAME] begins a profile, ["+Default+"] what is for all connections",
			"this line stands before the first section")
	}
	s := f.Sections[len(f.Sections)-1]
	isFlag := !first.isCommand && strings.HasPrefix(strings.TrimLeft(first.text, `'"\`), "-")
	switch {
	case isFlag:
		s.Flags = append(s.Flags, l)
	case bare:
		return f.At(l.Number, "", "%s stands before the first section", allowExec)
	case s.Name == Default:
		return f.At(l.Number, "a section of its own has the URL; flags begin with a dash",
			"[%s] is for all connections, and takes no URL", Default)
	case s.Address != nil:
		return f.At(l.Number, "flags begin with a dash", "the URL of [%s] stands in line %d already",
			s.Name, s.Address.Number)
	default:
		s.Address = l
	}
	return nil
}
