package cli

import (
	"fmt"
	"strings"
)

// Widths of the help, which must fit a terminal of 80 columns.
const (
	helpWidth  = 80
	flagColumn = 34
)

const helpTop = `wsline talks to WebSocket servers: one line, one message.

Usage: wsline [flags] URL [MESSAGE...]

  wsline demo:                            talk with an endpoint inside wsline
  wsline wss://example.com/chat           talk with a server
  printf 'hi\n' | wsline echo:            send lines, print what comes back
  wsline echo: hello                      send one message, print the reply
  wsline -H 'Origin: https://a.example' --bearer @token wss://example.com
  wsline --expect ready --timeout 5s ws://localhost:8080

URL is ws://, wss://, http:// or https://, a host alone (ws), a Unix socket as
ws+unix:/path/to.sock:/url, or echo: or demo:, endpoints inside wsline.
TIME is 500ms, 2s, 1m or seconds; SIZE is bytes, 64K, 10M or 1G.
A message that begins with - stands after --: wsline echo: -- -5
A terminal shows text that cannot be shown plainly quoted: <text "a\x1bb".

Other things to do (wsline help NAME says more):
`

const helpEnd = `
Exit codes: 0 well, 1 own error, 2 usage, 3 no connection, 4 TLS, 5 handshake,
6 time limit, 7 connection broke, 8 closed with an error code, 9 not as
expected, 130 Ctrl-C, 143 SIGTERM.
`

// helpText is what --help prints.
func helpText() string {
	var b strings.Builder
	b.WriteString(helpTop)
	for _, c := range subcommands() {
		fmt.Fprintf(&b, "  %-38s  %s\n", "wsline "+c.name+" "+c.args, c.summary)
	}
	writeGroups(&b, flagTable())
	b.WriteString(helpEnd)
	return b.String()
}

func writeGroups(b *strings.Builder, groups []flagGroup) {
	for _, g := range groups {
		b.WriteString("\n" + g.title + "\n")
		for _, f := range g.flags {
			writeFlagHelp(b, &f)
		}
	}
}

func writeFlagHelp(b *strings.Builder, f *flagRow) {
	left := f.spelling()
	for i, line := range wrap(f.summary, helpWidth-flagColumn) {
		if i == 0 && len(left) > flagColumn-2 {
			b.WriteString(left + "\n")
			left = ""
		}
		fmt.Fprintf(b, "%-*s%s\n", flagColumn, left, line)
		left = ""
	}
}

// spelling is "  -w, --wait TIME", with room where there is no short form.
func (f *flagRow) spelling() string {
	var short, names []string
	for _, n := range append([]otherName{{f.name, f.short}}, f.also...) {
		if n.short != "" {
			short = append(short, "-"+n.short)
		}
		names = append(names, "--"+n.name)
	}
	names[len(names)-1] = strings.Replace(f.usage(), "--"+f.name, names[len(names)-1], 1)
	if len(short) == 0 {
		return "      " + strings.Join(names, ", ")
	}
	return "  " + strings.Join(append(short, names...), ", ")
}

// wrap cuts text at spaces into lines of at most width columns.
func wrap(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// FlagReference is the page docs/flags.md, made from the table of flags.
func FlagReference() string {
	var b strings.Builder
	b.WriteString("# Flags\n\n`wsline [flags] URL [MESSAGE...]`\n\n" +
		"TIME is `500ms`, `2s`, `1m` or a number of seconds. " +
		"SIZE is a number of bytes, or `64K`, `10M`, `1G`.\n" +
		"A message that begins with `-` stands after `--`: `wsline echo: -- -5`.\n" +
		"On a terminal, text that cannot be shown plainly is quoted: `<text \"a\\x1bb\"`.\n" +
		"This page is made from the program's own table: " +
		"`go test ./internal/cli -run Reference -update`.\n")
	for _, g := range flagTable() {
		b.WriteString("\n## " + g.title + "\n\n")
		if g.connecting {
			b.WriteString("Also understood by `/connect`.\n\n")
		}
		referFlags(&b, g.flags)
	}
	for _, c := range subcommands() {
		c.reference(&b)
	}
	return b.String()
}

func referFlags(b *strings.Builder, flags []flagRow) {
	for _, f := range flags {
		fmt.Fprintf(b, "- `%s`: %s.", strings.TrimSpace(f.spelling()), f.summary)
		if f.detail != "" {
			b.WriteString(" " + f.detail)
		}
		b.WriteString("\n")
	}
}
