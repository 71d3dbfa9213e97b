// Package cmd is what a command is to the program: a row of its table. Each command is a folder
// below: its flags and what they mean together, its run, its tests. A command knows no other.
package cmd

import (
	"context"
	"fmt"
	"strings"

	"wsline/internal/env"
	"wsline/internal/flags"
	"wsline/internal/profile"
	"wsline/internal/view"
)

// A Command is what the arguments may ask for. It serves one command line.
type Command struct {
	Name    string // the first argument; "" for what is done without one
	Args    string // behind the flags: "FILE"
	Summary string // for the help: short, lower case
	Detail  string // lines for its own help, above the flags

	Words func() []string // what its argument may be, for completion; nil: Args says its kind

	View   *view.Options        // how its errors are shown, once its flags have been parsed
	Groups func() []flags.Group // but that of the help

	// Read makes of arguments in another program's words those that Groups are for, which the help of
	// wsline itself lists then. What it has read leaves another world. nil: they are as they were typed.
	Read func(e *env.Env, args []string) (*env.Env, []string, error)

	// Profiles are those that may stand for the URL, and whose flags are under those that are typed; nil:
	// it knows none. The table fills them in.
	Profiles *profile.Book
	Address  string // the flag that has the URL; "": the first argument, or --connect
	IsTalk   bool   // all flags of a profile count, and not only those about connecting
	Lists    bool   // it says what profiles there are, and uses none itself

	// Run does it. The error says the exit code; nil is 0.
	Run func(ctx context.Context, e *env.Env, line *flags.Line) error
}

// Usage is the command as it is written: "wsline show [flags] FILE".
func (c *Command) Usage() string {
	return strings.TrimSpace("wsline " + c.Name + " [flags] " + c.Args)
}

// Help is what --help prints, above the flags.
func (c *Command) Help() string {
	return fmt.Sprintf("wsline %s: %s\n\nUsage: %s\n\n%s", c.Name, c.Summary, c.Usage(), c.Detail)
}

// Reference is how its part of the reference page begins, above the flags.
func (c *Command) Reference() string {
	return fmt.Sprintf("\n# wsline %s\n\n`%s`: %s.\n\n```\n%s```\n",
		c.Name, c.Usage(), c.Summary, c.Detail)
}
