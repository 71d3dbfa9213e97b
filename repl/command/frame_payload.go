package command

import (
	"fmt"
	"strconv"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/words"
)

// closePayload makes the payload of a Close frame of a code and the words of a reason. What is not
// one can be given with --payload.
func (e *Env) closePayload(list []words.Word) ([]byte, error) {
	code := list[0].Text.String()
	n, err := strconv.ParseUint(code, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("the close code %q is not a number from 0 to 65535", exit.Shorten(code))
	}
	reason, err := e.framePayload(list[1:], "close")
	return append([]byte{byte(n >> 8), byte(n)}, reason...), err
}

// framePayload is what words stand for: hex:…, base64:…, or a text, which may be quoted with escapes
// as the screen shows it. For a binary frame an unquoted one without a prefix is HEX.
func (e *Env) framePayload(list []words.Word, kind string) ([]byte, error) {
	var texts []words.Text
	for _, w := range list {
		text := w.Text
		if e.Unquote != nil && w.Raw.IsQuoted() {
			var err error
			if text, err = w.Raw.Unquote(e.Unquote); err != nil {
				return nil, err
			}
		}
		texts = append(texts, text)
	}
	text := words.Join(texts, " ")
	isQuote := len(list) > 0 && strings.IndexAny(list[0].Raw.Form(), `"'`) == 0
	switch {
	case isQuote || len(list) == 0:
	case isEncoded(text):
		return parseEncoded(text)
	case kind == "binary":
		return parseBinary(text, "HEX or base64:…")
	}
	if kind == "text" {
		return []byte(text.JSON()), nil
	}
	return []byte(text.String()), nil
}

// isEncoded says that a payload is written as bytes: hex:… or base64:….
func isEncoded(text words.Text) bool {
	return strings.HasPrefix(text.Form(), "hex:") || strings.HasPrefix(text.Form(), "base64:")
}

func parseEncoded(text words.Text) ([]byte, error) {
	if digits, ok := text.CutPrefix("hex:"); ok {
		return parseBinary(digits, "HEX")
	}
	text, _ = text.CutPrefix("base64:")
	return parseBase64(text.String())
}
