package cli_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"wsline/internal/cli"
	"wsline/internal/clitest"
	"wsline/internal/dial"
	"wsline/internal/dial/uri"
	"wsline/internal/env/envtest"
	"wsline/internal/wire"
	"wsline/internal/words"
	"wsline/internal/wstest"
	"wsline/session"
)

// secretValues are secrets of each kind: with what JSON, URLs and shells escape, and with lines.
var secretValues = []string{
	`s3cr3t/"päss"\wörd'<&>+ =~😀`,
	"-----BEGIN KEY-----\r\nMIIEvQIBADANBg/kqhkiG9w0\r\n+AQEFAASCBKcwgg==\r\n-----END KEY-----",
	"one/line-1234\nanother+line-5678",
}

// secretForms are what programs make of a value.
func secretForms(value string) map[string]string {
	quoted, _ := json.Marshal(value)
	inJSON := string(quoted[1 : len(quoted)-1])
	twice, _ := json.Marshal(string(quoted))
	lower, upper := "", ""
	for _, c := range []byte(value) {
		lower += fmt.Sprintf("%%%02x", c)
		upper += fmt.Sprintf("%%%02X", c)
	}
	escaped, upperEscaped := "", ""
	for _, r := range value {
		if r > 0xffff {
			r1, r2 := 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff
			escaped += fmt.Sprintf(`\u%04x\u%04x`, r1, r2)
			upperEscaped += fmt.Sprintf(`\u%04X\u%04X`, r1, r2)
			continue
		}
		escaped += fmt.Sprintf(`\u%04x`, r)
		upperEscaped += fmt.Sprintf(`\u%04X`, r)
	}
	login := "user:" + value
	forms := map[string]string{
		"itself": value, "JSON": inJSON, `JSON with \/`: strings.ReplaceAll(inJSON, "/", `\/`),
		"JSON in JSON": string(twice), "Go": fmt.Sprintf("%q", value),
		"Go ASCII": fmt.Sprintf("%+q", value),
		`\u00xx`:   escaped, `\u00XX`: upperEscaped,
		"query": url.QueryEscape(value), "path": url.PathEscape(value), "percent": lower,
		"PERCENT": upper, "shell": words.ShellQuote(value),
		"hex":  hex.EncodeToString([]byte(value)),
		"HEX":  strings.ToUpper(hex.EncodeToString([]byte(value))),
		"CRLF": strings.ReplaceAll(strings.ReplaceAll(value, "\r\n", "\n"), "\n", "\r\n"),
		"LF":   strings.ReplaceAll(value, "\r\n", "\n"),
	}
	for name, coding := range map[string]*base64.Encoding{
		"base64": base64.StdEncoding, "raw base64": base64.RawStdEncoding,
		"URL base64": base64.URLEncoding, "raw URL base64": base64.RawURLEncoding,
	} {
		forms[name] = coding.EncodeToString([]byte(value))
		forms[name+" of a login"] = coding.EncodeToString([]byte(login))
		forms[name+" in JSON"] =
			strings.ReplaceAll(coding.EncodeToString([]byte("a"+value)), "/", `\/`)
		forms[name+" in a URL"] =
			url.QueryEscape(strings.TrimRight(coding.EncodeToString([]byte(login)), "="))
	}
	return forms
}

// A looked is what was written somewhere, for looking up what stands in it, layout and escapes
// aside.
type looked struct {
	text    string
	windows map[string]int
}

const shownSize, codedSize = 10, 20 // how much of a form, or of its bytes, is too much

func look(text string) looked {
	l := looked{bare(text), map[string]int{}}
	for _, size := range []int{shownSize, codedSize} {
		for i := 0; i+size <= len(l.text); i++ {
			l.windows[l.text[i:i+size]] = i
		}
	}
	return l
}

func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n\\|", r) {
			return -1
		}
		return r
	}, s)
}

// shows is where a part of a form stands, "" for nowhere.
func (l looked) shows(form string, size int) string {
	form = bare(form)
	for i := 0; i+size <= len(form); i++ {
		if at, ok := l.windows[form[i:i+size]]; ok {
			return l.text[max(0, at-60):min(len(l.text), at+60)]
		}
	}
	return ""
}

// checkShown looks for forms, and for their bytes, in all that was written.
func checkShown(t *testing.T, written map[string]string, forms map[string]string) {
	t.Helper()
	for where, text := range written {
		l := look(text)
		for name, form := range forms {
			coded := base64.StdEncoding.EncodeToString([]byte(form))
			got := cmp.Or(l.shows(form, shownSize), l.shows(coded, codedSize),
				l.shows(hex.EncodeToString([]byte(form)), codedSize))
			if got != "" {
				t.Errorf("%s shows a part of %s: %s", where, name, got)
			}
		}
	}
}

// TestSecretsInTests: no report of a test has a --secret, in whatever form a server says it.
func TestSecretsInTests(t *testing.T) {
	const script = "> /connect\n< a\n"
	for i, value := range secretValues {
		for name, form := range secretForms(value) {
			t.Run(fmt.Sprintf("%d %s", i, name), func(t *testing.T) {
				testSecret(t, script, value, form)
			})
		}
	}
}

func testSecret(t *testing.T, script, value, form string) {
	long := strings.Repeat("x", 2000)
	for how, say := range map[string]func(p *wstest.Peer) error{
		"text":   func(p *wstest.Peer) error { return p.Text("x " + form + " y") },
		"JSON":   func(p *wstest.Peer) error { return p.Text(jsonWith(form)) },
		"long":   func(p *wstest.Peer) error { return p.Text(long + form + "...") },
		"binary": func(p *wstest.Peer) error { return p.Binary([]byte("x " + form)) },
		"close":  func(p *wstest.Peer) error { return p.Close(4000, cutTo("x "+form, 123)) },
	} {
		server := wstest.Serve(t, func(p *wstest.Peer) {
			if p.Accept() == nil && say(p) == nil {
				_ = p.Echo()
			}
		})
		dir := t.TempDir()
		file := filepath.Join(dir, "a.wst")
		if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"test", "-v", "--timeout", "300ms", "--url", server.URL(),
			"--secret", "key=" + value}
		for _, kind := range []string{"junit", "tap", "json", "html"} {
			args = append(args, "--report-"+kind, filepath.Join(dir, kind))
		}
		_, out, errs := clitest.Run(t, "", "", append(args, file)...)
		written := map[string]string{how + " stdout": out, how + " stderr": errs}
		for _, kind := range []string{"junit", "tap", "json", "html"} {
			text, err := os.ReadFile(filepath.Join(dir, kind))
			if err != nil {
				t.Fatal(err)
			}
			written[how+" "+kind] = string(text)
		}
		if !strings.Contains(out, "secret key") {
			t.Errorf("%s: nothing is hidden in %s", how, out)
		}
		checkShown(t, written, map[string]string{"it": form})
	}
}

// jsonWith is JSON with a form in it, as it is where that can stand in a string.
func jsonWith(form string) string {
	if text := `{"a":"` + form + `"}`; json.Valid([]byte(text)) {
		return text
	}
	text, _ := json.Marshal(map[string]string{"a": form})
	return string(text)
}

// cutTo is the beginning of a text, of whole characters.
func cutTo(text string, n int) string {
	return strings.ToValidUTF8(text[:min(n, len(text))], "")
}

// TestSecretsOfServers: who plays the server's part with a --secret does not show it either, nor
// does a recording of that.
func TestSecretsOfServers(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "played.wst")
	if err := os.WriteFile(script, []byte("> /connect\n<* ...\n> /quit\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, value := range secretValues {
		forms := secretForms(value)
		for record, how := range map[string][]string{
			"a.jsonl": {"--frames=hex"}, "a.har": {"--json", "--frames"}, "a.wst": {"-v"},
		} {
			t.Run(fmt.Sprint(i, " ", record), func(t *testing.T) {
				path := filepath.Join(dir, record)
				args := append([]string{"listen", "--script", script, "--record", path,
					"--secret", "key=" + value, "--show-secrets"}, how...)
				out, errs := served(t, args, func(address string) { sayForms(t, address, forms) })
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(out+errs, "secret key") || len(text) < 1000 {
					t.Errorf("nothing is hidden in %s%s", out, errs)
				}
				written := map[string]string{"stdout": out, "stderr": errs, record: string(text)}
				checkShown(t, written, forms)
			})
		}
	}
}

// served runs the program, which listens, while a client does something.
func served(t *testing.T, args []string, client func(address string)) (stdout, stderr string) {
	t.Helper()
	var out, errs lockedBuffer
	e := envtest.At("")
	e.Args, e.Stdin, e.Stdout, e.Stderr = append(args, "0"), strings.NewReader(""), &out, &errs
	line := make(chan string, 1)
	errs.line = line
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		cli.Run(ctx, e)
	}()
	_, address, _ := strings.Cut(strings.TrimSpace(<-line), "listening on ")
	client(address)
	cancel()
	<-done
	return out.String(), errs.String()
}

// A lockedBuffer is written to by several, and tells its first line.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
	line chan string
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text.Write(p)
	if line, _, ok := strings.Cut(b.text.String(), "\n"); ok && b.line != nil {
		b.line <- line
		b.line = nil
	}
	return len(p), nil
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// sayForms says each form in every way that a client has.
func sayForms(t *testing.T, address string, forms map[string]string) {
	var header []dial.Field
	for _, form := range forms {
		if !strings.ContainsAny(form, "\r\n") {
			header = append(header, dial.Field{Name: "X-Value", Value: form})
		}
	}
	u, _, err := uri.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery = "x=" + forms["query"] + "&y=" + forms["percent"] + "&z=" + forms["PERCENT"]
	s, err := session.Open(t.Context(), &session.Config{Dial: dial.Config{URL: u, Header: header}},
		func(*session.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range forms {
		for _, payload := range []string{"x " + form, jsonWith(form)} {
			_ = s.Send(wire.OpText, []byte(payload))
			_ = s.Send(wire.OpBinary, []byte(payload))
			w := s.NewWriter(wire.OpText)
			half := len(cutTo(payload, len(payload)/2))
			_, _ = io.WriteString(w, payload[:half])
			_, _ = io.WriteString(w, payload[half:])
			_ = w.Close()
		}
		_ = s.Ping([]byte(cutTo(form, 125)))
	}
	_ = s.Close(4000, cutTo(forms["itself"], 123))
	s.Wait()
}
