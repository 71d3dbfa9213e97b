package wst

import (
	"bytes"
	"strings"

	names "wsline/internal/name"
	"wsline/internal/words"
)

// A reference is "${name}" or "${name argument}" in a text, with "json " before the name for the value
// as JSON, or "$${", which stands for "${".
type reference struct {
	start, end int // in the text
	name, arg  string
	json       bool
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
	ref := &reference{start: i, end: i + size + 1, name: name, arg: strings.TrimSpace(arg)}
	if ref.name == "json" && ref.arg != "" { // alone it is a variable
		name, arg, _ = strings.Cut(ref.arg, " ")
		ref.name, ref.arg, ref.json = name, strings.TrimSpace(arg), true
		if !isVariableName(name) {
			return nil, &fault{i, Quoted(text[i:i+size+1]) + " is not a variable", notAVariable}
		}
	}
	return ref, nil
}

func isVariableName(name string) bool {
	return names.Is(name) && name[0] != '-' &&
		(name[0] < '0' || name[0] > '9')
}

// A valueFunc gives the value of a variable.
type valueFunc = func(*reference) (string, *fault)

// expand puts values in the place of references, and "${" in that of "$${".
func expand(text string, value valueFunc) (words.Text, *fault) {
	if !strings.Contains(text, "${") {
		return words.Plain(text), nil
	}
	var b words.Builder
	at := 0
	for {
		ref, f := nextReference(text, at)
		if f != nil {
			return words.Text{}, f
		}
		if ref == nil {
			b.Write(text[at:])
			return b.Text(), nil
		}
		b.Write(text[at:ref.start])
		at = ref.end
		if ref.literal {
			b.Write("${")
			continue
		}
		v, f := value(ref)
		if f != nil {
			return words.Text{}, f
		}
		if b.Len()+len(v) > MaxFile {
			return words.Text{},
				&fault{ref.start, "with its variables the text has more than 64 MiB", ""}
		}
		b.Put(words.Value{Text: v, Source: text[ref.start:ref.end]})
	}
}

// Sources is a text in which the value of each variable is how it is written, for what is written
// again: "$${" stays what it is.
func Sources(text string) words.Text {
	var b words.Builder
	at := 0
	for {
		ref, f := nextReference(text, at)
		if f != nil || ref == nil {
			b.Write(text[at:])
			return b.Text()
		}
		if ref.literal {
			b.Write(text[at:ref.end])
		} else {
			b.Write(text[at:ref.start])
			source := text[ref.start:ref.end]
			b.Put(words.Value{Text: source, Source: source})
		}
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
	return out.String(), !has && f == nil, f
}

// EscapeReferences writes a text so that expanding it gives the text again.
func EscapeReferences(text string) string {
	return strings.ReplaceAll(text, "${", "$${")
}

// escapeReferences is EscapeReferences, and text itself where nothing changes: it may be large.
func escapeReferences(text []byte) []byte {
	if !bytes.Contains(text, []byte("${")) {
		return text
	}
	return bytes.ReplaceAll(text, []byte("${"), []byte("$${"))
}
