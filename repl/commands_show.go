package repl

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// The modes of /frames.
const (
	FramesOff = "off"
	FramesOn  = "on"  // one line each
	FramesHex = "hex" // with their bytes
)

func runFrames(_ context.Context, env *Env, rest string) error {
	mode := strings.TrimSpace(rest)
	switch mode {
	case FramesOn, FramesOff, FramesHex:
		return env.showFrames(mode)
	case "":
		return errors.New("/frames needs on, off or hex")
	}
	return fmt.Errorf("/frames takes on, off or hex, but %q was given", shorten(mode))
}

func (e *Env) showFrames(mode string) error {
	if e.ShowFrames == nil {
		return unfitHere("frames")
	}
	return e.ShowFrames(mode)
}

func runHeaders(_ context.Context, env *Env, rest string) error {
	return sayText(env, "headers", rest, env.Headers)
}

func runStats(_ context.Context, env *Env, rest string) error {
	return sayText(env, "stats", rest, env.Stats)
}

func runStatus(_ context.Context, env *Env, rest string) error {
	return sayText(env, "status", rest, env.Status)
}

// sayText is a command that takes nothing and tells something.
func sayText(env *Env, name, rest string, text func() string) error {
	if err := noArgument(name, rest); err != nil {
		return err
	}
	if text == nil {
		return unfitHere(name)
	}
	env.Say(text())
	return nil
}

func runFilter(_ context.Context, env *Env, rest string) error {
	expr := strings.TrimSpace(rest)
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
