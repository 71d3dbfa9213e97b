package wst

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"wsline/internal/query"
)

// A Capture is what /capture takes of a message.
type Capture struct {
	Name   string
	Query  *query.Query   // nil: Regexp
	Regexp *regexp.Regexp // nil: Query
}

// ParseCapture reads the argument of /capture, whose variables are expanded.
func ParseCapture(rest string) (*Capture, error) {
	name, what := cutWord(rest)
	if name == "" || what == "" {
		return nil, errors.New("/capture needs a name, and a jq expression or ~REGEXP")
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	c := &Capture{Name: name}
	var err error
	if expr, ok := strings.CutPrefix(what, "~"); ok {
		c.Regexp, err = compileRegexp(strings.TrimPrefix(expr, " "))
	} else {
		c.Query, err = query.Compile(what)
	}
	return c, err
}

func checkCapture(rest string) error {
	_, err := ParseCapture(rest)
	return err
}

// From is what a capture finds in a message; strings of JSON come without their quotation marks.
func (c *Capture) From(ctx context.Context, message []byte) (string, error) {
	if c.Regexp != nil {
		groups := c.Regexp.FindSubmatch(message)
		switch {
		case groups == nil:
			return "", fmt.Errorf("%s does not match the last message", Quoted(c.Regexp.String()))
		case len(groups) > 1:
			return string(groups[1]), nil
		}
		return string(groups[0]), nil
	}
	out, err := c.Query.Run(ctx, message)
	switch {
	case errors.Is(err, query.ErrNotJSON):
		return "", fmt.Errorf("%s needs JSON, which the last message is not",
			Quoted(c.Query.String()))
	case err != nil:
		return "", err
	case len(out) == 0 || string(out[0]) == "null":
		return "", fmt.Errorf("%s finds nothing in the last message", Quoted(c.Query.String()))
	}
	var text string
	if json.Unmarshal(out[0], &text) == nil {
		return text, nil
	}
	return string(out[0]), nil
}
