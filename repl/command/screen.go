package command

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/words"
)

// Screen is what commands do to the screen of a talk. A function that is nil makes its command say
// that it needs a terminal.
type Screen struct {
	Last     func(ctx context.Context, n int) error // opens the n-th last message
	Copy     func(n int) error                      // copies it
	Pause    func() error
	Resume   func() error
	Clear    func() error
	Pretty   func(mode string) error
	Times    func(mode string) error
	Grep     func(g Grep) error // a zero Grep ends it
	Grepping func() Grep
}

// Grep is what is looked for in messages, as grep's options say.
type Grep struct {
	Expr       string
	IgnoreCase bool // -i
	Others     bool // -v: what matches is not shown
	Only       bool // -o: only what matches is shown
}

func runLast(ctx context.Context, env *Env, rest words.Text) error {
	if env.Screen.Last == nil {
		return unfit("last")
	}
	n, err := countBack("last", rest)
	if err != nil {
		return err
	}
	return env.Screen.Last(ctx, n)
}

func runCopy(_ context.Context, env *Env, rest words.Text) error {
	if env.Screen.Copy == nil {
		return unfit("copy")
	}
	n, err := countBack("copy", rest)
	if err != nil {
		return err
	}
	return env.Screen.Copy(n)
}

// countBack reads which message is meant, counted from the last.
func countBack(name string, rest words.Text) (int, error) {
	text := strings.TrimSpace(rest.String())
	if text == "" {
		return 1, nil
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("/%s takes a number, 1 for the last message, but %q was given",
			name, exit.Shorten(text))
	}
	return int(n), nil
}

// screenCommand is a command without an argument.
func screenCommand(name string, do func(s *Screen) func() error) func(context.Context, *Env, words.Text) error {
	return func(_ context.Context, env *Env, rest words.Text) error {
		if err := noArgument(name, rest); err != nil {
			return err
		}
		run := do(&env.Screen)
		if run == nil {
			return unfit(name)
		}
		return run()
	}
}

// screenMode is a command that takes one of some words.
func screenMode(
	name string, modes []string, do func(s *Screen) func(mode string) error,
) func(context.Context, *Env, words.Text) error {
	return func(_ context.Context, env *Env, rest words.Text) error {
		mode := strings.TrimSpace(rest.String())
		list := strings.Join(modes[:len(modes)-1], ", ") + " or " + modes[len(modes)-1]
		known := false
		for _, m := range modes {
			known = known || m == mode
		}
		switch {
		case do(&env.Screen) == nil:
			return unfit(name)
		case mode == "":
			return fmt.Errorf("/%s needs %s", name, list)
		case !known:
			return fmt.Errorf("/%s takes %s, but %q was given", name, list, exit.Shorten(mode))
		}
		return do(&env.Screen)(mode)
	}
}

var (
	prettyModes = []string{"fit", "always", "never"}
	timesModes  = []string{"on", "off", "delta"}
)

func runGrep(_ context.Context, env *Env, rest words.Text) error {
	if env.Screen.Grep == nil || env.Screen.Grepping == nil {
		return unfit("grep")
	}
	text := strings.TrimLeft(rest.String(), " ")
	switch strings.TrimSpace(text) {
	case "":
		env.Say(grepText(env.Screen.Grepping()))
		return nil
	case "off":
		text = ""
	}
	g, err := parseGrep(text)
	if err != nil {
		return err
	}
	if err := env.Screen.Grep(g); err != nil {
		return err
	}
	env.Say(grepText(g))
	return nil
}

// grepText tells what is looked for.
func grepText(g Grep) string {
	switch {
	case g.Expr == "":
		return "nothing is looked for: all messages are shown"
	case g.Others:
		return "messages that match " + g.Expr + " are not shown: /grep off shows all"
	case g.Only:
		return "only messages that match " + g.Expr + " are shown: /grep off shows all"
	}
	return "what matches " + g.Expr + " is marked: /grep off ends that"
}

// parseGrep reads options as grep takes them, and the pattern behind them. It goes on to the end of
// the line and has no quotes.
func parseGrep(text string) (g Grep, err error) {
	for strings.HasPrefix(text, "-") && len(text) > 1 {
		word, rest, _ := strings.Cut(text, " ")
		text = strings.TrimLeft(rest, " ")
		if word == "--" {
			break
		}
		for _, c := range word[1:] {
			switch c {
			case 'i':
				g.IgnoreCase = true
			case 'v':
				g.Others = true
			case 'o':
				g.Only = true
			default:
				return Grep{}, fmt.Errorf(
					"/grep takes -i, -v and -o, but %q was given: -- stands before a pattern that begins so",
					exit.Shorten(word))
			}
		}
	}
	switch {
	case g.Others && g.Only:
		return Grep{}, errors.New("/grep takes -v, which hides what matches, or -o, which hides all else")
	case text == "" && g != Grep{}:
		return Grep{}, errors.New("/grep needs a pattern behind its options")
	}
	g.Expr = text
	return g, nil
}
