package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/words"
)

// The modes of /frames.
const (
	FramesOff = "off"
	FramesOn  = "on"  // one line each
	FramesHex = "hex" // with their bytes
)

func runFrames(_ context.Context, env *Env, rest words.Text) error {
	mode := strings.TrimSpace(rest.String())
	switch mode {
	case FramesOn, FramesOff, FramesHex:
		return env.showFrames(mode)
	case "":
		return errors.New("/frames needs on, off or hex")
	}
	return fmt.Errorf("/frames takes on, off or hex, but %q was given", exit.Shorten(mode))
}

func (e *Env) showFrames(mode string) error {
	if e.ShowFrames == nil {
		return unfitHere("frames")
	}
	return e.ShowFrames(mode)
}

func runHeaders(_ context.Context, env *Env, rest words.Text) error {
	show := env.Show
	if show == nil {
		show = env.Say
	}
	return tellText("headers", rest, env.Headers, show)
}

func runStats(_ context.Context, env *Env, rest words.Text) error {
	return tellText("stats", rest, env.Stats, env.Say)
}

func runStatus(_ context.Context, env *Env, rest words.Text) error {
	return tellText("status", rest, env.Status, env.Say)
}

// tellText is a command that takes nothing and tells something.
func tellText(name string, rest words.Text, text func() string, tell func(string)) error {
	if err := noArgument(name, rest); err != nil {
		return err
	}
	if text == nil {
		return unfitHere(name)
	}
	tell(text())
	return nil
}

func runFilter(_ context.Context, env *Env, rest words.Text) error {
	expr := strings.TrimSpace(rest.String())
	switch {
	case expr == "off":
		return env.filter("")
	case expr != "":
		return env.filter(expr)
	case env.Filtering == nil || env.Filtering() == "":
		env.Say("no filter is set")
	default:
		env.Say("the filter is " + env.Filtering())
	}
	return nil
}

func (e *Env) filter(expr string) error {
	if e.Filter == nil {
		return unfitHere("filter")
	}
	return e.Filter(expr)
}
