package wst

import (
	"crypto/rand"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsline/internal/redact"
	"wsline/internal/suggest"
	"wsline/internal/words"
	"wsline/script/match"
)

const (
	maxRandom = 1024 // characters of ${random N}
	randomSet = "abcdefghijklmnopqrstuvwxyz0123456789"
)

// builtIn are the names that are not set by anyone: ${uuid} is a random UUID (RFC 9562 §5.4),
// ${now} the time in UTC (RFC 3339), ${now +5m} five minutes later, ${random N} N lower-case
// letters and digits, ${line} the number of the line in its file. Each is made anew wherever it
// stands.
var builtIn = []string{"uuid", "now", "random", "line"}

// IsBuiltIn says whether a variable has a value that nobody gave it.
func IsBuiltIn(name string) bool { return slices.Contains(builtIn, name) }

// Vars are variables and their values. The zero value has none but those that are built in. It must
// not be used concurrently; Clone makes one for each file.
type Vars struct {
	Prompt bool // values are given at a prompt: no flag gives any, and no file has lines

	// Hint says how to give a variable its value that has none; nil: as in a script, or at a prompt.
	Hint func(name string) string

	// Told is told whenever there is another secret to be hidden; nil: nobody is.
	Told func(*Vars)

	values  map[string]string
	json    map[string]string // values as JSON of those that were captured from it
	secret  map[string]bool   // names
	secrets *redact.Redactor  // of their values, those that they had before too
}

// Clone returns a copy, which tells nobody.
func (v *Vars) Clone() *Vars {
	return &Vars{
		values: maps.Clone(v.values), json: maps.Clone(v.json), secret: maps.Clone(v.secret),
		secrets: v.secrets, Prompt: v.Prompt,
	}
}

// Set gives a variable its value. A name begins with a letter or _ and has letters, digits, _ and
// -.
func (v *Vars) Set(name, value string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if v.values == nil {
		v.values = map[string]string{}
	}
	v.values[name] = value
	delete(v.json, name)
	if v.secret[name] {
		v.hide(name, value)
	}
	return nil
}

// setJSON is Set for a value that is JSON, or the text of a string of JSON.
func (v *Vars) setJSON(name, value, asJSON string) error {
	if err := v.Set(name, value); err != nil {
		return err
	}
	if v.json == nil {
		v.json = map[string]string{}
	}
	v.json[name] = asJSON
	return nil
}

// SetSecret is Set for a value that Redact hides. What the name is given later is hidden too.
func (v *Vars) SetSecret(name, value string) error {
	if err := v.Set(name, value); err != nil {
		return err
	}
	v.hide(name, value)
	return nil
}

// hide remembers a secret's value; what it was before stays hidden.
func (v *Vars) hide(name, value string) {
	if v.secret == nil {
		v.secret = map[string]bool{}
	}
	v.secret[name] = true
	v.secrets = v.secrets.With(name, value)
	if v.Told != nil {
		v.Told(v)
	}
}

// Redactor hides the values that were given to SetSecret so far; nil when there are none.
func (v *Vars) Redactor() *redact.Redactor { return v.secrets }

// Redact puts <secret NAME> in the place of every value that was given to SetSecret, in every form
// that redact.Redactor knows. A text is redacted before it is laid out or cut, as long as a value
// stands in it as a whole.
func (v *Vars) Redact(text string) string { return v.secrets.Hide(text) }

// RedactCut is Redact for a message of this program's own, in which a value may have been cut: then
// three dots stand behind its beginning.
func (v *Vars) RedactCut(text string) string { return v.secrets.HideCut(text) }

// RedactLine is RedactCut for a line of a file, which may be one of those that a value has.
func (v *Vars) RedactLine(text string) string { return v.secrets.HideLine(text) }

// RedactEnd is Redact for the beginning of a text, which may end within a value.
func (v *Vars) RedactEnd(text string) string { return v.secrets.HideEnd(v.secrets.Hide(text)) }

// PutBack is a text of a script with ${NAME} in the place of every value that Redact hides. A value
// that is written otherwise than it is becomes three dots.
func (v *Vars) PutBack(text string) string {
	return v.secrets.Replace(text, func(name, found string) string {
		if v.values[name] == found {
			return "${" + name + "}"
		}
		return match.Wildcard
	})
}

// Secret says whether a variable's value is one that Redact hides.
func (v *Vars) Secret(name string) bool { return v.secret[name] }

// Lookup returns the value that a variable was given.
func (v *Vars) Lookup(name string) (string, bool) {
	value, ok := v.values[name]
	return value, ok
}

// Names are those of all variables that have a value, sorted.
func (v *Vars) Names() []string { return slices.Sorted(maps.Keys(v.values)) }

// Expand puts the values of variables in the place of ${name}, and ${ in that of $${. The values
// are not expanded again. The error is a *VariableError.
func (v *Vars) Expand(text string, at Pos) (words.Text, error) {
	out, f := expand(text, func(ref *reference) (string, *fault) { return v.value(ref, at) })
	if f != nil {
		return words.Text{}, &VariableError{Pos: at, Offset: f.at, Text: f.text, Hint: f.hint}
	}
	return out, nil
}

// VariableError is a text that cannot be expanded.
type VariableError struct {
	Pos    Pos // as it was given to Expand
	Offset int // in the text
	Text   string
	Hint   string // "" for none
}

func (e *VariableError) Error() string { return e.Text }

// value is that of a variable, as JSON where it is asked for so: as it was captured, or a string.
func (v *Vars) value(ref *reference, at Pos) (string, *fault) {
	value, f := v.text(ref, at)
	switch asJSON := v.json[ref.name]; {
	case f != nil || !ref.json:
		return value, f
	case asJSON != "":
		return asJSON, nil
	}
	return words.QuoteJSON(value), nil
}

func (v *Vars) text(ref *reference, at Pos) (string, *fault) {
	if f := checkReference(ref); f != nil {
		return "", f
	}
	switch ref.name {
	case "uuid":
		return newUUID(), nil
	case "now":
		shift, _ := parseShift(ref.arg)
		return time.Now().Add(shift).UTC().Format(time.RFC3339), nil
	case "random":
		n, _ := parseRandom(ref.arg)
		return randomText(n), nil
	case "line":
		return strconv.Itoa(at.Line), nil
	}
	if value, ok := v.values[ref.name]; ok {
		return value, nil
	}
	f := &fault{at: ref.start, text: fmt.Sprintf("the variable %q has no value", ref.name)}
	f.hint = "give it one: --var " + ref.name + "=VALUE, or /set " + ref.name +
		" VALUE before this line"
	if v.Prompt {
		f.hint = "/set " + ref.name + " VALUE gives it one"
	}
	if v.Hint != nil {
		f.hint = v.Hint(ref.name)
	}
	if near := suggest.Nearest(ref.name, append(v.Names(), builtIn...)); near != "" {
		f.hint = "did you mean ${" + near + "}?"
	}
	return "", f
}

// checkReference says what is wrong with a reference whatever the values are.
func checkReference(ref *reference) *fault {
	whole := "${" + ref.name + " " + ref.arg + "}"
	switch ref.name {
	case "now":
		if _, ok := parseShift(ref.arg); !ok {
			return &fault{ref.start, whole + " is not a time", "${now +5m} and ${now -1h} are"}
		}
	case "random":
		if _, ok := parseRandom(ref.arg); !ok {
			return &fault{ref.start, strings.TrimSuffix(strings.TrimSuffix(whole, "}"), " ") +
				"} says no length from 1 to " + strconv.Itoa(maxRandom), "${random 8} does"}
		}
	default:
		if ref.arg != "" {
			return &fault{ref.start, Quoted(whole) + " is not a variable",
				"only ${now} and ${random} take something behind their name; " + notAVariable}
		}
	}
	return nil
}

// parseShift reads "", "+5m" or "-1h".
func parseShift(arg string) (time.Duration, bool) {
	if arg == "" {
		return 0, true
	}
	if arg[0] != '+' && arg[0] != '-' {
		return 0, false
	}
	d, err := time.ParseDuration(arg)
	return d, err == nil
}

func parseRandom(arg string) (int, bool) {
	n, err := strconv.Atoi(arg)
	return n, err == nil && 1 <= n && n <= maxRandom
}

func checkName(name string) error {
	switch {
	case !isVariableName(name) && name != "" && isVariableName("_"+name):
		return fmt.Errorf("%s is not the name of a variable: it begins with a letter or _",
			Quoted(name))
	case !isVariableName(name):
		return fmt.Errorf("%s is not the name of a variable: letters, digits, _ and - are",
			Quoted(name))
	case IsBuiltIn(name):
		return fmt.Errorf("${%s} is built in, and takes no value", name)
	}
	return nil
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func randomText(n int) string {
	b := make([]byte, n)
	for i := range b {
		k, _ := rand.Int(rand.Reader, big.NewInt(int64(len(randomSet)))) // never fails
		b[i] = randomSet[k.Int64()]
	}
	return string(b)
}
