package listen

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// A reply is what demo sends, its members in this order.
type reply struct {
	Type      string `json:"type"`
	Message   string `json:"message"`
	Timestamp string `json:"timestamp,omitempty"`
}

// demoAnswer answers a JSON object that has a string "text" with the text in capitals, and anything
// else with an error.
func demoAnswer(message []byte, now time.Time) reply {
	text, err := textOf(message)
	if err != nil {
		return reply{Type: "error", Message: "Invalid JSON format"}
	}
	return reply{
		Type:    "echo",
		Message: "Server echo: " + strings.ToUpper(text),
		// As JavaScript's toISOString.
		Timestamp: now.UTC().Format("2006-01-02T15:04:05.000Z"),
	}
}

// textOf is the string "text" of a JSON object. The name has to be exact, as it has in
// JavaScript: the fields of a struct would match "TEXT" as well.
func textOf(message []byte) (string, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(message, &object); err != nil {
		return "", err
	}
	var text *string
	if err := json.Unmarshal(object["text"], &text); err != nil {
		return "", err
	}
	if text == nil {
		return "", errors.New("no text")
	}
	return *text, nil
}

// encode is the reply as JSON without escapes that only HTML needs.
func (r reply) encode() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(r) // into memory, and strings only: it cannot fail
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
