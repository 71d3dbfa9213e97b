// Package importcmd is the command import, which makes conversations of what other programs keep.
package importcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"wsline/format"
	"wsline/internal/cmd"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/view"
)

// options are the flags, as they were typed.
type options struct {
	view   view.Options
	output string
	force  bool
}

// New is the command.
func New() *cmd.Command {
	o := &options{view: view.New()}
	return &cmd.Command{
		Name: "import", Args: "FILE...", Summary: "make .wst files of other files",
		Detail: `  wsline import api.yaml              a file for each WebSocket request in it
  wsline import -o scripts chat.har   into a folder; beside the file without -o

FILE is a HAR, a copied curl command, an export of Insomnia (4 or 5), a request
of Bruno (.bru, .yml) or of Postman 12 (.request.yaml). - is stdin. Secrets and
{{variables}} become ${variables}; a comment says how to give them. What a file
holds that a conversation does not is named on stderr.

Exit codes: 0 all is well, 2 a file cannot be read, or has no WebSocket in it.
`,
		View: &o.view, Groups: o.groups, Run: o.run,
	}
}

func (o *options) groups() []flags.Group {
	return []flags.Group{{Title: "Files", Rows: append([]flags.Row{
		{Name: "output", Short: "o", Arg: "DIR", Summary: "write into this folder",
			Value: flags.Text(&o.output)},
		{Name: "force", Summary: "write over files that are there",
			Value: flags.Switch(&o.force)},
	}, o.view.ColorRows()...)}}
}

// run imports files, until a signal comes.
func (o *options) run(_ context.Context, e *env.Env, line *flags.Line) error {
	if len(line.Args) == 0 {
		return exit.Usagef("wsline import FILE; - is stdin", "no file is given")
	}
	return cmd.Interruptible(e, func() error {
		w := &writer{options: o, env: e, names: map[string]bool{}}
		for _, path := range line.Args {
			if err := w.file(path); err != nil {
				return err
			}
		}
		return nil
	})
}

// maxFile is how much of a file is read.
const maxFile = 256 << 20

// A writer writes the conversations of files.
type writer struct {
	*options
	env   *env.Env
	names map[string]bool // that were written
}

// file makes conversations of one file. Nothing is written before all of it has been read.
func (w *writer) file(path string) error {
	data, err := w.read(path)
	if err != nil {
		return exit.Usagef("", "cannot read %q: %v", path, exit.Cause(err))
	}
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if path == "-" {
		name = "stdin"
	}
	i := &importer{from: filepath.Base(path), base: name}
	if err := i.read(data); err != nil {
		return exit.Usagef(exit.FaultOf(err).Hint, "%q: %v", path, err)
	}
	for _, note := range i.leftOut {
		w.note(i.from + ": left out: " + note)
	}
	if len(i.list) == 0 {
		return exit.Usagef("", "%q: there is no WebSocket request in it", path)
	}
	dir := w.output
	if dir == "" && path != "-" {
		dir = filepath.Dir(path)
	}
	texts := map[string][]byte{}
	for _, c := range i.list {
		text, err := c.text()
		if err != nil {
			return exit.Usagef(exit.FaultOf(err).Hint, "%q: %s: %v", path, c.name, err)
		}
		if len(c.leftOut) > 0 {
			w.note(i.from + ": " + c.name + ": left out: " + strings.Join(c.leftOut, ", "))
		}
		c.path = w.path(dir, c.name)
		if _, err := os.Lstat(c.path); err == nil && !w.force {
			return exists(c.path)
		}
		texts[c.path] = text
	}
	if w.output != "" {
		if err := os.MkdirAll(w.output, 0o777); err != nil {
			return fmt.Errorf("the folder %q cannot be made: %w", w.output, exit.Cause(err))
		}
	}
	for _, c := range i.list {
		if err := w.write(c.path, texts[c.path]); err != nil {
			return err
		}
	}
	return nil
}

func exists(path string) error {
	return exit.Usagef("--force writes over it, -o DIR writes elsewhere", "there is a file %q", path)
}

func (w *writer) read(path string) ([]byte, error) {
	in := w.env.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = errors.New("it is larger than 256 MiB")
	}
	return data, err
}

func (w *writer) note(text string) {
	talk := format.NewTalk(format.Style{Color: w.view.WantsColor(w.env, w.env.StderrTerminal)})
	_, _ = w.env.Stderr.Write(talk.Status(nil, text)) // where else to tell it
}

// path is the file for a conversation, with a name that no other of this run has.
func (w *writer) path(dir, name string) string {
	slug := fileName(name)
	path := filepath.Join(dir, slug+".wst")
	for n := 2; w.names[path]; n++ {
		path = filepath.Join(dir, fmt.Sprintf("%s-%d.wst", slug, n))
	}
	w.names[path] = true
	return path
}

// write writes a file, and says its name.
func (w *writer) write(path string, text []byte) error {
	mode := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if w.force {
		mode = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, mode, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return exists(path)
	case err != nil:
		return fmt.Errorf("%q cannot be written: %w", path, exit.Cause(err))
	}
	_, err = f.Write(text)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("%q cannot be written: %w", path, exit.Cause(err))
	}
	if w.env.StdoutTerminal {
		path = string(format.Escape(nil, []byte(path), true))
	}
	return w.env.Print(path + "\n")
}

// fileName is a name that every system takes: of letters, digits, dots, dashes and underscores.
func fileName(name string) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' || r == '_' {
			return r
		}
		return '-'
	}, name))
	runes = slices.CompactFunc(runes, func(a, b rune) bool { return a == '-' && b == '-' })
	slug := strings.Trim(string(runes[:min(len(runes), 60)]), "-.")
	if slug == "" {
		return "request"
	}
	return slug
}
