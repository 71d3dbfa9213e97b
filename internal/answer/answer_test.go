package answer

import (
	"fmt"
	"testing"

	"wsline/internal/wire"
	"wsline/internal/words"
)

func TestAnswer(t *testing.T) {
	for _, tt := range []struct {
		parse      func(string) (*Rule, error)
		rule, got  string
		want, form string // "" for none; of the rule, as /on takes it
	}{
		{ParseFlag, `.type=="ping"=>{"type":"pong"}`, `{"type":"ping"}`, `{"type":"pong"}`,
			`'.type=="ping"' {"type":"pong"}`},
		{ParseFlag, `.n >= 3 => three`, `{"n":4}`, "three", `'.n >= 3' three`},
		{ParseFlag, `.n >= 3 => three`, `{"n":2}`, "", `'.n >= 3' three`},
		{ParseFlag, `.n > 3 => x`, `no JSON`, "", `'.n > 3' x`},
		{ParseFlag, `error(1) => x`, `{}`, "", `'error(1)' x`},
		{ParseFlag, `~^PING (?P<id>\d+)=>PONG ${id}`, "PING 7", "PONG 7", `'~^PING (?P<id>\d+)' PONG ${id}`},
		{ParseFlag, `~"id":"(?P<id>[^,]*)",=>{"id":"${id}"}`, `{"id":"a"b",`, `{"id":"a\"b"}`,
			`'~"id":"(?P<id>[^,]*)",' {"id":"${id}"}`},
		{ParseFlag, `~a=>${b} ${name} ${`, "a", "${b} Ann ${", `'~a' ${b} ${name} ${`},
		{ParseFlag, `~a=>@hex:00 ff`, "a", "binary 00ff", `'~a' @hex:00 ff`},
		{ParseLine, `'.type=="ping"' '{"type":"pong"}'`, `{"type":"ping"}`, `{"type":"pong"}`,
			`'.type=="ping"' {"type":"pong"}`},
		{ParseLine, ` ~^PING$  {"it's": "a pong"} `, "PING", `{"it's": "a pong"}`,
			`'~^PING$' {"it's": "a pong"}`},
		{ParseLine, `~a '"hi"'`, "a", `"hi"`, `'~a' '"hi"'`},
		{ParseLine, `~a "b c" d`, "a", `"b c" d`, `'~a' '"b c" d'`},
	} {
		r, err := tt.parse(tt.rule)
		if err != nil {
			t.Errorf("%s: %v", tt.rule, err)
			continue
		}
		var rules Rules
		rules.Vars = func(name string) (string, bool) { return "Ann", name == "name" }
		rules.Add(r)
		m, ok := rules.Answer(wire.OpText, []byte(tt.got))
		got := string(m.Payload)
		if m.Opcode == wire.OpBinary {
			got = fmt.Sprintf("binary %x", m.Payload)
		}
		if got != tt.want || ok != (tt.want != "") || r.String() != tt.form {
			t.Errorf("%s answers %q with %q %v, want %q; is %s", tt.rule, tt.got, got, ok, tt.want, r)
		}
		if _, ok := rules.Answer(wire.OpBinary, []byte(tt.got)); ok {
			t.Errorf("%s: a binary message matches", tt.rule)
		}
		if again, err := ParseLine(r.String()); err != nil || again.String() != r.String() {
			t.Errorf("%s is read as %v, %v", r, again, err)
		}
	}
}

func TestWrongRules(t *testing.T) {
	for _, tt := range []struct {
		parse    func(string) (*Rule, error)
		in, want string
	}{
		{ParseFlag, "x", `"x" is not a pattern and a reply with => between them`},
		{ParseFlag, "=>x", "a pattern is a jq expression, or ~ and a regular expression"},
		{ParseFlag, "~(=>x", "\"(\" is not a regular expression: missing closing ): `(`"},
		{ParseFlag, ".[=>x", `the jq expression ".[" ends too early`},
		{ParseFlag, "~a=>@hex:0", `"0" is not hexadecimal, two digits for each byte`},
		{ParseLine, "", "there is no pattern"},
		{ParseLine, "~a", "there is no reply behind the pattern"},
		{ParseLine, "'~a b", "the quote ' is not closed"},
	} {
		if r, err := tt.parse(tt.in); err == nil || err.Error() != tt.want {
			t.Errorf("%q: %v, %v, want %s", tt.in, r, err, tt.want)
		}
	}
}

// The first of several answers, and they can be ended.
func TestRules(t *testing.T) {
	var rules Rules
	for _, s := range []string{"~b=>1", "~a=>2", "~.=>3"} {
		r, err := ParseFlag(s)
		if err != nil {
			t.Fatal(err)
		}
		rules.Add(r)
	}
	if m, ok := rules.Answer(wire.OpText, []byte("a")); !ok || string(m.Payload) != "2" {
		t.Errorf("%q %v", m.Payload, ok)
	}
	if n := rules.Clear(); n != 3 {
		t.Errorf("%d rules", n)
	}
	if _, ok := rules.Answer(wire.OpText, []byte("a")); ok || rules.Clear() != 0 {
		t.Error("a rule is left")
	}
}

// A value is never an encoding.
func TestMessageOfAValue(t *testing.T) {
	var b words.Builder
	b.Put(words.Value{Text: "@hex:00", Source: "${x}"})
	if m, err := ParseMessage(b.Text()); err != nil || string(m.Payload) != "@hex:00" {
		t.Errorf("%q %v", m.Payload, err)
	}
}
