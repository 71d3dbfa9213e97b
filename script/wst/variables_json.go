package wst

import (
	"bytes"
	"encoding/json"
	"errors"

	"wsline/internal/words"
)

// SetFromJSON is Set for a value of JSON: a string is its text, anything else but null stays JSON, in
// its compact form.
func (v *Vars) SetFromJSON(name string, value []byte) error {
	var compact bytes.Buffer
	if err := json.Compact(&compact, value); err != nil {
		return err
	}
	if compact.String() == "null" {
		return errors.New("null is no value")
	}
	text := compact.String()
	if text[0] == '"' {
		if err := json.Unmarshal(compact.Bytes(), &text); err != nil {
			return err
		}
	}
	return v.setJSON(name, text, compact.String())
}

// AsJSON is the value of a variable as JSON: as it was captured from it, or a string. It is false for one
// without a value.
func (v *Vars) AsJSON(name string) (string, bool) {
	value, ok := v.values[name]
	if asJSON := v.json[name]; asJSON != "" {
		return asJSON, ok
	}
	return words.QuoteJSON(value), ok
}
