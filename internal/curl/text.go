package curl

import (
	"path"
	"slices"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/lazy"
)

// Commands are the words behind "curl" of each curl command in a text, as a shell or the command prompt
// of Windows reads it. Errors are *exit.UsageError.
func Commands(text string) (commands [][]string, err error) {
	if strings.ContainsRune(text, 0) {
		return nil, exit.Usagef("", "the curl command holds a NUL")
	}
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	split := splitPOSIX
	switch {
	case isPowerShell(text):
		return nil, exit.Usagef(`in the browser choose "Copy as cURL (bash)" or "Copy as cURL (cmd)"`,
			"this is a command of PowerShell's, not of curl")
	case isPrompt(text):
		split = splitPrompt
	}
	all, err := split(text)
	if err != nil {
		return nil, err
	}
	for _, words := range all {
		if rest, ok := behindCurl(words); ok {
			commands = append(commands, rest)
		} else {
			first, _, _ := strings.Cut(words[0], "=") // behind it may stand a secret
			return nil, exit.Usagef("it begins with curl, and a URL with & stands in quotes",
				"what begins with %q is no curl command", first)
		}
	}
	return commands, nil
}

// behindCurl takes off the name of the program, and the prompt that stands before it in many texts.
func behindCurl(words []string) ([]string, bool) {
	if len(words) > 1 && (words[0] == "$" || words[0] == "%" || words[0] == ">") {
		words = words[1:]
	}
	if len(words) > 1 && words[0] == "wsline" {
		words = words[1:]
	}
	name := strings.ToLower(path.Base(strings.ReplaceAll(words[0], `\`, "/")))
	return words[1:], name == "curl" || name == "curl.exe"
}

var begins = lazy.Regexp(
	`(?i)^\s*([$%>]\s+)?(wsline\s+)?(curl(\.exe)?|Invoke-(WebRequest|RestMethod)|\$session\s*=)\s`)

// Begins reports whether a text begins as a curl command does, behind a prompt or not, or as what
// browsers copy for PowerShell, which Commands refuses by name.
func Begins(text string) bool { return begins().MatchString(text) }

var (
	promptQuote = lazy.Regexp(`\^"|\^[ \t]*(\n|$)`)
	powerShell  = lazy.Regexp("(?i)\\bInvoke-(WebRequest|RestMethod)\\b|`[ \\t]*\\n")
)

func isPrompt(text string) bool     { return promptQuote().MatchString(text) }
func isPowerShell(text string) bool { return powerShell().MatchString(text) }

// IsWebSocket tells whether the words behind "curl" ask for a WebSocket: by the URL, or by a field
// of the handshake.
func IsWebSocket(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool {
		w = strings.ToLower(w)
		return strings.HasPrefix(w, "ws://") || strings.HasPrefix(w, "wss://") ||
			strings.HasPrefix(w, "sec-websocket-key:")
	})
}
