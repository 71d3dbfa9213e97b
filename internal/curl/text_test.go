package curl

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"wsline/internal/exit"
)

func TestCommands(t *testing.T) {
	for _, tt := range []struct {
		text string
		want [][]string
	}{
		{"curl a b", [][]string{{"a", "b"}}},
		{"$ curl a", [][]string{{"a"}}},
		{"wsline curl a", [][]string{{"a"}}},
		{"\ufeff/usr/bin/curl 'a b' \\\r\n  -H \"c\\\"d\\e\\\\\" \\ \t\n e#f # g", [][]string{
			{"a b", "-H", `c"d\e\`, "e#f"}}},
		{`curl $'it\'s \x41\101\u00e9\U0001f600\n\q\u' $"x" '' a$ "b$"`, [][]string{
			{"it's AA\u00e9\U0001f600\n\\q\\u", "x", "", "a$", "b$"}}},
		{"curl a ;\ncurl b &\ncurl c\n\n", [][]string{{"a"}, {"b"}, {"c"}}},
		{"# nothing\n", nil},
		{"", nil},
		{`curl.exe ^"a^" ^` + "\r\n  -H ^\"b ^^^&^%^PATH^% \\^\"c\\^\" \\\\^\" ^\r\n", [][]string{
			{"a", "-H", `b ^&%PATH% "c" \`}}},
		{`curl ^"a^\^\b ^\^\^\^\ ^\[ c^\^\^" \\h\x`, [][]string{{`a\b \\ \[ c\`, `\\h\x`}}},
		{"curl ^\"a^\n\nb^\" & curl \"c^d\"\"e\" \\f", [][]string{{"a\nb"}, {"c^d\"e", `\f`}}},
	} {
		got, err := Commands(tt.text)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: %v\ngot  %q\nwant %q", tt.text, err, got, tt.want)
		}
	}
}

func TestCommandErrors(t *testing.T) {
	for text, want := range map[string]string{
		"wget a":                      `what begins with "wget" is no curl command`,
		"curl 'a":                     "the curl command ends within '...",
		`curl "a`:                     `the curl command ends within "...`,
		`curl "a\`:                    `the curl command ends within "...`,
		"curl $'a":                    "the curl command ends within $'...",
		`curl ^"a`:                    `the curl command ends within "...`,
		`curl -H "A: $TOKEN" b`:       `"$TOKEN" stands in the curl command, and only a shell knows its value`,
		"curl $(x)":                   `"$(x" stands in the curl command, and only a shell knows its value`,
		"curl a | jq":                 `"|" stands in the curl command, which is for a shell`,
		"curl `x`":                    "\"`\" stands in the curl command, which is for a shell",
		"curl a\x00":                  "the curl command holds a NUL",
		`curl $'\x00'`:                "the curl command holds a NUL",
		"Invoke-WebRequest -Uri a":    "this is a command of PowerShell's, not of curl",
		"curl 'a' `\n  -H 'b'":        "this is a command of PowerShell's, not of curl",
		"curl ws://a/?b=1&c=2 -H 'd'": `what begins with "c" is no curl command`,
	} {
		_, err := Commands(text)
		var usage *exit.UsageError
		if !errors.As(err, &usage) || usage.Text != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// A text is read or refused, and the words of one can be quoted and read again.
func FuzzCommands(f *testing.F) {
	files, _ := filepath.Glob("testdata/devtools/*.txt")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(`curl $'\u00e9\'' "a\"b" c\ d -b x=y -kLm3 h`)
	f.Fuzz(func(t *testing.T, text string) {
		all, err := Commands(text)
		if err != nil {
			return
		}
		for _, words := range all {
			quoted := "curl"
			for _, w := range words {
				quoted += " '" + strings.ReplaceAll(w, "'", `'\''`) + "'"
			}
			if isPrompt(quoted) || isPowerShell(quoted) {
				continue // words that look like another shell's quotes
			}
			again, err := Commands(quoted)
			if err != nil || len(again) != 1 || len(words)+len(again[0]) > 0 && !reflect.DeepEqual(again[0], words) {
				if !strings.Contains(quoted, "\r\n") {
					t.Fatalf("%q: %v\ngot  %q\nwant %q", quoted, err, again, words)
				}
			}
			c, err := Translate(words, nothing)
			if err == nil && !c.Help && len(c.Words) == 0 {
				t.Fatalf("%q has no words", words)
			}
		}
	})
}
