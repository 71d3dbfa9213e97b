package wst

import (
	"strings"
)

// A reference is "${name}" or "${name argument}" in a text, or "$${", which stands for "${".
type reference struct {
	start, end int // in the text
	name, arg  string
	literal    bool
}

const notAVariable = "$${ stands for ${ itself"

// nextReference finds the first reference at or behind an offset; it is nil when there is none.
func nextReference(text string, from int) (*reference, *fault) {
	i := strings.Index(text[from:], "${")
	if i < 0 {
		return nil, nil
	}
	i += from
	if i > from && text[i-1] == '$' {
		return &reference{start: i - 1, end: i + 2, literal: true}, nil
	}
	size := strings.IndexByte(text[i:], '}')
	if size < 0 {
		return nil, &fault{i, `no "}" ends the variable`, notAVariable}
	}
	name, arg, _ := strings.Cut(text[i+2:i+size], " ")
	if !isVariableName(name) {
		return nil, &fault{i, Quoted(text[i:i+size+1]) + " is not a variable", notAVariable}
	}
	return &reference{start: i, end: i + size + 1, name: name, arg: strings.TrimSpace(arg)}, nil
}

func isVariableName(name string) bool {
	return name != "" && nameSize(name) == len(name) && name[0] != '-' &&
		(name[0] < '0' || name[0] > '9')
}

// expand puts values in the place of references, and "${" in that of "$${".
func expand(text string, value func(*reference) (string, *fault)) (string, *fault) {
	if !strings.Contains(text, "${") {
		return text, nil
	}
	var b strings.Builder
	at := 0
	for {
		ref, f := nextReference(text, at)
		if f != nil {
			return "", f
		}
		if ref == nil {
			b.WriteString(text[at:])
			return b.String(), nil
		}
		v := "${"
		if !ref.literal {
			if v, f = value(ref); f != nil {
				return "", f
			}
		}
		if b.Len()+len(v) > MaxFile {
			return "", &fault{ref.start, "with its variables the text has more than 64 MiB", ""}
		}
		b.WriteString(text[at:ref.start])
		b.WriteString(v)
		at = ref.end
	}
}

// known returns a text without its variables, if it has none: "$${" has become "${". It is what can
// be checked before a script runs.
func known(text string) (string, bool, *fault) {
	has := false
	out, f := expand(text, func(ref *reference) (string, *fault) {
		has = true
		return "", checkReference(ref)
	})
	return out, !has && f == nil, f
}

// EscapeReferences writes a text so that expanding it gives the text again.
func EscapeReferences(text string) string {
	return strings.ReplaceAll(text, "${", "$${")
}
