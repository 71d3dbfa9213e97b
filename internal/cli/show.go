package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"wsline/format"
)

func showCommand() subcommand {
	return subcommand{
		name: "show", args: "FILE", summary: "print a recording",
		detail: `  wsline show talk.jsonl                 as the talk showed it
  wsline show --frames=hex talk.jsonl    with each frame and its bytes
  wsline show --json talk.har            as JSON lines
  wsline show -o talk.har talk.jsonl     write it in another format

FILE is a .jsonl that --record or --json wrote, or a .har, also of a browser;
- is stdin. What it holds tells which, not its name.
`,
		flags: showFlags, run: show,
	}
}

func showFlags() []flagGroup {
	return []flagGroup{
		{"Form", false, []flagRow{
			{name: "json", summary: "print every event as a line of JSON",
				value: func(t *typed) *value { return onOff(&t.json) }},
			{name: "messages", summary: "print the messages that came, and nothing else",
				detail: "Their exact bytes and a newline, as in a pipe.",
				value:  func(t *typed) *value { return onOff(&t.messages) }},
			{name: "output", short: "o", arg: "FILE", summary: "write it to a .jsonl, .har or .wst file",
				detail: "An existing file is overwritten.",
				value:  func(t *typed) *value { return text(&t.output) }},
		}},
		{"Contents", false, append([]flagRow{
			{name: "frames", arg: "hex", mayLackArg: true,
				summary: "show each frame, both ways; as a hexdump too",
				detail: "A `.jsonl` of `--record` has them, one of `--json` has them if it was given " +
					"`--frames`.",
				value: func(t *typed) *value { return choiceOr(&t.frames, "lines", "hex") }},
			{name: "verbose", short: "v", summary: "show the handshake, byte for byte",
				value: func(t *typed) *value { return onOff(&t.verbose) }},
			{name: "show-secrets", summary: "do not hide what the recording has of passwords and tokens",
				value: func(t *typed) *value { return onOff(&t.showSecrets) }},
			filterFlag(),
		}, lookFlags()...)},
		{"Help", false, helpFlags()},
	}
}

// show prints a recording. A signal ends it, also while a file or stdout is waited for, which is left to a
// goroutine.
func show(_ context.Context, env *Env, t *typed) error {
	shown := make(chan error, 1)
	go func() { shown <- showAll(env, t) }()
	select {
	case err := <-shown:
		return err
	case signal := <-env.Signals:
		return abandonedError{signalError(signal)}
	}
}

func showAll(env *Env, t *typed) error {
	if err := checkShow(t); err != nil {
		return err
	}
	path := t.positional[0]
	in, err := openRecording(env, path)
	if err != nil {
		return err
	}
	defer in.Close()
	out := bufio.NewWriterSize(env.Stdout, 64<<10)
	s := &showing{env: env, t: t, out: out, from: recordName(path)}
	s.talks, s.replies = map[string]*scene{}, map[string]*format.Replies{}
	if err := s.begin(in); err != nil {
		return err
	}
	err = s.run(in)
	if e := out.Flush(); e != nil && !readerGone(e) {
		return fmt.Errorf("stdout cannot be written: %w", cause(e))
	}
	return s.recorder.finish(err)
}

func checkShow(t *typed) error {
	switch {
	case len(t.positional) == 0:
		return usagef("wsline show FILE; - is stdin", "no recording is given")
	case len(t.positional) > 1:
		return usagef("", "show takes one recording, but there is %q too", t.positional[1])
	case t.json && t.messages:
		return usagef("choose one", "--json and --messages are two forms")
	case t.output != "" && (t.json || t.messages):
		return usagef("its ending says the form of FILE", "--output and another form are given")
	}
	return nil
}

func recordName(path string) string {
	if path == "-" {
		return "stdin"
	}
	return path
}

func openRecording(env *Env, path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(env.Stdin), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, usagef("", "%q cannot be read: %v", path, cause(err))
	}
	return f, nil
}
