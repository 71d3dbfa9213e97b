package target

import (
	"encoding/base64"
	"errors"
	"io"
	"net/url"
	"strings"

	"wsline/internal/dial"
	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/version"
)

// header returns the fields of the request: first those of flags of their own, then those of -H.
func (r *Resolver) header(o *Options, u *url.URL) ([]dial.Field, error) {
	given, err := o.fields()
	if err != nil {
		return nil, err
	}
	authorization, err := r.authorization(o)
	if err != nil {
		return nil, err
	}
	origin, err := asciiHost("--origin", o.origin)
	if err != nil {
		return nil, err
	}
	agent := o.userAgent
	if agent == "" && !hasField(given, "User-Agent") {
		agent = "wsline/" + version.String()
	}
	var fields []dial.Field
	for _, f := range []struct{ flag, name, value string }{
		{"--user-agent", "User-Agent", agent},
		{"--origin", "Origin", origin},
		{"--auth", "Authorization", authorization},
		{"--cookie", "Cookie", strings.Join(o.cookies, "; ")},
	} {
		if f.value == "" {
			continue
		}
		if i := strings.IndexAny(f.value, "\r\n\x00"); i >= 0 {
			return nil, exit.Usagef("", "%s: a header field cannot hold a line break", f.flag)
		}
		fields = append(fields, dial.Field{Name: f.name, Value: f.value})
	}
	return append(fields, given...), nil
}

// fields are those of -H.
func (o *Options) fields() (fields []dial.Field, err error) {
	if !o.settled {
		return givenFields(o.headers)
	}
	for _, h := range o.headers {
		f, err := givenField(h)
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// givenFields reads the arguments of -H.
func givenFields(headers []string) (fields []dial.Field, err error) {
	for _, h := range headers {
		lines := []string{h}
		if path, isFile := strings.CutPrefix(h, "@"); isFile {
			content, err := flags.ReadText("--header", path)
			if err != nil {
				return nil, err
			}
			lines = strings.Split(string(content), "\n")
		}
		for _, line := range lines {
			if line = strings.TrimSuffix(line, "\r"); line == "" && len(lines) > 1 {
				continue
			}
			f, err := givenField(line)
			if err != nil {
				return nil, err
			}
			fields = append(fields, f)
		}
	}
	return fields, nil
}

func givenField(line string) (dial.Field, error) {
	f, err := dial.ParseField(line)
	if err == nil && (strings.EqualFold(f.Name, "Host") || strings.EqualFold(f.Name, "Origin")) {
		f.Value, err = asciiHost("--header", f.Value)
	}
	return f, err
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
func (r *Resolver) authorization(o *Options) (string, error) {
	switch {
	case o.bearer != "":
		token, err := o.bearer, error(nil)
		if !o.settled {
			token, err = secretOrFile("--bearer", o.bearer)
		}
		if i := strings.IndexFunc(token, isNotASCII); err == nil && i >= 0 {
			// It may be a file in another encoding, or a quote that a word processor made.
			return "", exit.Usagef("a token has letters, digits and -._~+/=",
				"--bearer: character %d of the token is not ASCII", i+1)
		}
		return "Bearer " + token, err
	case o.auth != "":
		pair := o.auth
		if !strings.Contains(pair, ":") {
			password, err := r.password(pair)
			if err != nil {
				return "", err
			}
			pair += ":" + password
		}
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)), nil
	}
	return "", nil
}

// password asks for the one of --auth USER.
func (r *Resolver) password(user string) (string, error) {
	return r.secret("password of "+user+": ", "--auth USER:PASSWORD gives it")
}

func secretOrFile(flag, s string) (string, error) {
	path, isFile := strings.CutPrefix(s, "@")
	if !isFile {
		return s, nil
	}
	content, err := flags.ReadText(flag, path)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(content))
	if token == "" {
		return "", exit.Usagef("", "%s: there is nothing in %q", flag, path)
	}
	return token, nil
}

func isNotASCII(r rune) bool { return r >= 0x80 }

// secret asks a person. Where nobody can be asked the hint says how to do without.
func (r *Resolver) secret(prompt, hint string) (string, error) {
	answer, err := r.Ask(prompt)
	what := strings.TrimSuffix(prompt, ": ")
	switch {
	case errors.Is(err, env.ErrNobody):
		return "", exit.Usagef(hint, "there is no terminal to ask for the %s", what)
	case errors.Is(err, io.EOF):
		return "", exit.Usagef(hint, "the %s was not given", what)
	}
	return answer, err
}
