// Package profiles is the command that lists what names stand for.
package profiles

import (
	"context"
	"fmt"
	"strings"

	"wsline/format"
	"wsline/internal/cmd"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/profile"
	"wsline/internal/target"
	"wsline/internal/view"
)

// options are the flags, as they were typed.
type options struct {
	view     view.Options
	profiles *profile.Book
}

// New is the command.
func New() *cmd.Command {
	o := &options{view: view.New(), profiles: &profile.Book{}}
	return &cmd.Command{
		Name: "profiles", Summary: "list names for a URL and flags",
		Detail: `  wsline profiles                     those of your own file
  wsline profiles --config .wsline    those of a project's
  wsline --dry-run @staging           the request that one becomes

A profile is a section of ~/.config/wsline/config ($XDG_CONFIG_HOME/wsline/config;
on Windows %AppData%\wsline\config): the URL, and flags, one a line, quoted as for
a shell. What is typed wins over it, and it over [default], which is for all
connections.

  [staging]
  wss://staging.example.com/chat
  --origin https://staging.example.com
  -H 'X-Team: blue'
  --bearer @~/.staging-token

It is used in the place of a URL: wsline @staging, /connect @staging, wsline test
--url @staging. No command in it is run for this list.
`,
		View: &o.view, Profiles: o.profiles, Lists: true,
		Groups: func() []flags.Group {
			return []flags.Group{{Title: "Form", Rows: o.view.ColorRows()}}
		},
		Run: o.run,
	}
}

func (o *options) run(_ context.Context, e *env.Env, line *flags.Line) error {
	if len(line.Args) > 0 {
		return exit.Usagef("wsline --dry-run @"+strings.TrimPrefix(line.Args[0], "@")+" shows what one becomes",
			"wsline profiles takes no argument, but there is %q", line.Args[0])
	}
	return cmd.Interruptible(e, func() error { return o.list(e) })
}

// list prints the profiles, and then says what is wrong with the first that has a fault.
func (o *options) list(e *env.Env) error {
	f, err := o.profiles.File()
	if err != nil {
		return err
	}
	if f == nil || len(f.Sections) == 0 {
		talk := format.NewTalk(format.Style{Color: o.view.WantsColor(e, e.StderrTerminal)})
		_, _ = e.Stderr.Write(talk.Status(nil, o.none(f))) // where else to tell it
		return nil
	}
	rows := make([][2]string, 0, len(f.Sections))
	width := [2]int{}
	var wrong error
	for _, s := range f.Sections {
		row, err := o.row(s)
		if wrong == nil {
			wrong = err
		}
		for i, text := range row {
			width[i] = max(width[i], len(text))
		}
		rows = append(rows, row)
	}
	var b strings.Builder
	for i, row := range rows {
		text := fmt.Sprintf("%-*s  %-*s  %s:%d", width[0], row[0], width[1], row[1],
			f.Name, f.Sections[i].Number)
		b.Write(append(format.Escape(nil, []byte(text), false), '\n'))
	}
	if err := e.Print(b.String()); err != nil {
		return err
	}
	return wrong
}

// row is the name of a section and its URL, and what is wrong with it.
func (o *options) row(s *profile.Section) ([2]string, error) {
	if s.Name == profile.Default {
		return [2]string{"[" + s.Name + "]", "(all connections)"}, target.CheckDefault(o.profiles)
	}
	_, err := o.profiles.Check("@" + s.Name)
	address := "(no URL)"
	if s.Address != nil {
		address = target.Shown(s.Address.Written())
	}
	return [2]string{"@" + s.Name, address}, err
}

// none says that there are no profiles, and where they would be.
func (o *options) none(f *profile.File) string {
	switch {
	case f != nil:
		return "no profile is in " + f.Name
	case o.profiles.Name() == "":
		return "there are no profiles, and no folder for them"
	}
	return "there are no profiles: " + o.profiles.Name() + " does not exist"
}
