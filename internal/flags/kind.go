package flags

import "slices"

// A Kind is what is known of an argument before it is typed, for completion.
type Kind int

const (
	KindUnknown   Kind = iota // of a placeholder that kinds lacks, which a test refuses
	KindFree                  // whatever a person wants to say
	KindOneOf                 // a word of the value's choices
	KindFile                  // the name of a file
	KindDirectory             // the name of a folder
	KindURL                   // an address
)

// kinds are by what stands for the argument in the help: a row says both with one word.
var kinds = [...]struct {
	kind         Kind
	placeholders []string
}{
	{KindFile, []string{"FILE", "PATH"}},
	{KindDirectory, []string{"DIR"}},
	{KindURL, []string{"URL"}},
	{KindOneOf, []string{"END", "FORM", "VERSION", "WHEN", "hex"}},
	{KindFree, []string{
		"'PATTERN=>REPLY'", "NAME=JQ",
		"[HOST:]PORT", "BITS", "FIELD", "HOST", "HOST:PORT:ADDRESS", "HOW", "JQ", "LIST", "MESSAGE", "N", "NAME",
		"NAME=VALUE", "ORIGIN", "P", "PATTERN", "REGEXP", "SIZE", "TEXT", "TIME", "TOKEN", "USER:PASS",
		"USER[:PASS]",
	}},
}

// KindOf is the kind of an argument, by what stands for it: "FILE".
func KindOf(placeholder string) Kind {
	for _, k := range kinds {
		if slices.Contains(k.placeholders, placeholder) {
			return k.kind
		}
	}
	return KindUnknown
}

// Kind is that of the flag's argument.
func (r *Row) Kind() Kind { return KindOf(r.Arg) }

// Choices are words that the argument may be: all of them for KindOneOf, else some, or beginnings.
func (r *Row) Choices() []string { return r.Value.choices }

// TakesFile tells whether @FILE may stand instead of the argument.
func (r *Row) TakesFile() bool { return r.Value.orFile }

// NeedsArg tells whether the flag's argument may be the next word.
func (r *Row) NeedsArg() bool { return !r.Value.isSwitch && !r.MayLackArg }

// ByName is the row with the long name, or nil.
func ByName(groups []Group, name string) *Row {
	return search(groups, func(s Spelling) bool { return s.Name == name })
}

// ByShort is the row with the short name, or nil.
func ByShort(groups []Group, short string) *Row {
	return search(groups, func(s Spelling) bool { return s.Short == short && short != "" })
}

func search(groups []Group, is func(Spelling) bool) *Row {
	for _, g := range groups {
		for i := range g.Rows {
			if slices.ContainsFunc(g.Rows[i].Spellings(), is) {
				return &g.Rows[i]
			}
		}
	}
	return nil
}
