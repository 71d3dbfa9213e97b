package command

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// closePayload makes the payload of a Close frame of a code and the words of a reason. What is not
// one can be given with --payload.
func (e *Env) closePayload(words []word) ([]byte, error) {
	n, err := strconv.ParseUint(words[0].text, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("the close code %q is not a number from 0 to 65535",
			shorten(words[0].text))
	}
	reason, err := e.framePayload(words[1:], false)
	return append([]byte{byte(n >> 8), byte(n)}, reason...), err
}

// framePayload is what words stand for: hex:…, base64:…, or a text, which may be quoted with escapes
// as the screen shows it. With hexDigits an unquoted one without a prefix is HEX.
func (e *Env) framePayload(words []word, hexDigits bool) ([]byte, error) {
	var list [][]byte
	for _, w := range words {
		p := []byte(w.text)
		if e.Unquote != nil && isQuoted(w.raw) {
			var err error
			if p, err = e.Unquote(w.raw); err != nil {
				return nil, err
			}
		}
		list = append(list, p)
	}
	text := bytes.Join(list, []byte(" "))
	switch {
	case len(words) == 0 || isQuote(words[0].raw):
		return text, nil
	case isEncoded(words[0].text):
		return parseEncoded(string(text))
	case hexDigits:
		return parseBinary(string(text), "HEX or base64:…")
	}
	return text, nil
}

func isQuote(raw string) bool { return raw != "" && (raw[0] == '"' || raw[0] == '\'') }

// isEncoded says that a payload is written as bytes: hex:… or base64:….
func isEncoded(text string) bool {
	return strings.HasPrefix(text, "hex:") || strings.HasPrefix(text, "base64:")
}

func parseEncoded(text string) ([]byte, error) {
	if digits, ok := strings.CutPrefix(text, "hex:"); ok {
		return parseBinary(digits, "HEX")
	}
	return parseBase64(strings.TrimPrefix(text, "base64:"))
}
