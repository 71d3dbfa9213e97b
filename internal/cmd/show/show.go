// Package show is the command that prints a recording, or makes another form of it.
package show

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"wsline/format"
	"wsline/internal/cmd"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/view"
)

// options are the flags, as they were typed.
type options struct {
	view     view.Options
	output   string
	messages bool
	file     string // the recording
}

// New is the command.
func New() *cmd.Command {
	o := &options{view: view.New()}
	return &cmd.Command{
		Name: "show", Args: "FILE", Summary: "print a recording",
		Detail: `  wsline show talk.jsonl                 as the talk showed it
  wsline show --frames=hex talk.jsonl    with each frame and its bytes
  wsline show --json talk.har            as JSON lines
  wsline show -o talk.har talk.jsonl     write it in another format

FILE is a .jsonl that --record or --json wrote, or a .har, also of a browser;
- is stdin. What it holds tells which, not its name.
`,
		View: &o.view, Groups: o.groups, Run: o.run,
	}
}

func (o *options) groups() []flags.Group {
	return []flags.Group{
		{Title: "Form", Rows: []flags.Row{
			{Name: "json", Summary: "print every event as a line of JSON",
				Value: flags.Switch(&o.view.JSON)},
			{Name: "messages", Summary: "print the messages that came, and nothing else",
				Detail: "Their exact bytes and a newline, as in a pipe; on a terminal what could " +
					"steer it is quoted.",
				Value: flags.Switch(&o.messages)},
			{Name: "output", Short: "o", Arg: "FILE", Summary: "write it to a .jsonl, .har or .wst file",
				Detail: "An existing file is overwritten.",
				Value:  flags.Text(&o.output)},
		}},
		{Title: "Contents", Rows: append([]flags.Row{
			{Name: "frames", Arg: "hex", MayLackArg: true,
				Summary: "show each frame, both ways; as a hexdump too",
				Detail: "A `.jsonl` of `--record` has them, one of `--json` has them if it was given " +
					"`--frames`.",
				Value: flags.ChoiceOr(&o.view.Frames, "lines", "hex")},
			{Name: "verbose", Short: "v", Summary: "show the handshake, byte for byte",
				Value: flags.Switch(&o.view.Verbose)},
			{Name: "show-secrets", Summary: "do not hide what the recording has of passwords and tokens",
				Value: flags.Switch(&o.view.Secrets)},
			o.view.FilterRow(),
		}, o.view.Rows()...)},
	}
}

// run prints a recording. A signal ends it, also while a file or stdout is waited for.
func (o *options) run(_ context.Context, e *env.Env, line *flags.Line) error {
	if err := o.check(line.Args); err != nil {
		return err
	}
	o.file = line.Args[0]
	return cmd.Interruptible(e, func() error { return o.show(e) })
}

func (o *options) show(e *env.Env) error {
	in, err := openRecording(e, o.file)
	if err != nil {
		return err
	}
	defer in.Close()
	out := bufio.NewWriterSize(e.Stdout, 64<<10)
	s := &showing{typed: o, env: e, out: out, from: recordName(o.file)}
	s.talks, s.replies = map[string]*view.Scene{}, map[string]*format.Replies{}
	if err := s.begin(in); err != nil {
		return err
	}
	err = s.run(in)
	if failed := out.Flush(); failed != nil && !env.ReaderGone(failed) {
		return fmt.Errorf("stdout cannot be written: %w", exit.Cause(failed))
	}
	return s.recorder.Finish(err)
}

// check refuses what cannot be meant.
func (o *options) check(args []string) error {
	switch {
	case len(args) == 0:
		return exit.Usagef("wsline show FILE; - is stdin", "no recording is given")
	case len(args) > 1:
		return exit.Usagef("", "show takes one recording, but there is %q too", args[1])
	case o.view.JSON && o.messages:
		return exit.Usagef("choose one", "--json and --messages are two forms")
	case o.output != "" && (o.view.JSON || o.messages):
		return exit.Usagef("its ending says the form of FILE", "--output and another form are given")
	}
	return nil
}

func recordName(path string) string {
	if path == "-" {
		return "stdin"
	}
	return path
}

func openRecording(e *env.Env, path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(e.Stdin), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, exit.Usagef("", "%q cannot be read: %v", path, exit.Cause(err))
	}
	return f, nil
}
