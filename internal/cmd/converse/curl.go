package converse

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"wsline/format"
	"wsline/internal/cmd"
	"wsline/internal/curl"
	"wsline/internal/env"
	"wsline/internal/exit"
)

// NewCurl is the command curl: the same conversation, with the connection in curl's words.
func NewCurl() *cmd.Command {
	o := newOptions()
	return &cmd.Command{
		Name: "curl", Args: "URL [-- MESSAGE...]",
		Summary: "connect by a copied curl command",
		Detail: `Paste what "Copy as cURL" gives behind the word wsline:

  wsline curl 'wss://example.com/chat' -H 'Origin: https://example.com' -b 'id=1'
  wsline curl 'wss://example.com/chat' -H '...' -- --expect ready '{"op":"hi"}'
  wsline curl <copied.txt              read the command from stdin, quoted for
                                       bash or for the command prompt of Windows
  wsline curl --as-wsline 'wss://...'  print it with wsline's own flags

The flags are curl's and mean what they mean there. Behind -- stand wsline's own
flags and messages. What makes the handshake (Upgrade, Connection, Host,
Sec-WebSocket-Key, ...) is left to wsline; Origin, subprotocols, compression,
cookies and all other fields are sent. What has no meaning for a WebSocket is
named and left out; what would make it another connection is refused.
`,
		View: &o.view, Groups: o.groups, Profiles: o.profiles, IsTalk: true, Run: o.run, Read: o.readCurl,
	}
}

// readCurl makes wsline's own words of curl's. A command that comes from stdin leaves nothing to read
// there: where a person is, the terminal is what is read then.
func (o *options) readCurl(e *env.Env, args []string) (*env.Env, []string, error) {
	if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
		return e, []string{"--help"}, nil
	}
	e, words, err := curlWords(e, args)
	if err != nil {
		return e, nil, err
	}
	c, err := curl.Translate(words, curl.World{ReadFile: os.ReadFile, Now: time.Now()})
	switch {
	case err != nil:
		return e, nil, err
	case c.Help:
		return e, []string{"--help"}, nil
	case len(c.LeftOut) > 0:
		talk := format.NewTalk(format.Style{Color: o.view.WantsColor(e, e.StderrTerminal)})
		note := "left out of the curl command: " + strings.Join(c.LeftOut, ", ")
		_, _ = e.Stderr.Write(talk.Status(nil, note)) // where else to tell it
	}
	o.asWsline = c.Print
	return e, c.Words, nil
}

// curlWords are the words behind "curl": as they stand, or of a text that is one argument or stdin.
func curlWords(e *env.Env, args []string) (*env.Env, []string, error) {
	given, own := args, []string(nil)
	if i := slices.Index(args, "--"); i >= 0 {
		given, own = args[:i], args[i:]
	}
	flags := slices.DeleteFunc(slices.Clone(given), func(w string) bool { return w != "--as-wsline" })
	switch rest := given[len(flags):]; {
	case len(rest) == 1 && curl.Begins(rest[0]):
		words, err := oneCurl(rest[0])
		return e, slices.Concat(flags, words, own), err
	case len(rest) > 0:
		return e, args, checkShell(rest)
	case e.StdinTerminal:
		return e, nil, exit.Usagef("wsline curl 'wss://example.com/' -H 'Name: value', or on stdin",
			"no curl command is given")
	}
	var text []byte
	if err := cmd.Interruptible(e, func() (err error) {
		text, err = io.ReadAll(io.LimitReader(e.Stdin, 1<<20))
		return err
	}); err != nil {
		return e, nil, err
	}
	words, err := oneCurl(string(text))
	return e.AtTerminal(), slices.Concat(flags, words, own), err
}

// checkShell refuses what is for PowerShell, and what was quoted for the command prompt of Windows and
// read by another shell.
func checkShell(words []string) error {
	if strings.HasPrefix(strings.ToLower(words[0]), "invoke-") {
		_, err := curl.Commands(words[0])
		return err
	}
	for _, w := range words {
		if w == "^" || len(w) > 1 && strings.HasPrefix(w, "^") && strings.HasSuffix(w, "^") {
			return exit.Usagef("copy it as cURL (bash), or paste it on stdin: wsline curl <<'EOF'",
				"%q is quoted for the command prompt of Windows, which this shell is not", w)
		}
	}
	return nil
}

// oneCurl is the curl command of a text, or the one for a WebSocket of several.
func oneCurl(text string) ([]string, error) {
	all, err := curl.Commands(text)
	if err != nil {
		return nil, err
	}
	if len(all) > 1 {
		n := len(all)
		all = slices.DeleteFunc(all, func(words []string) bool { return !curl.IsWebSocket(words) })
		if len(all) != 1 {
			return nil, exit.Usagef("paste one of them", "there are %d curl commands, %s", n,
				fmt.Sprintf("%d of them for a WebSocket", len(all)))
		}
	}
	if len(all) == 0 {
		return nil, exit.Usagef("it begins with the word curl", "there is no curl command")
	}
	return all[0], nil
}
