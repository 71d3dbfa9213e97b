// Package scriptfile is the files of conversations that a command line names: found, read, told of
// when they are wrong, written back, and the variables that they begin with.
package scriptfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mattn/go-runewidth"

	"wsline/format"
	"wsline/internal/exit"
	"wsline/script/wst"
)

// Find are the files that arguments name, in their order; for a folder those below it that
// end in .wst and are not hidden, sorted. Links to folders are not followed there.
func Find(args []string) (files []string, err error) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, exit.Usagef("", "%q cannot be read: %v", arg, exit.Cause(err))
		}
		if !info.IsDir() {
			files = append(files, arg)
			continue
		}
		below, err := scriptsBelow(arg)
		switch {
		case err != nil:
			return nil, exit.Usagef("", "%q cannot be searched: %v", arg, err)
		case len(below) == 0:
			return nil, exit.Usagef("conversations end in .wst", "there is no .wst file in %q", arg)
		}
		files = append(files, below...)
	}
	return files, nil
}

func scriptsBelow(dir string) (files []string, err error) {
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path != "." && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		case e.IsDir() || !strings.HasSuffix(e.Name(), ".wst"):
			return nil
		}
		path = filepath.Join(dir, filepath.FromSlash(path))
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			files = append(files, path)
		}
		return nil
	})
	return files, err
}

// Read reads and parses a file. The error is wst.Errors, also for one that cannot be read.
func Read(path string, in io.Reader) (*wst.Conversation, error) {
	src, err := io.ReadAll(io.LimitReader(in, wst.MaxFile+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	return wst.Parse(path, src)
}

// Open reads and parses the file of a path, as Read does.
func Open(path string) (*wst.Conversation, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	return Read(path, f)
}

func unreadable(path string, err error) error {
	text := fmt.Sprintf("the file cannot be read: %v", exit.Cause(err))
	return wst.Errors{{File: path, Text: text}}
}

// Errors are what wst.Parse found wrong.
func Errors(err error) wst.Errors {
	var list wst.Errors
	errors.As(err, &list)
	return list
}

// Redacted are errors without the secrets of variables, before anything is laid out.
func Redacted(list wst.Errors, vars *wst.Vars) wst.Errors {
	shown := make(wst.Errors, len(list))
	for i, e := range list {
		e := *e
		e.File, e.Source = vars.Redact(e.File), vars.RedactLine(e.Source)
		e.Text, e.Hint = vars.RedactLine(e.Text), vars.RedactLine(e.Hint)
		shown[i] = &e
	}
	return shown
}

// AppendErrors appends all errors of a file: place, line, a mark under the place, hint.
func AppendErrors(dst []byte, talk *format.Talk, list wst.Errors) []byte {
	for _, e := range list {
		dst = talk.Error(dst, syntaxText(e), e.Hint)
	}
	return dst
}

// sourceWidth is how many characters of a line are shown.
const sourceWidth = 160

// syntaxText is "file:line:column: text" and the line with a mark.
func syntaxText(e *wst.SyntaxError) string {
	if e.Pos.Line == 0 {
		return e.File + ": " + e.Text
	}
	if e.Source == "" {
		return e.Error()
	}
	source := []rune(strings.ReplaceAll(e.Source, "\t", " "))
	at := min(max(0, e.Column-1), len(source))
	if from := at - sourceWidth/2; from > 0 && len(source) > sourceWidth {
		source, at = append([]rune("…"), source[from:]...), at-from+1
	}
	if len(source) > sourceWidth {
		source = append(source[:sourceWidth:sourceWidth], '…')
	}
	before := string(format.Escape(nil, []byte(string(source[:at])), false))
	mark := strings.Repeat(" ", runewidth.StringWidth(before)) + "^"
	return e.Error() + "\n" + string(source) + "\n" + mark
}
