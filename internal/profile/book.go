package profile

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"

	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/redact"
	"wsline/internal/suggest"
	"wsline/internal/words"
)

// A Book is the file of profiles that counts in one run of the program: the user's own, or the one that
// --config names. It is read when it is first wanted.
type Book struct {
	World World
	// Groups are the flags that may stand in a profile, anew each time.
	Groups func() []flags.Group

	typed string // what --config names; "": the user's own is read

	mu   sync.Mutex
	read bool
	file *File // nil: there is none
	err  error
}

// A World is what a Book knows of the system.
type World struct {
	Own  string // the path of the user's own file, "" when there is no place for it
	Home string // shown as ~, "" for none
	Files
	Shell
}

// Files reads files.
type Files interface {
	// Read reads a file of profiles. distrust says why commands in it must not be run, "" for nothing.
	Read(path string) (text []byte, distrust string, err error)
	// Exists tells whether something is there.
	Exists(path string) bool
}

// A Shell runs commands.
type Shell interface {
	// Run runs a command and returns what it wrote to its stdout.
	Run(ctx context.Context, command string) (string, error)
}

// Row is the flag that names another file.
func (b *Book) Row() flags.Row {
	return flags.Row{Name: "config", Arg: "FILE",
		Summary: "read profiles from this file instead of your own",
		Detail: "A `.wsline` of a project, for example: none is read unless it is named. Commands in it are " +
			"never run. `--config /dev/null` goes without any. See [profiles](profiles.md).",
		Value: flags.Text(&b.typed)}
}

// Name is the file's path as people see it.
func (b *Book) Name() string {
	if b.typed != "" {
		return b.typed
	}
	if rest, ok := strings.CutPrefix(b.World.Own, b.World.Home); ok && b.World.Home != "" &&
		strings.HasPrefix(filepath.ToSlash(rest), "/") {
		return "~" + filepath.ToSlash(rest)
	}
	return b.World.Own
}

// Use has the book read a file that --config names.
func (b *Book) Use(path string) { b.typed = path }

// Exists tells whether there is a file to read. It costs no more than asking the system for it.
func (b *Book) Exists() bool {
	return b.typed != "" || b.World.Own != "" && b.World.Exists(b.World.Own)
}

// File is the file that was read, nil when there is none. Errors are *exit.UsageError.
func (b *Book) File() (*File, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.read {
		b.file, b.err = b.open()
		b.read = true
	}
	return b.file, b.err
}

// Forget has the user's own file read again when it is wanted next, as it may have been edited. One that
// was named may be a pipe, which can be read but once.
func (b *Book) Forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read = b.read && b.typed != ""
}

func (b *Book) open() (*File, error) {
	path := b.World.Own
	if b.typed != "" {
		path = b.typed
	}
	if !b.Exists() {
		return nil, nil
	}
	text, distrust, err := b.World.Read(path)
	switch {
	case err != nil && b.typed == "" && errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil && b.typed == "":
		return nil, exit.Usagef("", "%s cannot be read: %v", b.Name(), exit.Cause(err))
	case err != nil:
		return nil, exit.Usagef("", "--config: cannot read %q: %v", path, exit.Cause(err))
	}
	if text, err = flags.Decode("profiles", b.Name(), text); err != nil {
		return nil, err
	}
	f, err := Parse(b.Name(), text)
	if err != nil {
		return nil, err
	}
	f.isForeign = b.typed != ""
	f.distrust, f.hint = distrust, "leave "+allowExec+" out"
	if strings.Contains(distrust, "mode") {
		f.hint = "chmod 600 " + words.ShellQuote(path)
	}
	return f, nil
}

// A Profile is the flags of a section, as they stand among words.
type Profile struct {
	File    *File
	Section *Section
	Address string // may have marks; "": none
	Flags   []Flag
	Secrets []string // what commands wrote
}

// A Flag is one of a profile.
type Flag struct {
	flags.Given
	Number   int  // of its line
	IsSecret bool // a command wrote a part of it
}

// IsName tells whether an address, which may have marks, is the name of a profile. The @ must have been
// written: a value is none.
func IsName(address string) bool { return strings.HasPrefix(address, "@") }

// Named is the profile of a name that was typed, with the @ before it. Errors are *exit.UsageError.
func (b *Book) Named(ctx context.Context, name string) (*Profile, error) {
	f, s, err := b.section(name)
	if err != nil {
		return nil, err
	}
	return b.profile(ctx, f, s)
}

// Default is what is for all connections, nil for nothing.
func (b *Book) Default(ctx context.Context) (*Profile, error) {
	f, err := b.File()
	if err != nil || f == nil || f.Section(Default) == nil {
		return nil, err
	}
	return b.profile(ctx, f, f.Section(Default))
}

// Check says what is wrong with a profile without running its commands, and whether it has any.
func (b *Book) Check(name string) (hasCommands bool, err error) {
	f, s, err := b.section(name)
	if err != nil {
		return false, err
	}
	return f.check(s, b.Groups, b.World.Home)
}

// CheckDefault is Check of what is for all connections.
func (b *Book) CheckDefault() (hasCommands bool, err error) {
	f, err := b.File()
	if err != nil || f == nil || f.Section(Default) == nil {
		return false, err
	}
	return f.check(f.Section(Default), b.Groups, b.World.Home)
}

func (b *Book) section(typed string) (*File, *Section, error) {
	typed = words.Unmark(typed)
	name := strings.TrimPrefix(typed, "@")
	f, err := b.File()
	if err != nil {
		return nil, nil, err
	}
	if f == nil {
		if b.World.Own == "" {
			return nil, nil, exit.Usagef("--config FILE names a file",
				"%s is a profile, and there is no folder for a file of profiles", typed)
		}
		return nil, nil, exit.Usagef("write there a line ["+name+"], and below it the URL and flags, one a line",
			"%s is a profile, and there is no %s to read it from", typed, b.Name())
	}
	if s := f.Section(name); s != nil && name != Default {
		if s.Address == nil {
			return nil, nil, f.At(s.Number, "write it below, on a line of its own", "[%s] has no URL", name)
		}
		return f, s, nil
	}
	names := f.Names()
	hint := "wsline profiles lists what there is"
	switch near := suggest.Nearest(name, names); {
	case name == Default:
		hint = "[" + Default + "] is for all connections: just give a URL"
	case near != "":
		hint = "did you mean @" + near + "?"
	case len(names) == 0:
		hint = "a line [" + name + "] begins it, with the URL and flags below"
	}
	return nil, nil, exit.Usagef(hint, "there is no profile %s in %s", typed, f.Name)
}

// profile is a section with what its commands write.
func (b *Book) profile(ctx context.Context, f *File, s *Section) (*Profile, error) {
	if _, err := f.check(s, b.Groups, b.World.Home); err != nil {
		return nil, err
	}
	r := &reader{file: f, groups: b.Groups, home: b.World.Home}
	r.run = func(command string) (string, error) { return b.World.Run(ctx, command) }
	p, err := r.read(s)
	return p, Hide(err, r.secrets)
}

// Names are the profiles of the file, without the @ and in its order; none where it cannot be read.
func (b *Book) Names() []string {
	f, err := b.File()
	if err != nil || f == nil {
		return nil
	}
	return f.Names()
}

// Names are those of the user's own file.
func Names(e *env.Env) []string { return (&Book{World: Of(e)}).Names() }

// Hide is an error without secrets.
func Hide(err error, secrets []string) error {
	var usage *exit.UsageError
	if len(secrets) == 0 || !errors.As(err, &usage) {
		return err
	}
	r := Redactor(secrets)
	return &exit.UsageError{Text: r.Hide(usage.Text), Hint: r.Hide(usage.Hint)}
}

// minSecret is how many bytes what a command wrote has at least to be looked for in texts: what is shorter
// is also part of innocent words.
const minSecret = 4

// Redactor hides secrets, nil for none.
func Redactor(secrets []string) (r *redact.Redactor) {
	for _, s := range secrets {
		if len(s) >= minSecret {
			r = r.WithSize(s)
		}
	}
	return r
}
