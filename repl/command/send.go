package command

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"wsline/internal/wire"
)

// maxCloseReason is what a Close frame's payload leaves for the reason (RFC 6455 §5.5.1).
const maxCloseReason = wire.MaxControlPayload - 2

func runText(ctx context.Context, env *Env, rest string) error {
	payload, err := env.argument(rest)
	if err != nil {
		return err
	}
	return env.Send(ctx, wire.OpText, payload)
}

func runPing(_ context.Context, env *Env, rest string) error {
	return sendControl(env, "ping", rest, env.Ping)
}

func runPong(_ context.Context, env *Env, rest string) error {
	return sendControl(env, "pong", rest, env.Pong)
}

func sendControl(env *Env, name, rest string, send func([]byte) error) error {
	data, err := env.argument(rest)
	if err != nil {
		return err
	}
	if err := checkControl(name, data); err != nil {
		return err
	}
	return send(data)
}

// argument is what stands behind a command's name. In quotation marks, as the screen shows what is
// not plain, it is unquoted; not so when the marks are not those of one string.
func (e *Env) argument(rest string) ([]byte, error) {
	if s := strings.TrimRightFunc(rest, unicode.IsSpace); e.Unquote != nil && isQuoted(s) {
		return e.Unquote(s)
	}
	return []byte(rest), nil
}

// isQuoted says that a quotation mark begins s, and that the next without a backslash ends it.
func isQuoted(s string) bool {
	if len(s) < 2 || s[0] != '"' {
		return false
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i == len(s)-1
		}
	}
	return false
}

func checkControl(name string, data []byte) error {
	if n := len(data); n > wire.MaxControlPayload {
		return fmt.Errorf("the data of /%s has %d bytes, at most %d fit", name, n, wire.MaxControlPayload)
	}
	return nil
}

func runClose(_ context.Context, env *Env, rest string) error {
	code, reason, err := env.parseClose(rest)
	if err != nil {
		return err
	}
	return env.Close(code, reason)
}

// parseClose reads "[code [reason]]".
func (e *Env) parseClose(rest string) (wire.StatusCode, string, error) {
	word, quoted := cutWord(strings.TrimLeftFunc(rest, unicode.IsSpace))
	if word == "" {
		return wire.StatusNormalClosure, "", nil
	}
	n, err := strconv.ParseUint(word, 10, 16)
	if err != nil {
		return 0, "", fmt.Errorf("the close code %q is not a number from 0 to 65535", shorten(word))
	}
	reason, err := e.argument(quoted)
	if err == nil {
		err = checkClose(int(n), string(reason))
	}
	if err != nil {
		return 0, "", err
	}
	return wire.StatusCode(n), string(reason), nil
}

func checkClose(code int, reason string) error {
	switch {
	case len(reason) > maxCloseReason:
		return fmt.Errorf("the close reason has %d bytes, at most %d fit", len(reason), maxCloseReason)
	case code == 0 && reason != "":
		return errors.New("code 0 sends no code, and there is no reason without a code")
	}
	return nil
}

func runBinary(ctx context.Context, env *Env, rest string) error {
	rest = strings.TrimSpace(rest)
	if name, ok := strings.CutPrefix(rest, "@"); ok {
		return sendFile(ctx, env, name, true)
	}
	if rest == "" {
		return errors.New("/binary needs " + binaryForms + "; base64: alone is an empty message")
	}
	payload, err := parseBinary(rest, binaryForms)
	if err != nil {
		return err
	}
	return env.Send(ctx, wire.OpBinary, payload)
}

// binaryForms are the forms of the argument of /binary and /raw.
const binaryForms = "HEX, base64:… or @FILE"

// parseBinary reads "HEX" or "base64:…"; forms are those that an error names.
func parseBinary(arg, forms string) ([]byte, error) {
	if text, ok := strings.CutPrefix(arg, "base64:"); ok {
		return parseBase64(text)
	}
	digits := strings.Join(strings.Fields(arg), "")
	if len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		digits = digits[2:]
	}
	payload, err := hex.DecodeString(digits)
	var wrong hex.InvalidByteError
	switch {
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("%q is not %s", shorten(arg), forms)
	case err != nil:
		return nil, fmt.Errorf("%q has an odd number of hexadecimal digits", shorten(arg))
	}
	return payload, nil
}

// parseBase64 takes both alphabets, with and without padding.
func parseBase64(text string) ([]byte, error) {
	bare := strings.TrimRight(strings.Join(strings.Fields(text), ""), "=")
	enc := base64.RawStdEncoding
	if strings.ContainsAny(bare, "-_") {
		enc = base64.RawURLEncoding
	}
	payload, err := enc.DecodeString(bare)
	if err != nil {
		return nil, fmt.Errorf("%q is not base64", shorten(text))
	}
	return payload, nil
}

func runFile(ctx context.Context, env *Env, rest string) error {
	name := strings.TrimSpace(rest)
	if name == "" {
		return errors.New("/file needs the path of a file")
	}
	return sendFile(ctx, env, name, false)
}
