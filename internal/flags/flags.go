// Package flags is the flags of a command line as rows of a table: parsing, the help and the
// reference page are made from the rows alone. A row reads its argument into a place of the options
// that it belongs to; what options mean together is their owner's business.
//
// Nothing here knows a command or a connection, and nothing is printed. A table serves one command
// line: it is made anew for each, and used by one goroutine.
package flags

import "strings"

// A Row is one flag.
type Row struct {
	Name, Short string
	Also        []Spelling
	Arg         string // what stands for the argument, "" for a flag without one
	MayLackArg  bool
	Summary     string // for the help: short, lower case
	Detail      string // for the reference page: sentences, where there is more to say
	Value       *Value
}

// A Spelling is a second name of a flag, known from another program.
type Spelling struct{ Name, Short string }

// A Group is a part of the table under one heading.
type Group struct {
	Title string
	Note  string // for the reference page, "" for none
	Rows  []Row
}

// Names are the long names of all flags.
func Names(groups []Group) (names []string) {
	for _, g := range groups {
		for i := range g.Rows {
			for _, s := range g.Rows[i].Spellings() {
				names = append(names, s.Name)
			}
		}
	}
	return names
}

// find returns the row of a long name, which must be in the table.
func find(groups []Group, name string) *Row {
	if r := ByName(groups, name); r != nil {
		return r
	}
	panic("no flag " + name)
}

// Spellings are all names of a flag, its own first.
func (r *Row) Spellings() []Spelling {
	return append([]Spelling{{r.Name, r.Short}}, r.Also...)
}

// dashed are the spellings as they are typed.
func (r *Row) dashed() (list []string) {
	for _, s := range r.Spellings() {
		list = append(list, "--"+s.Name)
		if s.Short != "" {
			list = append(list, "-"+s.Short)
		}
	}
	return list
}

// usage is the flag with its argument: "--wait TIME".
func (r *Row) usage() string {
	switch {
	case r.Arg == "":
		return "--" + r.Name
	case r.MayLackArg:
		return "--" + r.Name + "[=" + r.Arg + "]"
	}
	return strings.TrimSpace("--" + r.Name + " " + r.Arg)
}

// Typed are the words by which the flag is typed with this argument. quote makes a word of a text.
func (r *Row) Typed(arg string, quote func(string) string) []string {
	dashed := "--" + r.Name
	switch {
	case r.Value.isSwitch && arg == "true":
		return []string{dashed}
	case r.Value.isSwitch, r.MayLackArg && arg != "":
		return []string{dashed + "=" + quote(arg)}
	case r.MayLackArg:
		return []string{dashed}
	}
	return []string{dashed, quote(arg)}
}
