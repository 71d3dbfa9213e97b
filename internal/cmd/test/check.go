package test

import (
	"wsline/internal/profile"
	"wsline/internal/target"
	"wsline/script/check"
	"wsline/script/wst"
)

// checkScript finds what else is wrong with a conversation that could be parsed, before anything is
// sent.
func checkScript(c *wst.Conversation, b *profile.Book) wst.Errors {
	checker := &check.Checker{Connect: func(words []string) (text, hint string) {
		err := target.CheckConnect(b, words)
		if err == nil {
			return "", ""
		}
		text, hint, _ = describeConnecting(err)
		return text, hint
	}}
	return checker.Check(c)
}
