package target

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"wsline/internal/dial/uri"
	"wsline/internal/hide"
	"wsline/internal/lazy"
	"wsline/internal/profile"
	"wsline/internal/words"
)

// An Opening is how a conversation in a file connects again, without secrets.
type Opening struct {
	Words string   // what follows "/connect "
	Notes []string // what must be given when it is run
}

// Opening is how a script connects again: to an address, with the connecting flags that were given.
// In the place of what is secret stand variables.
func (o *Options) Opening(address string) Opening {
	return OpeningOf(o.words(&secretNames{}, address))
}

// Opening is that of options, where one secret has one variable in all openings of a run, and
// another secret another.
func (r *Resolver) Opening(o *Options, address string) Opening {
	return OpeningOf(o.words(&r.names, address))
}

// words are an address and the flags that were given, with variables for what is secret.
func (o *Options) words(v *secretNames, address string) string {
	shown := v.address(address)
	if r := profile.Redactor(o.secrets); r.Hide(shown) != shown {
		shown = v.of("url", address)
	}
	list := []string{words.ShellQuote(shown)}
	for _, g := range o.given {
		if g.row.Name != "connect" {
			list = append(list, g.row.Typed(v.argument(g), words.ShellQuote)...)
		}
	}
	return strings.Join(list, " ")
}

// OpeningOf is the Opening of words that a recording has.
func OpeningOf(words string) Opening {
	opening := Opening{Words: words}
	if !strings.Contains(words, "${") {
		return opening
	}
	for _, m := range secretVariable().FindAllStringSubmatch(words, -1) {
		if note := noteFor(m[2]); m[1] == "" && !slices.Contains(opening.Notes, note) {
			opening.Notes = append(opening.Notes, note)
		}
	}
	return opening
}

// secretVariable is a variable, or with another $ before it the text of one; see literal.
var secretVariable = lazy.Regexp(`(\$?)\$\{([a-z0-9_-]+)\}`)

// noteFor says how to give a secret.
func noteFor(name string) string { return "give it: --secret " + name + "=…" }

// secretNames are the variables that stand for secrets. The zero value is ready.
type secretNames struct {
	values map[string]string // by their names
}

// of is the variable for a value, with this name unless that stands for something else already.
func (v *secretNames) of(name, value string) string {
	name = variableName(name)
	for i := 1; ; i++ {
		numbered := name
		if i > 1 {
			numbered = fmt.Sprintf("%s%d", name, i)
		}
		known, isKnown := v.values[numbered]
		if !isKnown {
			if v.values == nil {
				v.values = map[string]string{}
			}
			v.values[numbered] = value
		}
		if !isKnown || known == value {
			return "${" + numbered + "}"
		}
	}
}

// variableName makes a name of the name of a field or of a parameter.
func variableName(s string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		}
		return '_'
	}, strings.ToLower(s))
	if name == "" || name[0] == '-' || name[0] >= '0' && name[0] <= '9' {
		name = "secret_" + name
	}
	return name
}

// literal writes a text so that it has no variables in a script.
func literal(s string) string { return strings.ReplaceAll(s, "${", "$${") }

// argument is the argument of a flag as a script has it.
func (v *secretNames) argument(g given) string {
	isFile := strings.HasPrefix(g.arg, "@")
	switch g.row.Name {
	case "auth":
		user, password, _ := strings.Cut(g.arg, ":")
		return literal(user) + ":" + v.of("password", password)
	case "bearer":
		if !isFile {
			return v.of("token", g.arg)
		}
	case "header":
		if !isFile && g.secret() {
			return v.field(g.arg)
		}
	case "raw-header":
		if g.secret() {
			return v.field(g.arg)
		}
	case "cookie", "passphrase", "subprotocol", "proxy":
		if g.secret() {
			return v.of(g.row.Name, g.arg)
		}
	default:
		if g.hidden {
			return v.of(g.row.Name, g.arg)
		}
	}
	return literal(g.arg)
}

// field is a header field without its secret. Of credentials the scheme stays (RFC 9110 §11.4).
func (v *secretNames) field(line string) string {
	name, value, found := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	if !found {
		return v.of("header", line)
	}
	scheme, credentials, hasScheme := strings.Cut(value, " ")
	isCredentials := strings.HasSuffix(strings.ToLower(strings.TrimSpace(name)), "authorization")
	switch {
	case !isCredentials:
		return literal(name) + ": " + v.of(strings.TrimSpace(name), value)
	case hasScheme:
		return literal(name) + ": " + literal(scheme) + " " + v.of("token", credentials)
	}
	return literal(name) + ": " + v.of("token", value)
}

// address is a URL without the password and the parameters that are secret. An endpoint's name, and
// what cannot be read, stays what it is.
func (v *secretNames) address(address string) string {
	u, _, err := uri.Parse(address)
	if err != nil || hide.URL(u) == u.String() {
		return literal(address)
	}
	head, query, hasQuery := strings.Cut(address, "?")
	head = v.login(head)
	if !hasQuery {
		return head
	}
	query, fragment, hasFragment := strings.Cut(query, "#")
	params := strings.Split(query, "&")
	for i, param := range params {
		params[i] = v.param(param)
	}
	query = strings.Join(params, "&")
	if hasFragment {
		query += "#" + literal(fragment)
	}
	return head + "?" + query
}

// login is what stands in a URL before the query, without the password.
func (v *secretNames) login(head string) string {
	from := 0
	if i := strings.Index(head, "://"); i >= 0 {
		from = i + len("://")
	}
	authority, path := head[from:], ""
	if i := strings.IndexByte(authority, '/'); i >= 0 {
		authority, path = authority[:i], authority[i:]
	}
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return literal(head)
	}
	user, password, isPair := strings.Cut(authority[:at], ":")
	login := literal(user) + ":" + v.of("password", password)
	if !isPair {
		login = v.of("login", user)
	}
	return head[:from] + login + literal(authority[at:]+path)
}

// param is a parameter of a query, its value a variable when it is one that is hidden.
func (v *secretNames) param(param string) string {
	name, value, _ := strings.Cut(param, "=")
	u := &url.URL{Scheme: "ws", Host: "h", RawQuery: param}
	if value == "" || hide.URL(u) == u.String() {
		return literal(param)
	}
	return literal(name) + "=" + v.of(name, value)
}
