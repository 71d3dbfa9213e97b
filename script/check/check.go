// Package check finds what is wrong with a conversation before it is run, and what reading it alone
// does not show: files that it includes, and the words of a /connect. It sends nothing. A Checker is
// used by one goroutine.
package check

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	names "wsline/internal/name"
	"wsline/internal/words"
	"wsline/script/wst"
)

// A Checker finds what wst.Parse cannot know of a conversation, and what can still be known before it
// is run: the files that it includes, and what a /connect says. A place with variables, and what
// stands behind a /skip, is left for when it runs.
type Checker struct {
	// Connect says what is wrong with the words of a /connect, "" if nothing is, and what to try.
	Connect func(words []string) (text, hint string)

	errs  wst.Errors
	stack []string        // files that include one another
	known map[string]bool // files that have been checked
}

// Check returns what is wrong with a conversation that wst.Parse could read, at most wst.MaxErrors. An
// error may be in a file that it includes.
func (k *Checker) Check(c *wst.Conversation) wst.Errors {
	k.errs, k.stack, k.known = nil, nil, map[string]bool{}
	k.lines(c)
	return k.errs
}

func (k *Checker) lines(c *wst.Conversation) {
	path := filepath.Clean(c.File)
	k.known[path] = true
	k.stack = append(k.stack, path)
	defer func() { k.stack = k.stack[:len(k.stack)-1] }()
	for i, l := range c.Lines {
		if l.Kind != wst.LineTyped {
			continue
		}
		rest, isKnown := l.Known()
		switch {
		case l.Command == "skip":
			return
		case l.Command == "include" && isKnown:
			k.include(c, l, strings.TrimSpace(rest))
		case l.Command == "connect" && isKnown:
			k.connect(c, i, rest)
		}
	}
}

// fail notes what is wrong with the argument of a line.
func (k *Checker) fail(c *wst.Conversation, l *wst.Line, text, hint string) {
	if len(k.errs) == wst.MaxErrors {
		return
	}
	k.errs = append(k.errs, l.ArgumentError(c.File, text, hint))
}

// connect checks a /connect, unless that it fails is expected.
func (k *Checker) connect(c *wst.Conversation, i int, rest string) {
	l := c.Lines[i]
	name := l.Name
	args, err := words.Plain(rest).Arguments()
	if err == nil {
		name, args, err = names.OfConnect(l.Name, args)
	}
	if err != nil {
		k.fail(c, l, err.Error(), "")
		return
	}
	if e := c.ExpectationAfter(i, name); e != nil && e.Kind == wst.ExpectError {
		return
	}
	if text, hint := k.Connect(args); text != "" {
		k.fail(c, l, text, hint)
	}
}

func (k *Checker) include(c *wst.Conversation, l *wst.Line, path string) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(c.File), path)
	}
	for _, open := range k.stack {
		if open == filepath.Clean(path) {
			k.fail(c, l, fmt.Sprintf("%q includes itself", path), "")
			return
		}
	}
	switch {
	case k.known[filepath.Clean(path)]:
		return
	case len(k.stack) > wst.MaxIncludes:
		k.fail(c, l, fmt.Sprintf("more than %d files include one another", wst.MaxIncludes), "")
		return
	}
	text, err := wst.ReadFile(path)
	if err != nil {
		k.fail(c, l, fmt.Sprintf("cannot read %q: %v", path, err), "")
		return
	}
	included, err := wst.Parse(path, text)
	var list wst.Errors
	if errors.As(err, &list) {
		k.known[filepath.Clean(path)] = true
		k.errs = append(k.errs, list[:min(len(list), wst.MaxErrors-len(k.errs))]...)
		return
	}
	k.lines(included)
}
