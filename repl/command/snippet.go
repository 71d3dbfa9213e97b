package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"wsline/internal/suggest"
	"wsline/internal/words"
)

const (
	maxSnippet = 1 << 20 // bytes of a snippet
	jsonExt    = ".json"
	textExt    = ".txt"
)

// Extension is that of a file for a message: ".json" for JSON, also with variables in it.
func Extension(text string) string {
	bare := strings.TrimSpace(text)
	if bare != "" && (bare[0] == '{' || bare[0] == '[') &&
		(json.Valid([]byte(bare)) || strings.Contains(bare, "${")) {
		return jsonExt
	}
	return textExt
}

// snippets are messages in files of a folder, as they would be typed: NAME.txt or NAME.json.
type snippets string

// names are those of all snippets, sorted.
func (s snippets) names() []string {
	var names []string
	entries, _ := os.ReadDir(string(s)) // none: there are no snippets
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		if name := strings.TrimSuffix(e.Name(), ext); IsName(name) && (ext == jsonExt || ext == textExt) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (s snippets) path(name, ext string) string { return filepath.Join(string(s), name+ext) }

// read is the text of a snippet.
func (s snippets) read(name string) (string, error) {
	for _, ext := range []string{jsonExt, textExt} {
		path := s.path(name, ext)
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		switch {
		case err == nil && !info.Mode().IsRegular():
			return "", fmt.Errorf("%q is not a regular file", path)
		case err == nil && info.Size() > maxSnippet:
			return "", fmt.Errorf("%q has more than 1 MiB: /file sends it", path)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return "", FileError(path, err)
		}
		message := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
		if message == "" || !utf8.ValidString(message) {
			return "", fmt.Errorf("%q has no text in UTF-8", path)
		}
		return message, nil
	}
	text := fmt.Sprintf("there is no snippet %q: ", shorten(name))
	if near := suggest.Nearest(name, s.names()); near != "" {
		return "", errors.New(text + "did you mean " + near + "?")
	}
	return "", errors.New(text + "/snippet lists them")
}

// save writes a snippet that only the user can read, in the place of one with that name.
func (s snippets) save(name, text string) (path string, err error) {
	if err := os.MkdirAll(string(s), 0o700); err != nil {
		return "", FileError(string(s), err)
	}
	ext := Extension(text)
	path = s.path(name, ext)
	f, err := os.CreateTemp(string(s), ".new-*") // mode 0600
	if err != nil {
		return "", FileError(path, err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text + "\n")
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return "", FileError(path, err)
	}
	other := map[string]string{jsonExt: textExt, textExt: jsonExt}[ext]
	_ = os.Remove(s.path(name, other)) // it is none, most times
	return path, nil
}

// runSnippet is /snippet.
func runSnippet(ctx context.Context, env *Env, rest words.Text) error {
	if env.Snippets == "" {
		return unfitHere("snippet")
	}
	s := snippets(env.Snippets)
	first, behind := rest.TrimSpace().CutWord()
	switch name := first.String(); {
	case name == "":
		env.Say(env.snippetList(s))
		return nil
	case name == "save":
		return env.saveSnippet(s, behind)
	case strings.TrimSpace(behind.String()) != "":
		return fmt.Errorf("nothing may stand behind /snippet %s", shorten(name))
	case !IsName(name):
		return noSnippetName(name)
	default:
		text, err := s.read(name)
		if err != nil {
			return err
		}
		return env.redo(ctx, asLine(text))
	}
}

func (e *Env) saveSnippet(s snippets, rest words.Text) error {
	first, behind := rest.TrimLeft().CutWord()
	name, text := first.String(), behind.String()
	switch {
	case name == "":
		return errors.New("/snippet save needs a name")
	case name == "save" || !IsName(name):
		return noSnippetName(name)
	}
	if strings.TrimSpace(text) == "" {
		var err error
		if text, err = e.lastText(); err != nil {
			return fmt.Errorf("%w: /snippet save %s TEXT saves another", err, name)
		}
	}
	if len(text) >= maxSnippet {
		return errors.New("a snippet has at most 1 MiB")
	}
	path, err := s.save(name, text)
	if err != nil {
		return err
	}
	e.Say("saved as " + path)
	return nil
}

func noSnippetName(name string) error {
	return fmt.Errorf("%q is no name of a snippet: letters, digits, - and _ are", shorten(name))
}

// snippetList has a line for each snippet.
func (e *Env) snippetList(s snippets) string {
	names := s.names()
	if len(names) == 0 {
		return "there are no snippets: /snippet save NAME makes one of the last message"
	}
	widest := 0
	for _, name := range names {
		widest = max(widest, len(name))
	}
	var lines []string
	for _, name := range names {
		text, err := s.read(name)
		if err != nil {
			text = err.Error()
		}
		lines = append(lines, fmt.Sprintf("%-*s  %s", widest, name, e.cut(text, widest+2)))
	}
	return strings.Join(lines, "\n")
}

func completeSnippet(c *Completion, word string) []string {
	if c.Snippets == "" {
		return nil
	}
	return withPrefix(append(snippets(c.Snippets).names(), "save"), word)
}
