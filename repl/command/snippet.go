package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/name"
	"wsline/internal/snippet"
	"wsline/internal/words"
)

// runSnippet is /snippet.
func runSnippet(ctx context.Context, env *Env, rest words.Text) error {
	if env.Snippets == "" {
		return unfitHere("snippet")
	}
	s := snippet.Folder(env.Snippets)
	first, behind := rest.TrimSpace().CutWord()
	switch title := first.String(); {
	case title == "":
		env.Say(env.snippetList(s))
		return nil
	case title == "save":
		return env.saveSnippet(s, behind)
	case strings.TrimSpace(behind.String()) != "":
		return fmt.Errorf("nothing may stand behind /snippet %s", exit.Shorten(title))
	case !name.Is(title):
		return noSnippetName(title)
	default:
		text, err := s.Read(title)
		if err != nil {
			return snippetError(err)
		}
		return env.redo(ctx, asLine(text))
	}
}

func (e *Env) saveSnippet(s snippet.Folder, rest words.Text) error {
	first, behind := rest.TrimLeft().CutWord()
	title, text := first.String(), behind.String()
	switch {
	case title == "":
		return errors.New("/snippet save needs a name")
	case title == "save" || !name.Is(title):
		return noSnippetName(title)
	}
	if strings.TrimSpace(text) == "" {
		var err error
		if text, err = e.lastText(); err != nil {
			return fmt.Errorf("%w: /snippet save %s TEXT saves another", err, title)
		}
	}
	if len(text) >= snippet.MaxSize {
		return errors.New("a snippet has at most 1 MiB")
	}
	path, err := s.Save(title, text)
	if err != nil {
		return snippetError(err)
	}
	e.Say("saved as " + path)
	return nil
}

// snippetError is the error of a file as a person is told.
func snippetError(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("%q: %w", path.Path, path.Err)
	}
	return err
}

func noSnippetName(name string) error {
	return fmt.Errorf("%q is no name of a snippet: letters, digits, - and _ are", exit.Shorten(name))
}

// snippetList has a line for each snippet.
func (e *Env) snippetList(s snippet.Folder) string {
	names := s.Names()
	if len(names) == 0 {
		return "there are no snippets: /snippet save NAME makes one of the last message"
	}
	widest := 0
	for _, name := range names {
		widest = max(widest, len(name))
	}
	var lines []string
	for _, name := range names {
		text, err := s.Read(name)
		if err != nil {
			text = snippetError(err).Error()
		}
		lines = append(lines, fmt.Sprintf("%-*s  %s", widest, name, e.cut(text, widest+2)))
	}
	return strings.Join(lines, "\n")
}

func completeSnippet(c *Completion, word string) []string {
	if c.Snippets == "" {
		return nil
	}
	return withPrefix(append(snippet.Folder(c.Snippets).Names(), "save"), word)
}
