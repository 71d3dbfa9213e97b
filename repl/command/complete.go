package command

import (
	"os"
	"path/filepath"
	"sort"
	"strings"

	"wsline/internal/name"
)

// blanks part words.
const blanks = " \t\r\n"

// Escape is what is put before a line for it to be a message, whatever it begins with.
func (c *Completion) Escape(line string) string {
	if strings.HasPrefix(line, "/") {
		return "/"
	}
	if c.Names != nil {
		if _, rest, err := name.CutAddress(line, c.Names()); err != nil || len(rest) < len(line) {
			return "/text "
		}
	}
	return ""
}

// Candidates returns what may stand instead of the last word of head, the text before the cursor,
// and where in head that word begins. Nothing is returned for a line that is no command.
func (c *Completion) Candidates(head string) (words []string, start int) {
	var all []string
	if c.Names != nil {
		all = c.Names()
	}
	if _, rest, err := name.CutAddress(head, all); err == nil && len(rest) < len(head) {
		words, start = c.Candidates(rest)
		return words, start + len(head) - len(rest)
	}
	if !strings.ContainsAny(head, blanks) && !strings.HasPrefix(head, "/") {
		for _, name := range all {
			words = append(words, name+">")
		}
		return withPrefix(words, head), 0
	}
	if !strings.HasPrefix(head, "/") || strings.HasPrefix(head, "//") {
		return nil, 0
	}
	i := strings.IndexAny(head, blanks)
	if i < 0 {
		for _, name := range names(c.commands()) {
			words = append(words, "/"+name)
		}
		return withPrefix(words, head), 0
	}
	cmd := find(head[1:i], c.commands())
	if cmd == nil || cmd.Complete == nil {
		return nil, 0
	}
	start = i + 1
	if cmd.Words {
		start = strings.LastIndexAny(head, blanks) + 1
	}
	return cmd.Complete(c, head[start:]), start
}

func withPrefix(words []string, prefix string) []string {
	var list []string
	for _, w := range words {
		if strings.HasPrefix(w, prefix) {
			list = append(list, w)
		}
	}
	return list
}

func (c *Completion) commands() []Command { return with(c.Extra) }

func completeName(c *Completion, word string) []string {
	return withPrefix(names(c.commands()), word)
}

// completeCode offers the codes of RFC 6455 §7.4.1 that may be sent, and the first private one.
func completeCode(_ *Completion, word string) []string {
	return withPrefix(strings.Fields("1000 1001 1002 1003 1007 1008 1009 1010 1011 4000"), word)
}

func completeClose(c *Completion, word string) []string {
	return append(completeNames(c, word), completeCode(c, word)...)
}

func completeConnect(c *Completion, word string) []string {
	if c.Connect == nil {
		return nil
	}
	return withPrefix(c.Connect(word), word)
}

// completeOf offers words that are always the same.
func completeOf(words ...string) func(*Completion, string) []string {
	return func(_ *Completion, word string) []string { return withPrefix(words, word) }
}

func completeFrame(_ *Completion, word string) []string {
	if strings.HasPrefix(word, "-") {
		return withPrefix(frameFlagNames(), word)
	}
	return withPrefix(frameTypeNames(), word)
}

func completeAtFile(c *Completion, word string) []string {
	name, ok := strings.CutPrefix(word, "@")
	if !ok {
		return withPrefix([]string{"base64:", "@"}, word)
	}
	list := completeFile(c, name)
	for i := range list {
		list[i] = "@" + list[i]
	}
	return list
}

// CompleteFile offers the files of a directory, for a Command's Complete.
func CompleteFile(c *Completion, word string) []string { return completeFile(c, word) }

// completeFile offers the entries of a directory; a directory's name ends with a slash.
func completeFile(c *Completion, word string) []string {
	dir, base := filepath.Split(word)
	from := expandHome(c.Home, dir)
	if from == "" {
		from = "."
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return nil
	}
	var list []string
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, base) || base == "" && strings.HasPrefix(name, ".") {
			continue
		}
		if info, err := os.Stat(filepath.Join(from, name)); err == nil && info.IsDir() {
			name += "/"
		}
		list = append(list, dir+name)
	}
	sort.Strings(list)
	return list
}
