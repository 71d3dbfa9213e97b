package cli

import (
	"slices"
	"strings"

	"wsline/format"
	"wsline/internal/dial"
)

// commandLine is how a variant is typed: with the flags that were given about connecting, but for
// secrets, in whose place stands what they are, unless they are to be shown.
func (d *diagnosis) commandLine(v variant) string {
	words := []string{"wsline"}
	for _, w := range v.add {
		words = append(words, shellQuote(w))
	}
	for _, g := range d.given {
		if slices.Contains(v.drop, g.flag.name) || g.flag.name == "connect" || v.leavesOut(g) {
			continue
		}
		if d.secrets {
			words = append(words, g.typedAs(g.arg)...)
		} else {
			words = append(words, g.words()...)
		}
	}
	address := withoutSecrets(d.first.address)
	switch {
	case d.secrets && v.url != nil:
		address = v.url.String()
	case d.secrets:
		address = d.first.address
	case v.url != nil:
		address = format.HideURL(v.url)
	}
	return strings.Join(append(words, shellQuote(address)), " ")
}

// leavesOut reports whether a variant goes without the field of a -H.
func (v *variant) leavesOut(g givenFlag) bool {
	name, _, _ := strings.Cut(g.arg, ":")
	return g.flag.name == "header" && slices.ContainsFunc(v.fields, func(left string) bool {
		return strings.EqualFold(left, strings.TrimSpace(name))
	})
}

// words are a flag as it is typed, without what is secret in it.
func (g givenFlag) words() []string {
	arg := g.arg
	if g.secret() {
		arg = g.placeholder()
	}
	return g.typedAs(arg)
}

// typedAs are a flag as it is typed with this argument.
func (g givenFlag) typedAs(arg string) []string {
	dashed := "--" + g.flag.name
	isSwitch := g.flag.value(newTyped()).isSet
	switch {
	case isSwitch && g.arg == "true":
		return []string{dashed}
	case isSwitch, g.flag.mayLackArg && arg != "":
		return []string{dashed + "=" + shellQuote(arg)}
	case g.flag.mayLackArg:
		return []string{dashed}
	}
	return []string{dashed, shellQuote(arg)}
}

// placeholder stands for an argument that is secret. A user without a password is asked for it.
func (g givenFlag) placeholder() string {
	name, _, isPair := strings.Cut(g.arg, ":")
	switch g.flag.name {
	case "auth":
		return name
	case "bearer":
		if strings.HasPrefix(g.arg, "@") {
			return g.arg // the name of a file
		}
		return "TOKEN"
	case "cookie":
		name, _, _ = strings.Cut(g.arg, "=")
		return name + "=..."
	case "header", "raw-header":
		if isPair {
			return name + ": ..."
		}
		return g.arg
	case "proxy":
		return dial.WithoutPassword(g.arg)
	case "subprotocol":
		return "..."
	}
	return ""
}
