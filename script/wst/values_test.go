package wst

import (
	"strings"
	"testing"

	"wsline/internal/words"
	"wsline/session"
)

// TestValuesInPatterns: nothing in a value is a wildcard or breaks out of a string, also together with
// what stands beside it.
func TestValuesInPatterns(t *testing.T) {
	v := vars(t, "dot=.", "two=..", "dots=...", `slash=C:\`, `q=a"b`, `esc=\...`, "end=Done.",
		`obj={"k":"..."}`, "list=1,2", `pair="k":"..."`, "n=7", `half="..`)
	tests := []struct {
		line, got string
		matches   bool
	}{
		{"< Loading .${two}", "Loading ...", true},
		{"< Loading .${two}", "Loading 99 %", false},
		{"< Loading ${two}.", "Loading 9", false},
		{"< ${two}${dot}", "...", true},
		{"< ${two}${dot}", "abc", false},
		{`< C:\${dots}`, `C:\...`, true},
		{`< C:\${dots}`, `C:...`, false},
		{`< ${slash}...`, `C:\temp`, true},
		{`< ${slash}...`, `C:...`, false},
		{"< ${end}...", "Done. And more", true},
		{"< ${end}...", "Done and more.", false},
		{"< ...${two} ...", "a.. b", true},
		{"< ${esc}", `\...`, true},
		{"< ${esc}", "...", false},
		{`<text "${two}.\n"`, "...\n", true},
		{`<text "${two}.\n"`, "x\n", false},
		{"<ping .${two}", "...", true},
		{"<ping .${two}", "x", false},
		{`< {"a": ".${two}"}`, `{"a":"..."}`, true},
		{`< {"a": ".${two}"}`, `{"a":1}`, false},
		{`< {"a": "${dots}"}`, `{"a":"x"}`, false},
		{`< {"a": "C:\\${dots}"}`, `{"a":"C:\\..."}`, true},
		{`< {"a": "${end}...", "b": "..."}`, `{"b":2,"a":"Done. More"}`, true},
		{`< {"a": "${q}"}`, `{"a":"a\"b"}`, true},
		{`<text "{\"a\": \"${q}\"}"`, `{"a":"a\"b"}`, true},
		{`< {"a": ${json q}, "n": ${n}}`, `{"a":"a\"b","n":7.0}`, true},
		{`< {"a": ${json dots}}`, `{"a":"..."}`, true},
		{`< {"a": ${json dots}}`, `{"a":2}`, false},
		{`< {"a": ${obj}}`, `{"a":{"k":"..."}}`, true},
		{`< {"a": ${obj}}`, `{"a":{"k":1}}`, false},
		{`< [${list}, "..."]`, `[1,2,3,4]`, true},
		{`< {"a": 1, ${pair}}`, `{"k":"...","a":1}`, true},
		{`< {"a": 1, ${pair}}`, `{"k":0,"a":1}`, false},
		{`< [${half}${dot}"]`, `["x"]`, false},
		{`< {"${dots}": "..."}`, `{"...":5}`, true},
		{`< {"${dots}": "..."}`, `{"a":5}`, false},
		{`< {"${q}": "\u0000"}`, `{"a\"b":"\u0000"}`, true},
		{"< ${obj}", `{ "k": "..." }`, true},
		{"< ${obj}", `{ "k": 1 }`, false},
		{`< "${q}"`, `"a\"b"`, true},
	}
	for _, tt := range tests {
		p, err := mustParse(t, tt.line+"\n").Lines[0].Pattern(v)
		if err != nil {
			t.Errorf("%s: %v", tt.line, err)
			continue
		}
		_, diff := p.Compare([]byte(tt.got))
		if (diff == nil) != tt.matches {
			t.Errorf("%s and %s: %v", tt.line, tt.got, diff)
		}
		if strings.Contains(tt.line, `{"${dots}"`) {
			continue // no text is known to be written for it
		}
		sample, err := p.Sample()
		if err != nil {
			t.Errorf("%s: %v", tt.line, err)
			continue
		}
		if _, diff := p.Compare(sample.Payload); diff != nil {
			t.Errorf("%s does not match its sample %s: %v", tt.line, sample.Payload, diff)
		}
	}
}

// TestValuesAreSent: what a value holds is sent, whatever that looks like.
func TestValuesAreSent(t *testing.T) {
	v := vars(t, "quoted=\"hi\"", "hex=hex:6869", "b64=base64:aGk=", "file=@/etc/hostname", "blank=x ",
		`q=a"b\`, "digits=6869", "num=5")
	if err := v.setJSON("five", "5", `"5"`); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ line, want string }{
		{"> ${quoted}", `"hi"`},
		{"> ${blank}", "x "},
		{"> /text ${quoted}", `"hi"`},
		{`> /text "${quoted}\n"`, "\"hi\"\n"},
		{"> /ping ${quoted}", `"hi"`},
		{"> /close 1000 ${quoted}", `"hi"`},
		{"> /binary ${file}", ""},
		{"> /binary ${b64}", ""},
		{"> /binary base64:${b64}", ""},
		{"> /binary ${digits}", "hi"},
		{`> {"a": "${q}", "b": ${num}, "c": ${json five}, "d": ${json num}}`,
			`{"a": "a\"b\\", "b": 5, "c": "5", "d": "5"}`},
		{`> [info] "${q}"`, `[info] "a"b\"`},
		{`> /text "{\"a\": \"${q}\"}"`, `{"a": "a\"b\\"}`},
		{`> {"a": "${json q}"}`, `{"a": "\"a\\\"b\\\\\""}`},
		{`> {"a": 1, ${quoted}: "${q}"}`, `{"a": 1, "hi": "a"b\"}`}, // no JSON: half a member
	}
	for _, tt := range tests {
		l := mustParse(t, tt.line+"\n").Lines[0]
		rest, err := l.Expand(v)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if ev := sentEvent(l.Command, rest); ev != nil {
			got = string(ev.Payload) + ev.Reason
		}
		if got != tt.want {
			t.Errorf("%s sends %q, want %q", tt.line, got, tt.want)
		}
		// What is written for it without variables does the same.
		again := sentEvent(l.Command, mustExpand(t, l.Command, EscapeReferences(Written(l.Command, rest))))
		if now := sentEvent(l.Command, rest); now != nil && !sameSent(now, again) {
			t.Errorf("%s sends %+v, written again %+v", tt.line, now, again)
		}
	}
}

func mustExpand(t *testing.T, command, rest string) words.Text {
	t.Helper()
	text, err := TypedLine(command, rest).Expand(&Vars{})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func sameSent(a, b *session.Event) bool {
	return a == nil && b == nil || a != nil && b != nil && sameEvent(a, b)
}
