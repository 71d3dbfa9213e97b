package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"wsline/internal/dial"
	"wsline/internal/suggest"
)

// A UsageError is something typed that cannot be meant: exit code 2.
type UsageError = dial.UsageError

func usagef(hint, format string, args ...any) *UsageError {
	return &UsageError{Text: fmt.Sprintf(format, args...), Hint: hint}
}

// parse reads the arguments with the flags of the given groups. What was read
// before an error is returned with it, as a wish for colour may be in there.
func parse(args []string, groups []flagGroup) (*typed, error) {
	t := newTyped()
	set := pflag.NewFlagSet("wsline", pflag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	for _, g := range groups {
		for _, f := range g.flags {
			f.add(set, t, g.connecting)
		}
	}
	if err := set.Parse(args); err != nil {
		return t, parseError(err, groups, set.NArg() > 0)
	}
	t.positional, t.spelled = set.Args(), map[string]string{}
	set.Visit(func(pf *pflag.Flag) { t.spelled[findFlag(groups, pf.Name).name] = pf.Name })
	return t, nil
}

// flag is a flag as it was typed, which errors name: "--cacert" for the one that is "ca" here.
func (t *typed) flag(name string) string {
	if spelled := t.spelled[name]; spelled != "" {
		name = spelled
	}
	return "--" + name
}

// add has the flag read into t, which remembers how a connecting one was given.
func (f *flagRow) add(set *pflag.FlagSet, t *typed, connecting bool) {
	v := f.value(t)
	if read := v.set; connecting {
		v.set = func(s string) error {
			err := read(s)
			if err == nil {
				t.given = append(t.given, givenFlag{f, s})
			}
			return err
		}
	}
	for _, n := range append([]otherName{{f.name, f.short}}, f.also...) {
		pf := set.VarPF(v, n.name, n.short, f.summary)
		if f.mayLackArg {
			pf.NoOptDefVal = noArgument
		}
	}
}

// parseError says what is wrong; afterURL tells that the URL, or more, stands before it.
func parseError(err error, groups []flagGroup, afterURL bool) error {
	var unknown *pflag.NotExistError
	var lacking *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(unknown, groups, afterURL)
	case errors.As(err, &lacking):
		f := findFlag(groups, lacking.GetFlag().Name)
		return usagef("write "+f.usage(), "%s needs an argument", f.dashed(lacking.GetFlag().Name))
	case errors.As(err, &invalid):
		f := findFlag(groups, invalid.GetFlag().Name)
		return usagef("", "%s: %v", f.dashed(invalid.GetFlag().Name), invalid.Unwrap())
	case errors.As(err, &syntax):
		return usagef(seeHelp, "%q is not a flag", syntax.GetSpecifiedFlag())
	}
	return usagef(seeHelp, "%v", err)
}

const (
	seeHelp    = "wsline --help lists the flags"
	dashesHint = "-- before it sends a message that begins with a dash"
)

// unknownFlag names the flag that was most likely meant. Behind the URL it may be a message.
func unknownFlag(e *pflag.NotExistError, groups []flagGroup, afterURL bool) error {
	hint := seeHelp
	if afterURL {
		hint = dashesHint
	}
	if group := e.GetSpecifiedShortnames(); group != "" {
		long, _, _ := strings.Cut(group, "=")
		switch near := suggest.Nearest(long, longNames(groups)); {
		case len(group) == 1:
			return usagef(hint, "unknown flag -%s", group)
		case near != "":
			return usagef("did you mean --"+near+"?", "unknown flag -%s", long)
		}
		return usagef(dashesHint, "unknown flag -%s in %q", e.GetSpecifiedName(), "-"+group)
	}
	name := e.GetSpecifiedName()
	if near := suggest.Nearest(name, longNames(groups)); near != "" {
		return usagef("did you mean --"+near+"?", "unknown flag --%s", name)
	}
	return usagef(hint, "unknown flag --%s", name)
}

func longNames(groups []flagGroup) (names []string) {
	for _, g := range groups {
		for _, f := range g.flags {
			names = append(names, f.name)
			for _, o := range f.also {
				names = append(names, o.name)
			}
		}
	}
	return names
}

// findFlag returns the row of a long name, which must be in the table.
func findFlag(groups []flagGroup, name string) *flagRow {
	for _, g := range groups {
		for i := range g.flags {
			f := &g.flags[i]
			if f.name == name {
				return f
			}
			for _, o := range f.also {
				if o.name == name {
					return f
				}
			}
		}
	}
	panic("no flag " + name)
}

// dashed is how a person names the flag: by the long name that was used.
func (f *flagRow) dashed(name string) string { return "--" + name }

// usage is the flag with its argument: "--wait TIME".
func (f *flagRow) usage() string {
	switch {
	case f.arg == "":
		return "--" + f.name
	case f.mayLackArg:
		return "--" + f.name + "[=" + f.arg + "]"
	}
	return strings.TrimSpace("--" + f.name + " " + f.arg)
}
