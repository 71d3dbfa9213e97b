package target

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsline/internal/exit"
	"wsline/internal/wstest"
)

// utf16 is ASCII text as some programs of Windows write it.
func utf16(s string) string {
	wide := "\xff\xfe"
	for _, c := range s {
		wide += string(c) + "\x00"
	}
	return wide
}

// Every file of text is read alike: a byte order mark is not part of it, and UTF-16 is told.
func TestTextFiles(t *testing.T) {
	ca := wstest.NewCA(t)
	cert := ca.Client(t)
	both := string(wstest.CertPEM(cert)) + string(wstest.KeyPEM(t, cert))
	const mark = "\ufeff"
	tests := []struct {
		name, flag, content string
		want                string // of the field that is sent, or the error, with FILE for the path
	}{
		{"a token", "--bearer", "abc\r\n", "Authorization: Bearer abc"},
		{"a token with a mark", "--bearer", mark + "abc\r\n", "Authorization: Bearer abc"},
		{"a token in UTF-16", "--bearer", utf16("abc\r\n"), `--bearer: "FILE" is UTF-16`},
		{"a mark alone", "--bearer", mark, `--bearer: there is nothing in "FILE"`},
		{"a token of letters", "--bearer", "ab\u201cc",
			"--bearer: character 3 of the token is not ASCII"},
		{"fields with a mark", "-H", mark + "X-A: b\r\n", "X-A: b"},
		{"fields in UTF-16", "-H", utf16("X-A: b\n"), `--header: "FILE" is UTF-16`},
		{"PEM with a mark", "--cert", mark + both, ""},
		{"PEM in UTF-16", "--cert", utf16(both), `--cert: "FILE" is UTF-16`},
		{"authorities with a mark", "--cacert", mark + string(ca.PEM()), ""},
		{"authorities in UTF-16", "--cacert", utf16(string(ca.PEM())), `--cacert: "FILE" is UTF-16`},
	}
	for _, tt := range tests {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		arg := path
		if tt.flag == "-H" || tt.flag == "--bearer" {
			arg = "@" + path
		}
		o, err := ReadWords([]string{tt.flag, arg, "wss://h/"})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		target, err := resolver().Target(o, "wss://h/")
		var usage *exit.UsageError
		if errors.As(err, &usage) {
			got = strings.ReplaceAll(usage.Text, path, "FILE")
		} else if err != nil {
			t.Fatal(err)
		} else {
			for _, f := range target.Session.Dial.Header {
				if f.Name != "User-Agent" {
					got += f.Name + ": " + f.Value
				}
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	o, _ := ReadWords([]string{"--bearer", "pässword", "wss://h/"})
	if _, err := resolver().Target(o, "wss://h/"); err == nil || strings.Contains(err.Error(), "ssword") {
		t.Errorf("a token that is not ASCII: %v", err)
	}
}
