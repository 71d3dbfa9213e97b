package profile

import (
	"context"
	"errors"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/words"
)

// A reader makes a profile of a section.
type reader struct {
	file    *File
	groups  func() []flags.Group
	home    string
	run     func(command string) (string, error)
	secrets []string
}

// check says what is wrong with a section, as far as that can be told without what its commands write.
func (f *File) check(s *Section, groups func() []flags.Group, home string) (hasCommands bool, err error) {
	r := &reader{file: f, groups: groups, home: home}
	lines := s.Flags
	if s.Address != nil {
		lines = append([]*Line{s.Address}, lines...)
	}
	for _, l := range lines {
		if l.HasCommands() {
			hasCommands = true
			switch {
			case f.isForeign:
				return true, f.At(l.Number, "within '...' it is text",
					"$(...) would run a command, and only those of your own file of profiles are run")
			case f.AllowExec == 0:
				return true, f.At(l.Number, "a line "+allowExec+
					" before the first section allows it; within '...' it is text", "$(...) would run a command")
			case f.distrust != "":
				return true, f.At(f.AllowExec, f.hint, "%s: %s", allowExec, f.distrust)
			}
		}
		args, err := r.arguments(l, func(string) string { return "x" })
		switch {
		case err != nil:
		case l == s.Address && len(args) > 1:
			err = f.At(l.Number, "flags stand on lines of their own, messages behind --on-open",
				"something stands behind the URL")
		case l == s.Address && IsName(args[0]):
			err = f.At(l.Number, "", "a profile has the URL itself, and not another profile such as %q", args[0])
		case l != s.Address:
			err = r.checkFlags(l, args)
		}
		if err != nil {
			return hasCommands, err
		}
	}
	return hasCommands, nil
}

// checkFlags looks at flags whose values are not all known.
func (r *reader) checkFlags(l *Line, args []string) error {
	list, rest, err := flags.Scan(args, r.groups())
	if err == nil && !l.HasCommands() {
		_, err = flags.Parse(args, r.groups())
	}
	switch {
	case err != nil:
		return r.at(l, err)
	case len(rest) > 0:
		if len(list) == 0 {
			return r.file.At(l.Number, "--on-open MESSAGE sends a message on every open",
				"this is neither a flag nor a URL")
		}
		name := list[len(list)-1].Row.Name // what stands there is not quoted: it may be half of a secret
		return r.file.At(l.Number, "quotes keep words together: -H 'Name: value'",
			"--%s has more than one word behind it", name)
	}
	for _, g := range list {
		if g.Row.Name == "connect" {
			return r.file.At(l.Number, "write the URL alone", "the URL stands on a line of its own")
		}
	}
	return nil
}

// read is the profile, its commands run once.
func (r *reader) read(s *Section) (*Profile, error) {
	p := &Profile{File: r.file, Section: s}
	if s.Address != nil {
		args, err := r.evaluated(s.Address)
		if err != nil {
			return nil, err
		}
		p.Address = args[0]
	}
	for _, l := range s.Flags {
		args, err := r.evaluated(l)
		if err != nil {
			return nil, err
		}
		if l.HasCommands() {
			if err := r.checkFlags(&Line{Number: l.Number}, args); err != nil {
				return nil, err
			}
		}
		list, _, err := flags.Scan(args, r.groups())
		if err != nil {
			return nil, r.at(l, err)
		}
		for _, g := range list {
			p.Flags = append(p.Flags, Flag{g, l.Number, words.Unmark(g.Arg) != g.Arg && l.HasCommands()})
		}
	}
	p.Secrets = r.secrets
	return p, nil
}

// evaluated are the words of a line with what its commands write.
func (r *reader) evaluated(l *Line) ([]string, error) {
	var failed error
	args, err := r.arguments(l, func(command string) string {
		if failed != nil {
			return ""
		}
		out, err := r.run(command)
		out = strings.TrimSuffix(strings.TrimSuffix(out, "\n"), "\r")
		switch {
		case errors.Is(err, context.Canceled):
			failed = err
		case err != nil:
			failed = r.file.At(l.Number, "", "$(%s) %v", command, err)
		case out == "":
			failed = r.file.At(l.Number, "", "$(%s) wrote nothing", command)
		case strings.Contains(out, words.Hole):
			failed = r.file.At(l.Number, "", "$(%s) wrote a NUL, which no flag can have", command)
		}
		r.secrets = append(r.secrets, out)
		return out
	})
	if failed != nil {
		return nil, failed
	}
	return args, err
}

func (r *reader) arguments(l *Line, output func(string) string) ([]string, error) {
	args, err := arguments(textOf(l.parts, output), r.home)
	if err == nil && (len(args) == 0 || args[0] == "") {
		err = errors.New("there is nothing in it")
	}
	if err != nil {
		return nil, r.file.At(l.Number, "", "%v", err)
	}
	return args, nil
}

// at is an error about flags with the line where they stand.
func (r *reader) at(l *Line, err error) error {
	var usage *exit.UsageError
	if !errors.As(err, &usage) {
		return r.file.At(l.Number, "", "%v", err)
	}
	return r.file.At(l.Number, usage.Hint, "%s", usage.Text)
}
