package world

import (
	"fmt"
	"net/http"
	"strings"
)

// A rule is what the server answers to some requests.
type rule struct {
	conditions []condition
	head       []string // of an HTTP answer, without the empty line; of a 101 only further fields
	body       string
	upgraded   bool
	steps      []step
}

type condition struct {
	name, pattern string
	not           bool
}

func parseRule(conditions, text string) (*rule, error) {
	r := new(rule)
	for _, word := range strings.Fields(conditions) {
		name, pattern, found := strings.Cut(word, "=")
		if !found || name == "" {
			return nil, fmt.Errorf("%q is no condition", word)
		}
		name, not := strings.CutSuffix(name, "!")
		r.conditions = append(r.conditions, condition{name: name, pattern: pattern, not: not})
	}
	first, rest, _ := strings.Cut(text, "\n")
	switch {
	case strings.HasPrefix(first, "HTTP/"):
		head, body, _ := strings.Cut(text, "\n\n")
		r.head = strings.Split(strings.TrimSuffix(head, "\n"), "\n")
		r.body = strings.TrimSuffix(body, "\n")
		return r, nil
	case first == "101":
		r.upgraded = true
		head, steps, found := strings.Cut(rest, "\n\n")
		if !found && !strings.HasPrefix(rest, "\n") {
			head, steps = strings.TrimSuffix(rest, "\n"), ""
		}
		if strings.HasPrefix(rest, "\n") {
			head, steps = "", rest
		}
		if head != "" {
			r.head = strings.Split(head, "\n")
		}
		text = steps
	}
	var err error
	r.steps, err = parseSteps(text)
	return r, err
}

// meets reports whether a request meets the conditions.
func (r *rule) meets(q *http.Request) bool {
	for _, c := range r.conditions {
		if c.holds(q) == c.not {
			return false
		}
	}
	return true
}

func (c *condition) holds(q *http.Request) bool {
	values := c.values(q)
	switch c.pattern {
	case "-":
		return len(values) == 0
	case "*":
		return len(values) > 0
	}
	for _, v := range values {
		if like(c.pattern, v) {
			return true
		}
	}
	return false
}

// values are those of the request that a condition looks at; none where there is nothing.
func (c *condition) values(q *http.Request) []string {
	var field string
	switch c.name {
	case "method":
		return []string{q.Method}
	case "path":
		return []string{q.URL.Path}
	case "query":
		if q.URL.RawQuery == "" {
			return nil
		}
		return []string{q.URL.RawQuery}
	case "host":
		return []string{q.Host}
	case "origin":
		field = "Origin"
	case "version":
		field = "Sec-WebSocket-Version"
	case "upgrade":
		field = "Upgrade"
	case "login":
		field = "Authorization"
	case "compress":
		field = "Sec-WebSocket-Extensions"
	case "protocol":
		var list []string
		for _, name := range strings.Split(strings.Join(q.Header.Values("Sec-WebSocket-Protocol"), ","), ",") {
			if name = strings.TrimSpace(name); name != "" {
				list = append(list, name)
			}
		}
		return list
	default:
		field, _ = strings.CutPrefix(c.name, "header:")
	}
	return q.Header.Values(field)
}

// like reports whether text is as the pattern says, in which * stands for any text.
func like(pattern, text string) bool {
	before, after, found := strings.Cut(pattern, "*")
	if !found {
		return pattern == text
	}
	rest, ok := strings.CutPrefix(text, before)
	if !ok {
		return false
	}
	for i := range len(rest) + 1 {
		if like(after, rest[i:]) {
			return true
		}
	}
	return false
}
