// Package fmtcmd is the command fmt, which lays out conversations in files.
package fmtcmd

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"wsline/format"
	"wsline/internal/cmd"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/scriptfile"
	"wsline/internal/view"
	"wsline/script/wst"
)

// options are the flags, as they were typed.
type options struct {
	view         view.Options
	check, write bool
}

// New is the command.
func New() *cmd.Command {
	o := &options{view: view.New()}
	return &cmd.Command{
		Name: "fmt", Args: "FILE|DIR...", Summary: "lay saved conversations out",
		Detail: `  wsline fmt greeting.wst          print it, laid out
  wsline fmt -w scripts            write all *.wst below a folder back
  wsline fmt --check scripts       name those that are not laid out, for CI

- is stdin.

Exit codes: 0 all is well, 2 a file cannot be read or parsed, 9 with --check:
not all files are laid out.
`,
		View: &o.view, Groups: o.groups, Run: o.run,
	}
}

func (o *options) groups() []flags.Group {
	return []flags.Group{{Title: "Form", Rows: append([]flags.Row{
		{Name: "write", Short: "w", Summary: "write the file back, if something changes",
			Value: flags.Switch(&o.write)},
		{Name: "check", Summary: "print the names of files that would change",
			Value: flags.Switch(&o.check)},
	}, o.view.ColorRows()...)}}
}

// run lays files out, until a signal comes.
func (o *options) run(_ context.Context, e *env.Env, line *flags.Line) error {
	if err := o.conflict(line.Args); err != nil {
		return err
	}
	return cmd.Interruptible(e, func() error { return o.layOut(e, line) })
}

// layOut lays files out. One with errors is left alone, and the others are done.
func (o *options) layOut(e *env.Env, line *flags.Line) error {
	files, err := fmtFiles(line.Args)
	if err != nil {
		return err
	}
	talk := format.NewTalk(format.Style{Color: o.view.WantsColor(e, e.StderrTerminal)})
	invalid, changed := false, false
	for _, path := range files {
		before, c, err := readLaidOut(e, path)
		if errs := scriptfile.Errors(err); errs != nil {
			invalid = true
			_, _ = e.Stderr.Write(scriptfile.AppendErrors(nil, talk, errs)) // where else to tell it
			continue
		}
		after := c.Format()
		changed = changed || !bytes.Equal(before, after)
		if err := o.put(e, path, before, after); err != nil {
			return err
		}
	}
	switch {
	case invalid:
		return exit.Told(exit.Usage)
	case o.check && changed:
		return exit.Told(exit.Expectation)
	}
	return nil
}

// conflict refuses what cannot be meant.
func (o *options) conflict(args []string) error {
	switch {
	case len(args) == 0:
		return exit.Usagef("wsline fmt FILE; - is stdin", "no file is given")
	case o.check && o.write:
		return exit.Usagef("choose one", "--check and --write contradict each other")
	case o.write && slices.Contains(args, "-"):
		return exit.Usagef("without --write it is printed", "stdin cannot be written back")
	}
	return nil
}

// fmtFiles is scriptfile.Find with "-" for stdin.
func fmtFiles(args []string) (files []string, err error) {
	for _, arg := range args {
		if arg == "-" {
			files = append(files, arg)
			continue
		}
		found, err := scriptfile.Find([]string{arg})
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

func readLaidOut(e *env.Env, path string) ([]byte, *wst.Conversation, error) {
	var c *wst.Conversation
	var err error
	if path == "-" {
		c, err = scriptfile.Read("stdin", e.Stdin)
	} else {
		c, err = scriptfile.Open(path)
	}
	if err != nil {
		return nil, nil, err
	}
	return c.Bytes(), c, nil
}

// put does what the flags want with a file.
func (o *options) put(e *env.Env, path string, before, after []byte) error {
	isSame := bytes.Equal(before, after)
	switch {
	case o.check && !isSame:
		return printSafe(e, path+"\n")
	case o.write && !isSame:
		if err := scriptfile.Replace(path, after); err != nil {
			return fmt.Errorf("%q cannot be written: %w", path, exit.Cause(err))
		}
	case !o.check && !o.write:
		return printSafe(e, string(after))
	}
	return nil
}

// printSafe prints what a file holds, or is called: it may be another person's. On a terminal
// nothing in it steers that; see format.Escape.
func printSafe(e *env.Env, text string) error {
	if e.StdoutTerminal {
		text = string(format.Escape(nil, []byte(text), true))
	}
	return e.Print(text)
}
