package match

import (
	"slices"
	"strings"
	"testing"
)

func TestGeneralize(t *testing.T) {
	tests := []struct{ got, want, replaced string }{
		{`{"type":"echo","message":"HELLO","timestamp":"2026-01-31T12:00:00.000Z"}`,
			`{"type":"echo","message":"HELLO","timestamp":"..."}`, ".timestamp"},
		{`{ "id" : 17 , "name": "x", "items": [ {"itemId": "ab12cd"}, {"itemId":"zz"} ] }`,
			`{ "id" : "..." , "name": "x", "items": [ {"itemId": "..."}, {"itemId":"zz"} ] }`,
			".id .items[0].itemId"},
		{`{"idle":true,"index":3,"count":1700000000,"ok":null}`,
			`{"idle":true,"index":3,"count":1700000000,"ok":null}`, ""},
		{`{"value":1700000000123,"ts":1700000000}`, `{"value":"...","ts":"..."}`, ".value .ts"},
		{`{"createdAt":"3 minutes ago","updated_at":"soon"}`,
			`{"createdAt":"...","updated_at":"soon"}`, ".createdAt"},
		{`{"a b":{"x":"9f8c2f3a-1d1e-4c5b-8a7b-0123456789ab"}}`, `{"a b":{"x":"..."}}`, `.["a b"].x`},
		{`{"token":"eyJhbGciOi.eyJzdWIiOiI.c2lnbg"}`, `{"token":"..."}`, ".token"},
		{`{"blob":"dGhpcyBpcyBhIHNlY3JldCB0b2tlbjE="}`, `{"blob":"..."}`, ".blob"},
		{`{"text":"a-perfectly-plain-hyphenated-sentence"}`,
			`{"text":"a-perfectly-plain-hyphenated-sentence"}`, ""},
		{`[]`, `[]`, ""},
		{`{}`, `{}`, ""},
		{` [ [ ] , { } ] `, ` [ [ ] , { } ] `, ""},
		{`"2026-01-31T12:00:00Z"`, `"2026-01-31T12:00:00Z"`, ""},
		{"job 7 at 2026-01-31 12:00:00 done", "job 7 at ... done", "2026-01-31 12:00:00"},
		{"plain", "plain", ""},
	}
	for _, tt := range tests {
		pattern, replaced := Generalize([]byte(tt.got))
		if string(pattern) != tt.want {
			t.Errorf("Generalize(%s) = %s, want %s", tt.got, pattern, tt.want)
		}
		if !slices.Equal(replaced, parted(tt.replaced, len(replaced))) {
			t.Errorf("Generalize(%s) replaced %q, want %q", tt.got, replaced, tt.replaced)
		}
		if diff := Text(pattern, []byte(tt.got)); diff != nil {
			t.Errorf("the pattern %s does not match %s: %v", pattern, tt.got, diff)
		}
	}
}

// parted parts s at blanks into n words, the last of which has the rest.
func parted(s string, n int) []string {
	if s == "" {
		return nil
	}
	return strings.SplitN(s, " ", max(n, 1))
}

func FuzzGeneralize(f *testing.F) {
	f.Add([]byte(`{"id":17,"a":["...",{"t":"2026-01-31T12:00:00Z"},1e3,null]}`))
	f.Add([]byte(`at 2026-01-31 12:00:00 ... \...`))
	f.Add([]byte(`{"":"\u002e..","x":{"y":[[[]]]}}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		pattern, _ := Generalize(payload)
		if diff := Text(pattern, payload); diff != nil {
			t.Errorf("the pattern %q does not match %q: %v", pattern, payload, diff)
		}
	})
}

// TestGeneralizeDeep: what is too deep to be compared as JSON is text also here.
func TestGeneralizeDeep(t *testing.T) {
	deep := `{"id":5,"deep":` + strings.Repeat("[", 1100) + strings.Repeat("]", 1100) + "}"
	pattern, _ := Generalize([]byte(deep))
	if diff := Text(pattern, []byte(deep)); diff != nil {
		t.Error(diff)
	}
}
