// Package snippet keeps messages that are sent often, each in a file that only the user can read.
package snippet

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"wsline/internal/name"
	"wsline/internal/suggest"
)

const (
	MaxSize = 1 << 20 // bytes of a snippet, at most
	jsonExt = ".json"
	textExt = ".txt"
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

// A Folder has messages in files, as they would be typed: NAME.txt or NAME.json.
type Folder string

// Names are those of all snippets, sorted.
func (f Folder) Names() []string {
	var names []string
	entries, _ := os.ReadDir(string(f)) // none: there are no snippets
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		if stem := strings.TrimSuffix(e.Name(), ext); name.Is(stem) && (ext == jsonExt || ext == textExt) {
			names = append(names, stem)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (f Folder) path(name, ext string) string { return filepath.Join(string(f), name+ext) }

// Read is the text of a snippet.
func (f Folder) Read(name string) (string, error) {
	for _, ext := range []string{jsonExt, textExt} {
		path := f.path(name, ext)
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		switch {
		case err == nil && !info.Mode().IsRegular():
			return "", fmt.Errorf("%q is not a regular file", path)
		case err == nil && info.Size() > MaxSize:
			return "", fmt.Errorf("%q has more than 1 MiB: /file sends it", path)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		message := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
		if message == "" || !utf8.ValidString(message) {
			return "", fmt.Errorf("%q has no text in UTF-8", path)
		}
		return message, nil
	}
	text := fmt.Sprintf("there is no snippet %q: ", name)
	if near := suggest.Nearest(name, f.Names()); near != "" {
		return "", errors.New(text + "did you mean " + near + "?")
	}
	return "", errors.New(text + "/snippet lists them")
}

// Save writes a snippet that only the user can read, in the place of one with that name.
func (f Folder) Save(name, text string) (path string, err error) {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return "", err
	}
	ext := Extension(text)
	path = f.path(name, ext)
	file, err := os.CreateTemp(string(f), ".new-*") // mode 0600
	if err != nil {
		return "", err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(text + "\n")
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return "", err
	}
	other := map[string]string{jsonExt: textExt, textExt: jsonExt}[ext]
	_ = os.Remove(f.path(name, other)) // it is none, most times
	return path, nil
}
