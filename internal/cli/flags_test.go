package cli

import (
	"errors"
	"strings"
	"testing"

	"wsline/internal/cmd"
	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/suggest"
)

// groups are the flags of the program without the name of a command.
func groups() []flags.Group {
	root, _ := find(nil)
	return root.groups()
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ args, text, hint string }{
		{"--exepct x", "unknown flag --exepct", "did you mean --expect?"},
		{"--cacertt x", "unknown flag --cacertt", "did you mean --cacert?"},
		{"--color=blue", `--color: "blue" is not auto, always or never`, ""},
		{"--pretty maybe", `--pretty: "maybe" is not fit, always or never`, ""},
		{"--binary-out x", `--binary-out: "x" is not raw, hex or base64`, ""},
		{"--tls-min 1.1", `--tls-min: "1.1" is not 1.2 or 1.3`, ""},
		{"--wait", "--wait needs an argument", "write --wait TIME"},
		{"-w", "--wait needs an argument", "write --wait TIME"},
		{"-w soon",
			`--wait: "soon" is not a time such as 500ms, 2s, 1m or a number of seconds`, ""},
		{"--timeout -1",
			`--timeout: "-1" is not a time such as 500ms, 2s, 1m or a number of seconds`, ""},
		{"--no-check=2", `--no-check: "2" is neither true nor false`, ""},
		{"--count 0", `--count: "0" is not a whole number of 1 or more`, ""},
		{"--expect (",
			`--expect: "(" is not a regular expression: missing closing ): ` + "`(`", ""},
		{"--zzzzzzzz", "unknown flag --zzzzzzzz", "wsline --help lists the flags"},
		{"-z", "unknown flag -z", "wsline --help lists the flags"},
		{"-expect=x", "unknown flag -expect", "did you mean --expect?"},
		{"-jsonrpcquery", `unknown flag -j in "-jsonrpcquery"`,
			"-- before it sends a message that begins with a dash"},
		{"---x", `"---x" is not a flag`, "wsline --help lists the flags"},
		{"--connect=", "--connect: an empty argument", ""},
		{"--frames hex ws://a.example", "--frames takes what follows it only after an equals sign",
			"write --frames=hex"},
		{"ws://a.example --frames hex", "--frames takes what follows it only after an equals sign",
			"write --frames=hex"},
		{"--frames both ws://a.example", "--frames takes what follows it only after an equals sign",
			"write --frames[=hex]"},
		{"-k true ws://a.example", "--insecure takes what follows it only after an equals sign",
			"write --insecure=true"},
	} {
		_, err := flags.Parse(strings.Fields(c.args), groups())
		var usage *exit.UsageError
		if !errors.As(err, &usage) {
			t.Errorf("%s: no usage error: %v", c.args, err)
			continue
		}
		if usage.Text != c.text || usage.Hint != c.hint {
			t.Errorf("%s:\n got %+v\nwant %+v", c.args, *usage, exit.UsageError{Text: c.text, Hint: c.hint})
		}
	}
}

// What only may be a flag's argument is what it is otherwise.
func TestArgumentsApart(t *testing.T) {
	for _, args := range []string{
		"ws://a.example --compress true", "--frames ws://a.example hex", "--frames hex.example hi",
		"--frames ws://hex", "--frames -- hex", "ws://a.example -x hex --frames", "- hex --frames",
	} {
		if _, err := flags.Parse(strings.Fields(args), groups()); err != nil {
			t.Errorf("%s: %v", args, err)
		}
	}
}

func TestNearest(t *testing.T) {
	names := flags.Names(groups())
	for typed, want := range map[string]string{
		"heaader": "header", "subprotcol": "subprotocol", "ws": "", "haeder": "header",
		"quite-another": "",
		"exit-onclose":  "exit-on-close", strings.Repeat("x", 5000): "",
	} {
		if got := suggest.Nearest(typed, names); got != want {
			t.Errorf("%.20q: got %q, want %q", typed, got, want)
		}
	}
}

// Every flag must parse into a place of its own: a row that was copied and not changed shows here.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range groups() {
		for _, f := range g.Rows {
			if f.Summary == "" || strings.HasSuffix(f.Summary, ".") {
				t.Errorf("--%s: summary %q", f.Name, f.Summary)
			}
			for _, n := range append([]flags.Spelling{{Name: f.Name, Short: f.Short}}, f.Also...) {
				for _, key := range []string{"--" + n.Name, "-" + n.Short} {
					if key != "-" && seen[key] {
						t.Errorf("%s stands twice", key)
					}
					seen[key] = true
				}
			}
		}
	}
}

// The completion knows of each argument what it is: a flag with a new placeholder needs a kind.
func TestKinds(t *testing.T) {
	root, _ := find(nil)
	for _, c := range append([]*cmd.Command{root.Command}, commands()...) {
		for _, g := range (&invocation{Command: c}).groups() {
			for _, f := range g.Rows {
				flag := c.Usage() + ": --" + f.Name
				if f.Value.IsBoolFlag() != (f.Arg == "") {
					t.Errorf("%s: the argument is %q", flag, f.Arg)
				}
				if f.Arg != "" && f.Kind() == flags.KindUnknown {
					t.Errorf("%s: package flags knows no kind of the argument %s", flag, f.Arg)
				}
				if f.Kind() == flags.KindOneOf && len(f.Choices()) == 0 {
					t.Errorf("%s: the argument has no choices", flag)
				}
				for _, choice := range f.Choices() {
					if err := f.Value.Set(choice); err != nil {
						t.Errorf("%s: %v", flag, err)
					}
				}
			}
		}
	}
}
