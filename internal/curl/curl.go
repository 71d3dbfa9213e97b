// Package curl reads commands for curl, as browsers copy them, and says the same with wsline's own
// flags. It takes words or a text, and returns words: it connects to nothing, and reads no file but
// through what it is given.
//
// Its flags have curl's meaning. What has none for a WebSocket is left out and named; what would make it
// another connection, such as another way to the server, is refused. The fields that make a
// handshake are wsline's own affair, and are left out without a word when they say what wsline says.
package curl

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"wsline/internal/exit"
	"wsline/internal/suggest"
)

// A Command is what a curl command comes to.
type Command struct {
	Words   []string // of wsline: flags, the URL, and what stands behind --
	LeftOut []string // what is not in them, as it was typed; without what is secret
	Print   bool     // --as-wsline, which is no option of curl: the words are only wanted
	Help    bool     // --help, --version or --manual was asked for
}

// A World is what lies outside of the words.
type World struct {
	ReadFile func(name string) ([]byte, error)
	Now      time.Time // for cookies that are over
}

// A given is an option as it was typed.
type given struct {
	typed string // "-X", "--request"
	arg   string
	on    bool // false: with no- before it
}

// Translate reads the words behind "curl". Errors are *exit.UsageError.
func Translate(words []string, w World) (*Command, error) {
	r := &request{world: w}
	var own []string
	for i := 0; i < len(words); i++ {
		if words[i] == "--" {
			own = words[i+1:]
			break
		}
		used, err := r.word(words[i], words[i+1:])
		if err != nil {
			return nil, err
		}
		i += used
	}
	if r.wantsHelp {
		return &Command{Help: true}, nil
	}
	flags, err := r.flags()
	if err != nil {
		return nil, err
	}
	return &Command{Words: append(flags, own...), LeftOut: r.leftOut, Print: r.print}, nil
}

// word reads a word, and says how many of those behind it belong to it.
func (r *request) word(word string, behind []string) (used int, err error) {
	switch {
	case strings.HasPrefix(word, "--"):
		return r.long(word, behind)
	case strings.HasPrefix(word, "-") && word != "-":
		return r.letters(word[1:], behind)
	}
	r.urls = append(r.urls, word)
	return 0, nil
}

func (r *request) long(word string, behind []string) (used int, err error) {
	if word == "--as-wsline" {
		r.print = true
		return 0, nil
	}
	name := strings.TrimPrefix(word, "--")
	o, on := find(name), true
	if positive, isNo := strings.CutPrefix(name, "no-"); o == nil && isNo {
		if o = find(positive); o != nil && o.takesArg {
			o = nil
		}
		on = false
	}
	if o == nil {
		return 0, unknown(word)
	}
	g := given{typed: word, on: on}
	if o.takesArg {
		if len(behind) == 0 {
			return 0, exit.Usagef("", "curl's %s needs an argument", word)
		}
		g.arg, used = behind[0], 1
	}
	return used, o.apply(r, g)
}

// letters reads "sSL", "XGET" or "X" with its argument behind it.
func (r *request) letters(letters string, behind []string) (used int, err error) {
	for i, c := range letters {
		at := slices.IndexFunc(options, func(o option) bool { return o.letter == string(c) })
		if at < 0 {
			return 0, unknown("-" + string(c))
		}
		o, g := &options[at], given{typed: "-" + string(c), on: true}
		if o.takesArg {
			if g.arg = letters[i+1:]; g.arg == "" {
				if len(behind) == 0 {
					return 0, exit.Usagef("", "curl's %s needs an argument", g.typed)
				}
				g.arg, used = behind[0], 1
			}
			return used, o.apply(r, g)
		}
		if o.name == "buffer" {
			g.on = false
		}
		if err := o.apply(r, g); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

func (o *option) apply(r *request, g given) error {
	if o.do == nil {
		return nil
	}
	return o.do(r, g)
}

func find(name string) *option {
	for i := range options {
		if options[i].name == name {
			return &options[i]
		}
	}
	return nil
}

func unknown(word string) error {
	names := make([]string, len(options))
	for i := range options {
		names[i] = options[i].name
	}
	hint := "wsline's own flags stand behind --: wsline curl URL -- --wait 5"
	if name, isLong := strings.CutPrefix(word, "--"); isLong {
		name, value, _ := strings.Cut(name, "=")
		word = strings.TrimSuffix(word, value) // which may be a secret
		if near := suggest.Nearest(name, names); near != "" {
			hint = fmt.Sprintf("did you mean --%s? %s", near, hint)
		}
	}
	return exit.Usagef(hint, "curl has no option %s", word)
}

// leaveOut names what has no meaning for a WebSocket.
func leaveOut(r *request, g given) error {
	r.leaveOut(g.typed)
	return nil
}

func (r *request) leaveOut(what string) {
	if !slices.Contains(r.leftOut, what) {
		r.leftOut = append(r.leftOut, what)
	}
}

// refuse is for what makes it another connection.
func refuse(_ *request, g given) error {
	if !g.on {
		return nil
	}
	return exit.Usagef("without it this would be another connection; leave it out if that is meant",
		"wsline has nothing like curl's %s", g.typed)
}
