package cli

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"wsline/format"
	"wsline/script/wst"
)

// layoutFlags are the flags of fmt alone.
type layoutFlags struct{ check, write bool }

func fmtCommand() subcommand {
	return subcommand{
		name: "fmt", args: "FILE|DIR...", summary: "lay saved conversations out",
		detail: `  wsline fmt greeting.wst          print it, laid out
  wsline fmt -w scripts            write all *.wst below a folder back
  wsline fmt --check scripts       name those that are not laid out, for CI

- is stdin.

Exit codes: 0 all is well, 2 a file cannot be read or parsed, 9 with --check:
not all files are laid out.
`,
		flags: fmtFlags, run: runFmt,
	}
}

func fmtFlags() []flagGroup {
	return []flagGroup{
		{"Form", false, []flagRow{
			{name: "write", short: "w", summary: "write the file back, if something changes",
				value: func(t *typed) *value { return onOff(&t.layout.write) }},
			{name: "check", summary: "print the names of files that would change",
				value: func(t *typed) *value { return onOff(&t.layout.check) }},
			colorFlag(), noColorFlag(),
		}},
		{"Help", false, helpFlags()},
	}
}

// runFmt lays files out. One with errors is left alone, and the others are done.
func runFmt(_ context.Context, env *Env, t *typed) error {
	if err := checkFmt(t); err != nil {
		return err
	}
	files, err := fmtFiles(t.positional)
	if err != nil {
		return err
	}
	talk := format.NewTalk(format.Style{Color: wantsColor(t, env, env.StderrTerminal)})
	invalid, changed := false, false
	for _, path := range files {
		before, c, err := readLaidOut(env, path)
		if errs := syntaxErrors(err); errs != nil {
			invalid = true
			_, _ = env.Stderr.Write(appendSyntaxErrors(nil, talk, errs)) // where else to tell it
			continue
		}
		after := c.Format()
		changed = changed || !bytes.Equal(before, after)
		if err := putLaidOut(env, t, path, before, after); err != nil {
			return err
		}
	}
	switch {
	case invalid:
		return exitCode(exitUsage)
	case t.layout.check && changed:
		return exitCode(exitExpectation)
	}
	return nil
}

func checkFmt(t *typed) error {
	switch {
	case len(t.positional) == 0:
		return usagef("wsline fmt FILE; - is stdin", "no file is given")
	case t.layout.check && t.layout.write:
		return usagef("choose one", "--check and --write contradict each other")
	case t.layout.write && slices.Contains(t.positional, "-"):
		return usagef("without --write it is printed", "stdin cannot be written back")
	}
	return nil
}

// fmtFiles is findScripts with "-" for stdin.
func fmtFiles(args []string) (files []string, err error) {
	for _, arg := range args {
		if arg == "-" {
			files = append(files, arg)
			continue
		}
		found, err := findScripts([]string{arg})
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

func readLaidOut(env *Env, path string) ([]byte, *wst.Conversation, error) {
	var c *wst.Conversation
	var err error
	if path == "-" {
		c, err = readScript("stdin", env.Stdin)
	} else {
		c, err = openScript(path)
	}
	if err != nil {
		return nil, nil, err
	}
	return c.Bytes(), c, nil
}

// putLaidOut does what the flags want with a file.
func putLaidOut(env *Env, t *typed, path string, before, after []byte) error {
	isSame := bytes.Equal(before, after)
	switch {
	case t.layout.check && !isSame:
		return write(env.Stdout, path+"\n")
	case t.layout.write && !isSame:
		if err := replaceFile(path, after); err != nil {
			return fmt.Errorf("%q cannot be written: %w", path, cause(err))
		}
	case !t.layout.check && !t.layout.write:
		return write(env.Stdout, string(after))
	}
	return nil
}
