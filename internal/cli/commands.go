package cli

import (
	"slices"
	"strings"

	"wsline/internal/cmd"
	"wsline/internal/cmd/completion"
	"wsline/internal/cmd/converse"
	"wsline/internal/cmd/fmtcmd"
	"wsline/internal/cmd/importcmd"
	"wsline/internal/cmd/listen"
	"wsline/internal/cmd/profiles"
	"wsline/internal/cmd/show"
	"wsline/internal/cmd/test"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/repl/command"
)

// table is what the first argument may ask for instead of a conversation, in the order of the help,
// by the commands' names. A host of that name is reached by its URL. Only the one that is asked for
// is made.
func table() []row {
	return []row{
		{"show", show.New}, {"test", test.New}, {"fmt", fmtcmd.New}, {"listen", listen.New},
		{"curl", converse.NewCurl}, {"import", importcmd.New}, {"profiles", profiles.New},
		{"completion", completion.New}, {"man", newMan},
	}
}

// A row of the table.
type row struct {
	name string
	make func() *cmd.Command
}

// commands are all of the table.
func commands() (list []*cmd.Command) {
	for _, c := range table() {
		list = append(list, c.make())
	}
	return list
}

// commandNames are those of the table.
func commandNames() (list []string) {
	for _, c := range table() {
		list = append(list, c.name)
	}
	return list
}

// An invocation is a command with the flags that every command has.
type invocation struct {
	*cmd.Command
	help, version bool
	listen        string // of -l, which stands too late
}

// find returns the command that the arguments ask for, and its own arguments. "help NAME" is "NAME
// --help", and "version" is --version.
func find(args []string) (*invocation, []string) {
	switch {
	case len(args) == 2 && args[0] == "help":
		args = []string{args[1], "--help"}
	case len(args) == 1 && (args[0] == "help" || args[0] == "version"):
		args = []string{"--" + args[0]}
	}
	args = listenWords(args)
	for _, c := range table() {
		if len(args) > 0 && c.name == args[0] {
			return &invocation{Command: c.make()}, args[1:]
		}
	}
	return &invocation{Command: converse.New()}, args
}

// groups are the command's flags and those of every command.
func (i *invocation) groups() []flags.Group {
	groups, help := i.Groups(), i.helpGroup()
	if i.Profiles != nil {
		groups = append(groups, flags.Group{Title: "Profiles", Rows: []flags.Row{i.Profiles.Row()}})
	}
	if i.Name == "" {
		groups = append(groups, flags.Group{Title: "Listening", Rows: []flags.Row{{
			Name: "listen", Short: "l", Arg: "[HOST:]PORT",
			Summary: "the same as: listen [HOST:]PORT",
			Detail:  "wscat's spelling. It stands before all else: `wsline -l 8080 --echo`.",
			Value:   flags.Text(&i.listen)}}})
		help.Rows = append(help.Rows, flags.Row{Name: "version", Short: "V", Summary: "show the version",
			Value: flags.Switch(&i.version)})
	}
	return append(groups, help)
}

func (i *invocation) helpGroup() flags.Group {
	return flags.Group{Title: "Help", Rows: []flags.Row{{Name: "help", Short: "h",
		Summary: "show this help", Value: flags.Switch(&i.help)}}}
}

// check refuses what the arguments of no command may be.
func (i *invocation) check(args []string, line *flags.Line) error {
	if err := checkHelp(args); err != nil {
		return err
	}
	if err := i.checkWord(args, line); err != nil {
		return err
	}
	if i.listen != "" && !i.help && !i.version {
		return exit.Usagef("wsline -l "+i.listen+" ...",
			"--listen must stand before all other arguments")
	}
	return nil
}

// checkHelp says that there is no help about what stands behind "help".
func checkHelp(args []string) error {
	if len(args) != 2 || args[0] != "help" {
		return nil
	}
	names := commandNames()
	if slices.Contains(names, args[1]) {
		return nil
	}
	hint := "wsline help explains " + strings.Join(names, ", ") + "; wsline --help lists the flags"
	for _, c := range command.Table() {
		if c.Name == strings.TrimPrefix(args[1], "/") {
			hint = "/" + c.Name + " is a command of the talk, where /help " + c.Name + " explains it"
		}
	}
	return exit.Usagef(hint, "there is no help about %q", args[1])
}

// listenWords are the arguments of the program with listen instead of -l, with which they may
// begin.
func listenWords(args []string) []string {
	if len(args) == 0 {
		return args
	}
	address, joined := "", false
	switch {
	case args[0] == "-l" || args[0] == "--listen":
		return append([]string{"listen"}, args[1:]...)
	case strings.HasPrefix(args[0], "--listen="):
		address, joined = strings.CutPrefix(args[0], "--listen=")
	case strings.HasPrefix(args[0], "-l"):
		address, joined = strings.CutPrefix(args[0], "-l")
	}
	if !joined {
		return args
	}
	return append([]string{"listen", address}, args[1:]...)
}
