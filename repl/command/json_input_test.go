package command

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// obeyed is what an Env is asked to do by a line of JSON.
func obeyed(t *testing.T, line string) (string, error) {
	r := newRecorder()
	o, err := ParseOrder([]byte(line))
	switch {
	case err != nil:
		return "", err
	case o.Op != 0:
		return fmt.Sprintf("send %d %q", o.Op, o.Payload), nil
	}
	err = o.Run(t.Context(), &r.Env)
	return strings.Join(r.log, "; "), err
}

func TestJSONInput(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{`{"text":"hello"}`, `send 1 "hello"`},
		{` { "text" : "" } `, `send 1 ""`},
		{"\ufeff{\"text\":\"a\"}", `send 1 "a"`},
		{`{"text":"a\u00e9\ud83d\ude00\n\\ud800"}`, `send 1 "aé😀\n\\ud800"`},
		{`{"text":"/ping"}`, `send 1 "/ping"`},
		{`{"binary":"C63wDQ=="}`, `send 2 "\v\xad\xf0\r"`},
		{`{"binary":""}`, `send 2 ""`},
		{`{"json":{"op": 1, "b":[ 2]}}`, `send 1 "{\"op\": 1, \"b\":[ 2]}"`},
		{`{"json": null }`, `send 1 "null"`},
		{`{"ping":"are you there"}`, `ping "are you there"`},
		{`{"ping":{"base64":"AP8="}}`, `ping "\x00\xff"`},
		{`{"pong":""}`, `pong ""`},
		{`{"close":{}}`, `close 1000 ""`},
		{`{"close":{"code":4000,"reason":"bye"}}`, `close 4000 "bye"`},
		{`{"close":{"reason":"bye"}}`, `close 1000 "bye"`},
		{`{"close":{"code":0}}`, `close 0 ""`},
		{`{"fragment":{"text":"hello","size":3}}`, `frame 1 no-fin "hel"; frame 0 "lo"`},
		{`{"fragment":{"size":9223372036854775807,"base64":"AP8="}}`, `frame 2 "\x00\xff"`},
		{`{"fragment":{"text":"","size":1}}`, `frame 1 ""`},
		{`{"frame":{"opcode":"text","text":"hel","fin":false}}`, `frame 1 no-fin "hel"`},
		{`{"frame":{"opcode":11,"rsv":4,"mask":"00000000","base64":"AP8="}}`,
			`frame 11 rsv 4 mask 00000000 "\x00\xff"`},
		{`{"frame":{"opcode":"ping","length":200}}`, `frame 9 length 200 ""`},
		{`{"frame":{"mask":false,"opcode":0,"fin":true}}`, `frame 0 no-mask ""`},
		{`{"frame":{"mask":true,"opcode":"close"}}`, `frame 8 ""`},
		{`{"raw":"8180"}`, `raw 8180`},
		{`{"drop":true}`, `drop`},
		{`{"stall":true}`, `stall -1ns`},
		{`{"stall":false}`, `stall 0s`},
		{`{"stall":1.5}`, `stall 1.5s`},
		{`{"stall":1e-30}`, `stall 1ns`},
		{`{"frames":true}`, `frames on`},
		{`{"frames":false}`, `frames off`},
		{`{"filter":".a"}`, `filter ".a"`},
		{`{"filter":null}`, `filter ""`},
		{`{"command":"/ping hello"}`, `ping "hello"`},
		{`{"command":"status"}`, `say all is well`},
	} {
		if got, err := obeyed(t, tt.line); err != nil || got != tt.want {
			t.Errorf("%s: got %s, %v, want %s", tt.line, got, err, tt.want)
		}
	}
}

func TestJSONInputErrors(t *testing.T) {
	const all = "text, binary, json, ping, pong, close, fragment, frame, raw, drop, stall, frames, " +
		"filter, command"
	for _, tt := range []struct{ line, want string }{
		{`hello`, "it is not JSON: invalid character 'h' looking for beginning of value, at byte 1"},
		{`{"text":"a"`, "it is not JSON: unexpected end of JSON input, at byte 11"},
		{`{"text":"a",}`, "it is not JSON: invalid character '}' looking for beginning of " +
			"object key string, at byte 13"},
		{`{"text" "a"}`, "it is not JSON: invalid character '\"' after object key, at byte 9"},
		{`{"text":tru}`, "it is not JSON: invalid character '}' in literal true (expecting 'e'), at byte 12"},
		{"{\"text\":\"\xff\"}", "it is not valid UTF-8"},
		{"\xff\xfe{\x00", "it is UTF-16: write UTF-8"},
		{`["text"]`, "it is not a JSON object"},
		{`"text"`, "it is not a JSON object"},
		{`   `, "it is not JSON: unexpected end of JSON input, at byte 3"},
		{`{"text":"a"} {"text":"b"}`, "there is more after the JSON object"},
		{`{"text":"a"}x`, "there is more after the JSON object"},
		{`{}`, "the object is empty: it needs one of " + all},
		{`{"text":"a","ping":"b"}`, `"text" and "ping" stand in one object: it says one thing to do`},
		{`{"text":"a","text":"b"}`, `the member "text" stands there twice`},
		{`{"txt":"a"}`, `there is no member "txt": did you mean text?`},
		{`{"TEXT":"a"}`, `there is no member "TEXT": ` + all},
		{`{"text":1}`, `"text" is a string, and not 1`},
		{`{"text":null}`, `"text" is a string, and not null`},
		{`{"text":"\ud800"}`, `"text" has half a surrogate pair, which stands for no text`},
		{`{"text":"\udc00\ud800"}`, `"text" has half a surrogate pair, which stands for no text`},
		{`{"text":"\ud800\n"}`, `"text" has half a surrogate pair, which stands for no text`},
		{`{"binary":"AP8"}`, `"binary" is not base64: "AP8"`},
		{`{"binary":"AP8=\n"}`, `"binary" is not base64: "AP8=\n"`},
		{`{"binary":"AP9="}`, `"binary" is not base64: "AP9="`},
		{`{"binary":"-_8="}`, `"binary" is not base64: "-_8="`},
		{`{"ping":1}`, `"ping" is a string or {"base64": …}, and not 1`},
		{`{"ping":{}}`, `in "ping": it needs "base64"`},
		{`{"ping":{"text":"a"}}`, `in "ping": there is no member "text": base64`},
		{`{"ping":"` + strings.Repeat("x", 126) + `"}`, `"ping" has 126 bytes, at most 125 fit`},
		{`{"close":1000}`, `"close" is an object, and not 1000`},
		{`{"close":{"code":65536}}`, `in "close": "code" is an integer from 0 to 65535, and not 65536`},
		{`{"close":{"code":1e3}}`, `in "close": "code" is an integer from 0 to 65535, and not 1e3`},
		{`{"close":{"code":1000.0}}`, `in "close": "code" is an integer from 0 to 65535, and not 1000.0`},
		{`{"close":{"code":0,"reason":"x"}}`, "code 0 sends no code, and there is no reason without a code"},
		{`{"close":{"reason":"` + strings.Repeat("x", 124) + `"}}`,
			"the close reason has 124 bytes, at most 123 fit"},
		{`{"fragment":{"text":"a"}}`, `in "fragment": it needs "size"`},
		{`{"fragment":{"size":1}}`, `in "fragment": it needs "text" or "base64"`},
		{`{"fragment":{"size":0,"text":""}}`,
			`in "fragment": "size" is an integer from 1 to 9223372036854775807, and not 0`},
		{`{"fragment":{"size":1,"text":"","base64":""}}`,
			`in "fragment": "text" and "base64" do not go together`},
		{`{"frame":{}}`, `in "frame": it needs "opcode"`},
		{`{"frame":{"opcode":16}}`, `in "frame": "opcode" is one of text, binary, continuation, ` +
			`ping, pong, close, or an integer from 0 to 15, and not 16`},
		{`{"frame":{"opcode":1,"fin":0}}`, `in "frame": "fin" is true or false, and not 0`},
		{`{"frame":{"opcode":1,"rsv":8}}`, `in "frame": "rsv" is an integer from 0 to 7, and not 8`},
		{`{"frame":{"opcode":1,"mask":"00"}}`,
			`in "frame": the masking key "00" is not 8 hexadecimal digits`},
		{`{"frame":{"opcode":1,"mask":0}}`,
			`in "frame": "mask" is true, false or a key of 8 hexadecimal digits, and not 0`},
		{`{"frame":{"opcode":1,"length":-1}}`,
			`in "frame": "length" is an integer from 0 to 9223372036854775807, and not -1`},
		{`{"raw":"zz"}`, `"raw" is not hexadecimal: "zz"`},
		{`{"drop":false}`, `"drop" is true, and not false`},
		{`{"stall":0}`, `"stall" is true, false or a number of seconds up to 86400, and not 0`},
		{`{"stall":1e999}`, `"stall" is true, false or a number of seconds up to 86400, and not 1e999`},
		{`{"stall":"1s"}`, `"stall" is true, false or a number of seconds up to 86400, and not "1s"`},
		{`{"filter":" "}`, `"filter" is empty: null shows all messages again`},
		{`{"command":"/nope"}`, `there is no command "/nope": /help lists them, //nope sends it`},
	} {
		got, err := obeyed(t, tt.line)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: got error %v, want %s", tt.line, err, tt.want)
		}
		if got != "" {
			t.Errorf("%s: did %s", tt.line, got)
		}
	}
}

// Every example of the document is understood.
func TestJSONInputExamples(t *testing.T) {
	doc, err := os.ReadFile("../../docs/events.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(doc), "```json input\n")
	examples, _, _ := strings.Cut(rest, "```")
	seen := 0
	for line := range strings.Lines(examples) {
		seen++
		if _, err := obeyed(t, strings.TrimSuffix(line, "\n")); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if seen < 15 {
		t.Errorf("%d examples", seen)
	}
}

func FuzzJSONInput(f *testing.F) {
	for _, line := range []string{
		`{"text":"a\ud83d\ude00"}`, `{"binary":"AP8="}`, `{"ping":{"base64":"AP8="}}`,
		`{"close":{"code":4000,"reason":"bye"}}`, `{"fragment":{"text":"hello","size":2}}`,
		`{"frame":{"opcode":11,"rsv":4,"mask":"00000000","base64":"AP8=","length":200,"fin":false}}`,
		`{"raw":"00"}`, `{"stall":1.5}`, `{"filter":null}`, `{"json":[1,{"a":null}]}`, `{"text":"\ud800"}`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		o, err := ParseOrder(line)
		if err != nil {
			if s := err.Error(); s == "" || strings.ContainsRune(s, '\n') {
				t.Errorf("error %q", s)
			}
			return
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(line, &object); err != nil || len(object) != 1 {
			t.Errorf("%q is taken: %v, %d members", line, err, len(object))
		}
		if (o.Op == 0) == (o.Run == nil) {
			t.Errorf("%q: nothing, or two things to do", line)
		}
	})
}
