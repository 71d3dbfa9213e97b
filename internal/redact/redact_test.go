package redact

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"wsline/format"
)

// TestHidden: a value is hidden in every form in which a program may write it.
func TestHidden(t *testing.T) {
	tests := []struct{ value, text, want string }{
		{"s3cret", "a s3cret b s3cret", "a <secret k> b <secret k>"},
		{"ab/cd", `{"k":"ab\/cd"}`, `{"k":"<secret k>"}`},
		{"päss", `{"k":"p\u00e4ss"} {"k":"p\u00E4ss"}`, `{"k":"<secret k>"} {"k":"<secret k>"}`},
		{"päss", `p%c3%a4ss p%C3%A4ss p\xc3\xa4ss p\U000000e4ss`,
			"<secret k> <secret k> <secret k> <secret k>"},
		{"a/b c+d", "a%2fb%20c%2bd a%2Fb+c%2Bd a/b%20c+d",
			"<secret k> <secret k> <secret k>"},
		{"a😀b", `a\ud83d\ude00b a\uD83D\uDE00b a\U0001f600b`, "<secret k> <secret k> <secret k>"},
		{"a<b>&'", `a\u003cb\u003e\u0026\u0027`, "<secret k>"},
		{"it's", `'X: it'\''s'`, `'X: <secret k>'`},
		{`a\b"c`, `a\\b\"c`, "<secret k>"},
		{`a\b"c`, `"{\"k\":\"a\\\\b\\\"c\"}"`, `"{\"k\":\"<secret k>\"}"`}, // JSON within JSON
		{`a"`, `a\\\"`, "<secret k>"},
		{"a\\\nb", `a\\\nb`, "<secret k>"},
		{"%41%2f", "x%41%2f %2541%252f", "x<secret k> <secret k>"},
		{"one\ntwo", "one\ntwo", "<secret k>"},
		{"one\ntwo", "> one\n  two\n", "> <secret k>\n"},
		{"one\n  two\n", "one\n      two\n", "<secret k>"},
		{"one\ntwo", "one\r\ntwo one\\ntwo one%0Atwo one\\r\\ntwo",
			"<secret k> <secret k> <secret k> <secret k>"},
		{"one\r\ntwo", "one\ntwo one\\r\\ntwo", "<secret k> <secret k>"},
		{"abc\xff", `abc\xff abc\ufffd`, "<secret k> <secret k>"},
		{"s3cret", "733363726574 733363726574", "<secret k> <secret k>"},
		{"s3cret", "73 33 63 72 65 74", "<secret k>"},
		{"s3cret", "7333637265", "7333637265"},
		{"abc", "616263", "616263"}, // too short
		{"", "abc", "abc"},
		{"s3cret", "s3cre", "s3cre"},
		{"p1", "Authorization: Basic dXNlcjpwMQ==", "Authorization: Basic <secret k>=="},
		{"p1", "dXNlcjpwMQ==", "dXNlcjpwMQ=="},
	}
	for _, tt := range tests {
		var r *Redactor
		if got := r.With("k", tt.value).Hide(tt.text); got != tt.want {
			t.Errorf("%q in %s has become %s, want %s", tt.value, tt.text, got, tt.want)
		}
	}
}

// TestHiddenInBase64: whatever stands before and behind a value, and however its signs are escaped.
func TestHiddenInBase64(t *testing.T) {
	value := "s3cr?t>>\xff?~"
	r := (*Redactor)(nil).With("k", value)
	for _, before := range []string{"", "u", "u:", "me:", "user:", "someone:"} {
		for _, behind := range []string{"", "x", "xy", "xyz"} {
			for _, coding := range []*base64.Encoding{
				base64.StdEncoding, base64.RawStdEncoding,
				base64.URLEncoding, base64.RawURLEncoding,
			} {
				coded := coding.EncodeToString([]byte(before + value + behind))
				bare := strings.TrimRight(coded, "=")
				for _, form := range []string{
					coded, strings.ReplaceAll(coded, "/", `\/`), url.QueryEscape(bare),
					strings.NewReplacer("/", "%2f", "+", "%2b").Replace(bare),
					strings.ReplaceAll(bare, "+", `\u002B`),
				} {
					got := strings.TrimRight(r.Hide("Basic "+form+"."), "=.")
					if got != "Basic <secret k>" {
						t.Errorf("%q in %s is shown as %s", before+value+behind, form, got)
					}
				}
			}
		}
	}
	for _, text := range []string{"c2VjcmV0", "an ordinary text/with-words_and+signs"} {
		if got := r.Hide(text); got != text {
			t.Errorf("%s has become %s", text, got)
		}
	}
}

func TestHideCut(t *testing.T) {
	r := (*Redactor)(nil).With("k", "line-1\nline/2").With("short", "abc")
	tests := []struct{ text, want string }{
		{`"x line-1\nli"…, "line-1\nl…" and line-...`,
			`"x <secret k>"…, "<secret k>…" and <secret k>...`},
		{`{"k":"line-1\nline\/"…`, `{"k":"<secret k>"…`},
		{"6c696e652d…", "<secret k>…"},
		{"bTpsaW5lLTEKbG…", "<secret k>…"},
		{"lin…", "lin…"}, // less than that is no secret
		{"ab…", "ab…"},
		{"abc…", "<secret short>…"},
		{"…", "…"},
	}
	for _, tt := range tests {
		if got := r.HideCut(tt.text); got != tt.want {
			t.Errorf("%s has become %s, want %s", tt.text, got, tt.want)
		}
	}
	if got := r.HideEnd("x line-1\nli"); got != "x <secret k>" {
		t.Errorf("the end is shown: %s", got)
	}
}

// TestLongerValueFirst: of two that begin at the same place the longer one is hidden, and what is
// hidden is not looked at again.
func TestLongerValueFirst(t *testing.T) {
	var r *Redactor
	if got := r.Hide("secret"); got != "secret" {
		t.Errorf("nothing is secret, got %s", got)
	}
	short := r.With("s", "s")
	both := short.With("long", "secret")
	if got, want := both.Hide("a secret is"), "a <secret long> i<secret s>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := short.Hide("as"), "a<secret s>"; got != want {
		t.Errorf("after With: got %s, want %s", got, want)
	}
}

func FuzzHidden(f *testing.F) {
	f.Add("s3cret", "before ", " behind")
	f.Add("p\u00e4ss/\\\"<\u2028", `{"k":"`, `"}`)
	f.Add("a\nb\r\n c", `\`, "%2")
	f.Add("%41\\u0041", "%", "41")
	f.Add("\xff\xfe", "AAAA", "====")
	f.Fuzz(func(t *testing.T, value, before, behind string) {
		if len(value) < 2*minPart || len(value) > 1000 || strings.HasPrefix(value, "<secret") {
			return
		}
		r := (*Redactor)(nil).With("k", value)
		in := func(form string) {
			t.Helper()
			if got := r.Hide(before + form + behind); strings.Contains(got, form) {
				if !strings.Contains(before+hiddenAs("k")+behind, form) {
					t.Errorf("%q is shown as %q in %q", value, form, got)
				}
			}
		}
		in(value)
		in(url.QueryEscape(value))
		in(url.PathEscape(value))
		quoted := format.Quote(nil, []byte(value))
		in(string(quoted[1 : len(quoted)-1]))
		coded, _ := json.Marshal(value)
		in(string(coded[1 : len(coded)-1]))
		r.HideCut(before + value[:len(value)/2] + "…" + behind)
	})
}
