package command

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/wire"
	"wsline/internal/words"
)

// maxCloseReason is what a Close frame's payload leaves for the reason (RFC 6455 §5.5.1).
const maxCloseReason = wire.MaxControlPayload - 2

func runText(ctx context.Context, env *Env, rest words.Text) error {
	text, err := env.argument(rest)
	if err != nil {
		return err
	}
	return env.Send(ctx, wire.OpText, []byte(text.JSON()))
}

func runPing(_ context.Context, env *Env, rest words.Text) error {
	return sendControl(env, "ping", rest, env.Ping)
}

func runPong(_ context.Context, env *Env, rest words.Text) error {
	return sendControl(env, "pong", rest, env.Pong)
}

func sendControl(env *Env, name string, rest words.Text, send func([]byte) error) error {
	text, err := env.argument(rest)
	if err != nil {
		return err
	}
	data := []byte(text.String())
	if err := checkControl(name, data); err != nil {
		return err
	}
	return send(data)
}

// argument is what stands behind a command's name. In quotation marks, as the screen shows what is
// not plain, it is unquoted; not so when the marks are not those of one string.
func (e *Env) argument(rest words.Text) (words.Text, error) {
	if s := rest.TrimRight(); e.Unquote != nil && s.IsQuoted() {
		return s.Unquote(e.Unquote)
	}
	return rest, nil
}

func checkControl(name string, data []byte) error {
	if n := len(data); n > wire.MaxControlPayload {
		return fmt.Errorf("the data of /%s has %d bytes, at most %d fit", name, n, wire.MaxControlPayload)
	}
	return nil
}

func runClose(_ context.Context, env *Env, rest words.Text) error {
	if done, err := env.closeNamed(rest); done {
		return err
	}
	return env.close(rest)
}

func (env *Env) close(rest words.Text) error {
	code, reason, err := env.parseClose(rest)
	if err != nil {
		return err
	}
	return env.Close(code, reason)
}

// parseClose reads "[code [reason]]".
func (e *Env) parseClose(rest words.Text) (wire.StatusCode, string, error) {
	first, quoted := rest.TrimLeft().CutWord()
	word := first.String()
	if word == "" {
		return wire.StatusNormalClosure, "", nil
	}
	n, err := strconv.ParseUint(word, 10, 16)
	if err != nil {
		return 0, "", fmt.Errorf("the close code %q is not a number from 0 to 65535", exit.Shorten(word))
	}
	text, err := e.argument(quoted)
	reason := text.String()
	if err == nil {
		err = checkClose(int(n), reason)
	}
	if err != nil {
		return 0, "", err
	}
	return wire.StatusCode(n), reason, nil
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

func runBinary(ctx context.Context, env *Env, rest words.Text) error {
	rest = rest.TrimSpace()
	if name, ok := rest.CutPrefix("@"); ok {
		return sendFile(ctx, env, name, true)
	}
	if isEmpty(rest) {
		return errors.New("/binary needs " + binaryForms + "; base64: alone is an empty message")
	}
	payload, err := parseBinary(rest, binaryForms)
	if err != nil {
		return err
	}
	return env.Send(ctx, wire.OpBinary, payload)
}

func isEmpty(t words.Text) bool { return strings.TrimSpace(t.String()) == "" }

// binaryForms are the forms of the argument of /binary and /raw.
const binaryForms = "HEX, base64:… or @FILE"

// parseBinary reads "HEX" or "base64:…"; forms are those that an error names.
func parseBinary(arg words.Text, forms string) ([]byte, error) {
	if text, ok := arg.CutPrefix("base64:"); ok {
		return parseBase64(text.String())
	}
	text := arg.String()
	digits := strings.Join(strings.Fields(text), "")
	if len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		digits = digits[2:]
	}
	payload, err := hex.DecodeString(digits)
	var wrong hex.InvalidByteError
	switch {
	case errors.As(err, &wrong):
		return nil, fmt.Errorf("%q is not %s", exit.Shorten(text), forms)
	case err != nil:
		return nil, fmt.Errorf("%q has an odd number of hexadecimal digits", exit.Shorten(text))
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
		return nil, fmt.Errorf("%q is not base64", exit.Shorten(text))
	}
	return payload, nil
}

func runFile(ctx context.Context, env *Env, rest words.Text) error {
	name := rest.TrimSpace()
	if isEmpty(name) {
		return errors.New("/file needs the path of a file")
	}
	return sendFile(ctx, env, name, false)
}
