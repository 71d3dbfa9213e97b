package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"wsline/internal/dial"
	"wsline/repl/line"
)

// header returns the fields of the request: first those of flags of their own, then those of -H.
func (r *resolver) header(t *typed, u *url.URL) ([]dial.Field, error) {
	given, err := givenFields(t.headers)
	if err != nil {
		return nil, err
	}
	authorization, err := r.authorization(t)
	if err != nil {
		return nil, err
	}
	agent := t.userAgent
	if agent == "" && !hasField(given, "User-Agent") {
		agent = "wsline/" + version()
	}
	var fields []dial.Field
	for _, f := range []struct{ flag, name, value string }{
		{"--user-agent", "User-Agent", agent},
		{"--origin", "Origin", t.origin},
		{"--auth", "Authorization", authorization},
		{"--cookie", "Cookie", strings.Join(t.cookies, "; ")},
	} {
		if f.value == "" {
			continue
		}
		if i := strings.IndexAny(f.value, "\r\n\x00"); i >= 0 {
			return nil, usagef("", "%s: a header field cannot hold a line break", f.flag)
		}
		fields = append(fields, dial.Field{Name: f.name, Value: f.value})
	}
	return append(fields, given...), nil
}

// givenFields reads the arguments of -H.
func givenFields(headers []string) (fields []dial.Field, err error) {
	for _, h := range headers {
		lines := []string{h}
		if path, isFile := strings.CutPrefix(h, "@"); isFile {
			content, err := readFile("--header", path)
			if err != nil {
				return nil, err
			}
			lines = strings.Split(string(content), "\n")
		}
		for _, line := range lines {
			if line = strings.TrimSuffix(line, "\r"); line == "" && len(lines) > 1 {
				continue
			}
			f, err := dial.ParseField(line)
			if err != nil {
				return nil, err
			}
			fields = append(fields, f)
		}
	}
	return fields, nil
}

func hasField(fields []dial.Field, name string) bool {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return true
		}
	}
	return false
}

// authorization is the value that --auth or --bearer stands for, "" for neither.
func (r *resolver) authorization(t *typed) (string, error) {
	switch {
	case t.bearer != "":
		token, err := secretOrFile("--bearer", t.bearer)
		return "Bearer " + token, err
	case t.auth != "":
		pair := t.auth
		if !strings.Contains(pair, ":") {
			password, err := r.secret("password of "+pair+": ", "--auth USER:PASSWORD gives it")
			if err != nil {
				return "", err
			}
			pair += ":" + password
		}
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)), nil
	}
	return "", nil
}

func secretOrFile(flag, s string) (string, error) {
	path, isFile := strings.CutPrefix(s, "@")
	if !isFile {
		return s, nil
	}
	content, err := readFile(flag, path)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(content))
	if token == "" {
		return "", usagef("", "%s: there is nothing in %q", flag, path)
	}
	return token, nil
}

// secret asks a person. Where nobody can be asked the hint says how to do without.
func (r *resolver) secret(prompt, hint string) (string, error) {
	answer, err := r.ask(prompt)
	what := strings.TrimSuffix(prompt, ": ")
	switch {
	case errors.Is(err, errNobody):
		return "", usagef(hint, "there is no terminal to ask for the %s", what)
	case errors.Is(err, io.EOF):
		return "", usagef(hint, "the %s was not given", what)
	}
	return answer, err
}

// errNobody is an ask's that has no terminal.
var errNobody = errors.New("there is no terminal")

// ask asks for a secret on the terminal, before a talk begins, until ctx ends.
func (env *Env) ask(ctx context.Context, prompt string) (string, error) {
	if env.AskTerminal == nil {
		return "", errNobody
	}
	t, end, err := env.AskTerminal()
	if err != nil {
		return "", errNobody
	}
	defer end()
	defer context.AfterFunc(ctx, func() { t.In.Close() })()
	return line.AskSecret(t, prompt)
}

func (r *resolver) certificate(t *typed) (*tls.Certificate, error) {
	cert, err := readFile("--cert", t.cert)
	if err != nil {
		return nil, err
	}
	flag, path, key := "--cert", t.cert, cert
	if t.key != "" {
		flag, path = "--key", t.key
		if key, err = readFile(flag, path); err != nil {
			return nil, err
		}
	}
	c, err := dial.LoadCertificate(cert, key, func() ([]byte, error) {
		if t.passphrase != nil && *t.passphrase != "" {
			return []byte(*t.passphrase), nil
		}
		p, err := r.secret("passphrase of the key: ", "--passphrase=P gives it")
		return []byte(p), err
	})
	switch {
	case errors.Is(err, dial.ErrNoCertificate), errors.Is(err, dial.ErrBadCertificate):
		return nil, usagef(pemHint, "--cert %q: %v", t.cert, err)
	case errors.Is(err, dial.ErrNoKey):
		return nil, usagef("--key FILE names the key", "%s %q: %v", flag, path, err)
	case errors.Is(err, dial.ErrBadKey), errors.Is(err, dial.ErrKeyMismatch),
		errors.Is(err, dial.ErrPassphrase):
		return nil, usagef("", "%s %q: %v", flag, path, err)
	}
	return c, err
}

const pemHint = "a PEM file has -----BEGIN CERTIFICATE-----"

func hasCertificate(b []byte) bool {
	for len(b) > 0 {
		block, rest := pem.Decode(b)
		if block == nil {
			return false
		}
		if block.Type == "CERTIFICATE" {
			return true
		}
		b = bytes.TrimSpace(rest)
	}
	return false
}

// readFile reads a file that a flag names.
func readFile(flag, path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, usagef("", "%s: cannot read %q: %v", flag, path, cause(err))
	}
	return b, nil
}

// cause takes off what the os package says of the operation and the path: the caller names those.
func cause(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
