package cli

import (
	"strings"

	"wsline/internal/dial"
	"wsline/script/wst"
)

// checkScript finds what else is wrong with a conversation that could be parsed, before anything is
// sent.
func checkScript(c *wst.Conversation) wst.Errors {
	checker := &wst.Checker{Connect: func(words []string) (text, hint string) {
		err := checkConnect(words)
		if err == nil {
			return "", ""
		}
		text, hint, _ = describeConnecting(err)
		return text, hint
	}}
	return checker.Check(c)
}

// checkConnect looks at the words of a /connect: its flags and its URL. Files that flags name are
// not read.
func checkConnect(words []string) error {
	own, err := parse(words, connectGroups())
	if err != nil || len(own.positional) == 0 && own.connect == "" {
		return err
	}
	address, more, err := own.arguments()
	switch {
	case err != nil:
		return err
	case len(more) > 0:
		return usagef("quotes keep words together: -H 'Name: value'",
			"/connect takes one URL, but there is %q too", dial.WithoutPassword(more[0]))
	case strings.HasPrefix(address, "/"), strings.HasPrefix(address, "?"):
		return nil
	}
	if name, err := endpointName(address); name != "" || err != nil {
		return err
	}
	_, _, err = dial.ParseURL(address)
	return err
}
