package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"wsline/script/wst"
)

// updateFile writes a conversation back with another text, and says which lines are others.
func updateFile(c *wst.Conversation, text string) (lines string, err error) {
	before := c.Bytes()
	now, err := os.ReadFile(c.File)
	if err != nil {
		return "", fmt.Errorf("the file cannot be read again to update it: %w", cause(err))
	}
	if !bytes.Equal(now, before) {
		return "", fmt.Errorf("the file was changed while it ran: it is not updated")
	}
	if err := replaceFile(c.File, []byte(text)); err != nil {
		return "", fmt.Errorf("the file cannot be updated: %w", cause(err))
	}
	return changedLines(c, text), nil
}

// changedLines are the numbers of the lines, as they were, that another text of c has changed.
func changedLines(c *wst.Conversation, text string) string {
	again, err := wst.Parse(c.File, []byte(text))
	if err != nil || len(again.Lines) != len(c.Lines) {
		return "the file"
	}
	var numbers []string
	for i, l := range c.Lines {
		if l.Source() != again.Lines[i].Source() {
			numbers = append(numbers, strconv.Itoa(l.Pos.Line))
		}
	}
	if len(numbers) == 1 {
		return "line " + numbers[0]
	}
	return "lines " + strings.Join(numbers, ", ")
}

// replaceFile writes a file anew, so that it is never half written: through a link, and with the
// permissions that it has.
func replaceFile(path string, text []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Chmod(info.Mode().Perm())
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the other error is the one to tell
	}
	return err
}
