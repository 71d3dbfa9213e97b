package view

import (
	"errors"
	"regexp/syntax"

	"wsline/format"
	"wsline/format/find"
	"wsline/repl"
	"wsline/repl/command"
	"wsline/session"
)

// Change lets /pretty, /timestamps and /grep change how messages look in that style.
func Change(v *repl.Views, style format.Style) {
	v.Pretty = func(mode string) error {
		pretty, err := format.ParsePretty(mode)
		if err == nil {
			style.Live.SetPretty(pretty)
		}
		return err
	}
	v.Times = func(mode string) error {
		times, err := format.ParseTimes(mode)
		if err == nil {
			style.Live.SetTimes(times)
		}
		return err
	}
	v.Grep = func(g command.Grep) error {
		pattern, err := grep(g, style.Color)
		if err == nil {
			style.Live.SetFind(pattern)
		}
		return err
	}
}

// grep is the pattern that is looked for, nil for none.
func grep(g command.Grep, color bool) (*find.Pattern, error) {
	show := find.ShowAll
	switch {
	case g.Expr == "":
		return nil, nil
	case g.Others:
		show = find.ShowOthers
	case g.Only:
		show = find.ShowOnly
	case !color:
		return nil, errors.New("nothing can be marked without colours: -o shows only what matches, -v all else")
	}
	pattern, err := find.Compile(g.Expr, g.IgnoreCase, show)
	var wrong *syntax.Error
	if errors.As(err, &wrong) {
		return nil, errors.New("the pattern is no regular expression: " + wrong.Code.String() + ": " + wrong.Expr)
	}
	return pattern, err
}

// Whole appends messages in that style with nothing left out, for a pager in lines of any length.
func Whole(style format.Style) func(dst []byte, ev *session.Event, pager bool) []byte {
	style.Whole = true
	talk := format.NewTalk(style)
	return func(dst []byte, ev *session.Event, pager bool) []byte {
		if pager {
			return talk.Unwrapped(dst, ev)
		}
		return talk.Event(dst, ev)
	}
}
