package profile

import (
	"fmt"
	"strings"
	"testing"
)

// described is a file in one text: sections, and the words of their lines with commands as they stand.
func described(f *File) string {
	var b strings.Builder
	if f.AllowExec > 0 {
		fmt.Fprintf(&b, "exec %d\n", f.AllowExec)
	}
	for _, s := range f.Sections {
		fmt.Fprintf(&b, "[%s] %d\n", s.Name, s.Number)
		if s.Address != nil {
			fmt.Fprintf(&b, "url %d %s\n", s.Address.Number, s.Address.Written())
		}
		for _, l := range s.Flags {
			args, err := arguments(textOf(l.parts, func(c string) string { return "«" + c + "»" }), "/home/me")
			fmt.Fprintf(&b, "%d %q", l.Number, args)
			if err != nil {
				fmt.Fprintf(&b, " %v", err)
			}
			b.WriteString("\n")
		}
	}
	return strings.TrimSpace(b.String())
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"comments", "# a\n\n   # b\r\n", ""},
		{"a byte order mark", "\ufeff[a]\nws://h/", "[a] 1\nurl 2 ws://h/"},
		{"lines of Windows", "[a]\r\nws://h/\r\n-k\r\n", "[a] 1\nurl 2 ws://h/\n3 [\"-k\"]"},
		{"a section", "[a]\n  ws://h/?x=1#y\n\t-H 'X: a b'\n--cookie=a=b\n[b.c_d-1] # other\necho:",
			"[a] 1\nurl 2 ws://h/?x=1#y\n3 [\"-H\" \"X: a b\"]\n4 [\"--cookie=a=b\"]\n[b.c_d-1] 5\nurl 6 echo:"},
		{"comments behind", "[a]\nws://h/ # x\n-H 'X: #1' # '\n-H X:#2\n-k #",
			"[a] 1\nurl 2 ws://h/\n3 [\"-H\" \"X: #1\"]\n4 [\"-H\" \"X:#2\"]\n5 [\"-k\"]"},
		{"quotes", `[a]` + "\n" + `-x "a \"b\" \$(c) '$(d)" -x '$(e) $F "' -x a\ b\$G` + "\n",
			"[a] 1\n" + `2 ["-x" "a \"b\" $(c) '` + "\\x00«d»" + `" "-x" "$(e) $F \"" "-x" "a b$G"]`},
		{"a quoted flag", "[a]\n'-H' x:y\n", "[a] 1\n2 [\"-H\" \"x:y\"]"},
		{"commands", "allow-exec\n[a]\nws://h/$(x)\n-H \"X: $(echo ')' \"(\" (a) \\) )\"\n--bearer=$(b)$(c d)",
			"exec 1\n[a] 2\nurl 3 ws://h/$(x)\n4 [\"-H\" \"X: \\x00«echo ')' \\\"(\\\" (a) \\\\) »\"]\n" +
				"5 [\"--bearer=\\x00«b»\\x00«c d»\"]"},
		{"variables of wsline", "[a]\n--on-open '{\"s\":${seq}}' -x ${a}", "[a] 1\n" +
			`2 ["--on-open" "{\"s\":${seq}}" "-x" "${a}"]`},
		{"dollars", "[a]\n-x a$ -x $1 -x '$A'", "[a] 1\n" + `2 ["-x" "a$" "-x" "$1" "-x" "$A"]`},
		{"the home folder", "[a]\n--ca ~/ca.pem\n--bearer @~/t\n--ca=~/x\n--bearer=@~/t\n-x '~/a'\n-x a~/b\n-x ~",
			"[a] 1\n2 [\"--ca\" \"/home/me/ca.pem\"]\n3 [\"--bearer\" \"@/home/me/t\"]\n" +
				"4 [\"--ca=/home/me/x\"]\n5 [\"--bearer=@/home/me/t\"]\n6 [\"-x\" \"~/a\"]\n" +
				"7 [\"-x\" \"a~/b\"]\n8 [\"-x\" \"~\"]"},
	} {
		f, err := Parse("f", []byte(tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if got := described(f); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"-k":                      "f:1: this line stands before the first section",
		"# x\nws://h/":            "f:2: this line stands before the first section",
		"allow-exec\nallow-exec":  "f:2: this line stands before the first section",
		"[a]\nallow-exec":         "f:2: allow-exec stands before the first section",
		"[a":                      `f:1: "[a" is not a section`,
		"[a] b":                   `f:1: "[a] b" is not a section`,
		"[]":                      `f:1: "" cannot be a name`,
		"[-a]":                    `f:1: "-a" cannot be a name`,
		"[a/b]":                   `f:1: "a/b" cannot be a name`,
		"[ä]":                     `f:1: "ä" cannot be a name`,
		"[a]\n[b]\n[a]":           "f:3: [a] stands in line 1 already",
		"[a]\nws://h/\n\nws://i/": "f:4: the URL of [a] stands in line 2 already",
		"[default]\nws://h/":      "f:2: [default] is for all connections, and takes no URL",
		"[a]\n-H 'X":              "f:2: the quote ' is not closed",
		"[a]\n-x \\":              "f:2: the backslash at the end stands before nothing",
		"[a]\n-x $(a":             "f:2: $( has no ) that ends it",
		"[a]\n-x \"$(a '\")":      "f:2: $( has no ) that ends it",
		"[a]\n--bearer $TOKEN_1x": "f:2: $TOKEN_1x is no variable here",
		"[a]\n--bearer \"a$b\"":   "f:2: $b is no variable here",
		"[a]\n-x \x00":            "f:2: a NUL, which no flag can have",
	} {
		if _, err := Parse("f", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// What a command writes is data: a line has the same words whatever it is.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "[a]\nws://h/\n-H 'X: y' # z", "allow-exec\n[default]\n--bearer \"$(a ')')\"$(b)\n", "[a]\n~/$(x)\\",
		"[a]\n-x \"\\\"$(a)\" '$(' ~/ =@~/", "\ufeff[a]\r\n$(u)", "[a]\n$(", "[a]\n-x $a",
	} {
		f.Add(text, "x y")
		f.Add(text, "' \" $( \\ \x00")
	}
	f.Fuzz(func(t *testing.T, text, output string) {
		file, err := Parse("f", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Errorf("%q: no line in %q", text, err)
			}
			return
		}
		seen := map[string]bool{}
		for _, s := range file.Sections {
			if seen[s.Name] || !isName(s.Name) {
				t.Errorf("%q: the section %q", text, s.Name)
			}
			seen[s.Name] = true
			lines := s.Flags
			if s.Address != nil {
				lines = append(lines, s.Address)
			}
			for _, l := range lines {
				checkWords(t, l, strings.ReplaceAll(output, "\x00", ""))
			}
		}
	})
}

func checkWords(t *testing.T, l *Line, output string) {
	plain, err := arguments(textOf(l.parts, func(string) string { return "x" }), "/home")
	if err != nil || len(plain) == 0 {
		t.Errorf("line %d: %q, %v", l.Number, plain, err)
	}
	got, err := arguments(textOf(l.parts, func(string) string { return output }), "/home")
	if err != nil || len(got) != len(plain) {
		t.Errorf("line %d: %q with %q: %q, %v", l.Number, plain, output, got, err)
		return
	}
	for i, word := range got {
		if want := strings.ReplaceAll(plain[i], "\x00x", "\x00"+output); word != want {
			t.Errorf("line %d: got %q, want %q", l.Number, word, want)
		}
	}
}
