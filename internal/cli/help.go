package cli

import (
	"fmt"
	"strings"

	"wsline/internal/flags"
)

const rootUsage = "wsline [flags] URL [MESSAGE...]"

const helpTop = "wsline talks to WebSocket servers: one line, one message.\n\nUsage: " + rootUsage + "\n\n"

const helpDetail = `  wsline demo:                            talk with an endpoint inside wsline
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
`

const helpCommands = "\nOther things to do (wsline help NAME says more):\n"

const helpEnd = `
Exit codes: 0 well, 1 own error, 2 usage, 3 no connection, 4 TLS, 5 handshake,
6 time limit, 7 connection broke, 8 closed with an error code, 9 not as
expected, 129 SIGHUP, 130 Ctrl-C, 143 SIGTERM.
`

// helpText is what --help prints.
func (i *invocation) helpText() string {
	var b strings.Builder
	if i.Name != "" {
		b.WriteString(i.Help())
		if i.Read == nil {
			flags.Help(&b, i.groups())
		}
		return b.String()
	}
	b.WriteString(helpTop + helpDetail + helpCommands)
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-38s  %s\n", "wsline "+c.Name+" "+c.Args, c.Summary)
	}
	flags.Help(&b, i.groups())
	b.WriteString(helpEnd)
	return b.String()
}

// FlagReference is the page docs/flags.md, made from the tables of flags.
func FlagReference() string {
	var b strings.Builder
	b.WriteString("# Flags\n\n`" + rootUsage + "`\n\n" +
		"TIME is `500ms`, `2s`, `1m` or a number of seconds. " +
		"SIZE is a number of bytes, or `64K`, `10M`, `1G`.\n" +
		"A message that begins with `-` stands after `--`: `wsline echo: -- -5`.\n" +
		"On a terminal, text that cannot be shown plainly is quoted: `<text \"a\\x1bb\"`.\n" +
		"This page is made from the program's own table: " +
		"`go test ./internal/cli -run Reference -update`.\n")
	root, _ := find(nil)
	flags.Reference(&b, root.groups())
	for _, c := range commands() {
		b.WriteString(c.Reference())
		if c.Read == nil {
			flags.Reference(&b, (&invocation{Command: c}).groups())
		}
	}
	return b.String()
}
