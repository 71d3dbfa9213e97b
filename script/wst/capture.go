package wst

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"wsline/internal/query"
	"wsline/internal/words"
)

// A Capture is what /capture takes of a message.
type Capture struct {
	Name   string
	Query  *query.Query   // nil: Regexp
	Regexp *regexp.Regexp // nil: Query
}

// ParseCapture reads the argument of /capture.
func ParseCapture(rest words.Text) (*Capture, error) {
	first, what := rest.TrimSpace().CutWord()
	name := first.String()
	if what = what.TrimLeft(); name == "" || what.String() == "" {
		return nil, errors.New("/capture needs a name, and a jq expression or ~REGEXP")
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	c := &Capture{Name: name}
	var err error
	if expr, ok := what.CutPrefix("~"); ok {
		expr, _ = expr.CutPrefix(" ")
		c.Regexp, err = compileRegexp(expr.String())
	} else {
		c.Query, err = query.Compile(what.String())
	}
	return c, err
}

func checkCapture(rest string) error {
	_, err := ParseCapture(words.Plain(rest))
	return err
}

// Set gives the variable what the capture finds in a message; strings of JSON come without their
// quotation marks.
func (c *Capture) Set(ctx context.Context, v *Vars, message []byte) error {
	if c.Regexp == nil {
		found, err := c.query(ctx, message)
		if err != nil {
			return err
		}
		text := string(found)
		_ = json.Unmarshal(found, &text) // what is no string stays JSON
		return v.setJSON(c.Name, text, string(found))
	}
	groups := c.Regexp.FindSubmatch(message)
	switch {
	case groups == nil:
		return fmt.Errorf("%s does not match the last message", Quoted(c.Regexp.String()))
	case len(groups) > 1:
		return v.Set(c.Name, string(groups[1]))
	}
	return v.Set(c.Name, string(groups[0]))
}

func (c *Capture) query(ctx context.Context, message []byte) ([]byte, error) {
	out, err := c.Query.Run(ctx, message)
	switch {
	case errors.Is(err, query.ErrNotJSON):
		return nil, fmt.Errorf("%s needs JSON, which the last message is not",
			Quoted(c.Query.String()))
	case err != nil:
		return nil, err
	case len(out) == 0 || string(out[0]) == "null":
		return nil, fmt.Errorf("%s finds nothing in the last message", Quoted(c.Query.String()))
	}
	return out[0], nil
}
