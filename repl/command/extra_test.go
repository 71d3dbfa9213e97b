package command

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"wsline/internal/wire"
	"wsline/internal/words"
)

// extraOf has a command "more", expands $x, and tells what ran.
func extraOf(told *[]string) Extra {
	tell := func(format string, args ...any) { *told = append(*told, fmt.Sprintf(format, args...)) }
	return Extra{
		Commands: []Command{{
			Name: "more", Args: "[A]", Summary: "do more", Complete: completeOf("aye", "nay"),
			Run: func(_ context.Context, _ *Env, rest string) error {
				tell("more %s", rest)
				return nil
			},
		}},
		Expand: func(_ *Env, name, rest string) (words.Text, error) {
			if strings.Contains(rest, "$wrong") {
				return words.Text{}, errors.New("wrong")
			}
			tell("expand %s", name)
			return words.Plain(strings.ReplaceAll(rest, "$x", "/value")), nil
		},
		Runs: func(_ *Env, name string, rest words.Text) { tell("runs %s %.8s", name, rest.String()) },
	}
}

func TestExtra(t *testing.T) {
	for _, tt := range []struct {
		line string
		want []string
		err  string
	}{
		{"a $x", []string{"expand ", "sent a /value"}, ""},
		{"$x", []string{"expand ", "sent /value"}, ""}, // a value is no command
		{"//$x", []string{"expand ", "sent //value"}, ""},
		{"/more $x", []string{"more $x"}, ""}, // which expands by itself
		{"/ping $x", []string{"expand ping", "runs ping /value", "ping /value"}, ""},
		{"/ping " + strings.Repeat("p", 126), []string{"expand ping", "runs ping pppppppp"},
			"the data of /ping has 126 bytes, at most 125 fit"},
		{"$wrong", nil, "wrong"},
		{"/mor", []string{"expand mor"}, `there is no command "/mor": did you mean /more?`},
		{"/", []string{"expand "}, `there is no command "/": /help lists them, // sends it`},
	} {
		var told []string
		env := &Env{
			Extra: extraOf(&told),
			Send: func(_ context.Context, _ wire.Opcode, p []byte) error {
				told = append(told, "sent "+string(p))
				return nil
			},
			Ping: func(p []byte) error { told = append(told, "ping "+string(p)); return nil },
		}
		err := env.Do(t.Context(), tt.line)
		if !reflect.DeepEqual(told, tt.want) || errorText(err) != tt.err {
			t.Errorf("%s: %q, %v; want %q, %s", tt.line, told, err, tt.want, tt.err)
		}
	}
}

func TestExtraHelp(t *testing.T) {
	var told, said []string
	extra := extraOf(&told)
	env := &Env{Extra: extra, Say: func(text string) { said = append(said, text) }}
	if err := env.Do(t.Context(), "/help more"); err != nil {
		t.Fatal(err)
	}
	_ = env.Do(t.Context(), "/help")
	if said[0] != "/more [A]\ndo more" || !strings.Contains(said[1], "\n/more [A] ") {
		t.Errorf("said %q", said)
	}
	c := &Completion{Extra: extra.Commands}
	for head, want := range map[string][]string{
		"/mo": {"/more"}, "/more n": {"nay"}, "/help mo": {"more"},
	} {
		if got, _ := c.Candidates(head); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", head, got, want)
		}
	}
}
