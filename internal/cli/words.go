package cli

import (
	"slices"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/suggest"
)

// elsewhere are commands of many programs that wsline does not have.
var elsewhere = []string{"usage"}

// checkWord refuses a URL that is a word which was probably meant as a command: a host that does not
// exist would be looked for, and the rest be sent to one that does.
func (i *invocation) checkWord(args []string, line *flags.Line) error {
	if i.Name != "" || i.help || i.version || len(line.Args) == 0 || line.Given("connect") ||
		line.Under.Name != "" {
		return nil
	}
	word := line.Args[0]
	asHost := "a host of that name is ws://" + word
	known := append([]string{"help", "version"}, commandNames()...)
	switch near := suggest.Slip(word, append(known, elsewhere...)); {
	case slices.Contains(known, word) && word != args[0]:
		return exit.Usagef("wsline "+word+" ...; "+asHost, "%q stands behind a flag: a command comes first", word)
	case slices.Contains(known, word):
		return exit.Usagef(asHost, "%s is given with %q", word, strings.Join(args[1:], " "))
	case slices.Contains(elsewhere, word), slices.Contains(elsewhere, near):
		return exit.Usagef("wsline --help shows what there is; "+asHost, "wsline has no command %q", word)
	case near != "":
		return exit.Usagef("did you mean wsline "+near+"? "+strings.ToUpper(asHost[:1])+asHost[1:],
			"wsline has no command %q", word)
	}
	return nil
}
