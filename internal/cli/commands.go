package cli

import (
	"context"
	"fmt"
	"strings"

	"wsline/repl/command"
)

// A subcommand is what the first argument may ask for instead of a connection. A host of that name
// is reached by its URL.
type subcommand struct {
	name, args string
	summary    string // for the help: short, lower case
	detail     string // lines for its own help, above the flags
	flags      func() []flagGroup
	run        func(ctx context.Context, env *Env, t *typed) error
}

// subcommands is the table of them, in the order of the help.
func subcommands() []subcommand {
	return []subcommand{showCommand(), testCommand(), fmtCommand(), listenCommand()}
}

// findSubcommand returns the one that the arguments begin with, and its own arguments; nil for
// none. "help NAME" is "NAME --help".
func findSubcommand(args []string) (*subcommand, []string) {
	if len(args) == 2 && args[0] == "help" {
		args = []string{args[1], "--help"}
	}
	args = listenWords(args)
	if len(args) == 0 {
		return nil, args
	}
	for _, c := range subcommands() {
		if c.name == args[0] {
			return &c, args[1:]
		}
	}
	if args[0] == "help" && len(args) == 1 {
		return nil, []string{"--help"}
	}
	return nil, args
}

// checkHelp says that there is no help about what stands behind "help".
func checkHelp(args []string) error {
	if len(args) != 2 || args[0] != "help" {
		return nil
	}
	var names []string
	for _, c := range subcommands() {
		if c.name == args[1] {
			return nil
		}
		names = append(names, c.name)
	}
	hint := "wsline help explains " + strings.Join(names, ", ") + "; wsline --help lists the flags"
	for _, c := range command.Table() {
		if c.Name == strings.TrimPrefix(args[1], "/") {
			hint = "/" + c.Name + " is a command of the talk, where /help " + c.Name + " explains it"
		}
	}
	return usagef(hint, "there is no help about %q", args[1])
}

// usage is the subcommand as it is written: "wsline show [flags] FILE".
func (c *subcommand) usage() string {
	return strings.TrimSpace("wsline " + c.name + " [flags] " + c.args)
}

// helpText is what --help prints.
func (c *subcommand) helpText() string {
	var b strings.Builder
	fmt.Fprintf(&b, "wsline %s: %s\n\nUsage: %s\n\n%s", c.name, c.summary, c.usage(), c.detail)
	writeGroups(&b, c.flags())
	return b.String()
}

// reference is its part of docs/flags.md.
func (c *subcommand) reference(b *strings.Builder) {
	fmt.Fprintf(b, "\n# wsline %s\n\n`%s`: %s.\n\n%s", c.name, c.usage(), c.summary,
		"```\n"+c.detail+"```\n")
	for _, g := range c.flags() {
		b.WriteString("\n## " + g.title + "\n\n")
		referFlags(b, g.flags)
	}
}
