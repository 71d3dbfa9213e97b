package test

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/scriptfile"
	"wsline/script/wst"
)

// updateFile writes a conversation back with another text, and says which lines are others.
func updateFile(c *wst.Conversation, text string) (lines string, err error) {
	before := c.Bytes()
	now, err := os.ReadFile(c.File)
	if err != nil {
		return "", fmt.Errorf("the file cannot be read again to update it: %w", exit.Cause(err))
	}
	if !bytes.Equal(now, before) {
		return "", fmt.Errorf("the file was changed while it ran: it is not updated")
	}
	if err := scriptfile.Replace(c.File, []byte(text)); err != nil {
		return "", fmt.Errorf("the file cannot be updated: %w", exit.Cause(err))
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
