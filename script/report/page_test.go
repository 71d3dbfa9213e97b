package report

import (
	"html/template"
	"strings"
	"testing"
)

// A page escapes each text as html/template would, which also escapes a plus sign.
func TestPageEscapes(t *testing.T) {
	var all strings.Builder
	for r := range rune(0x180) {
		all.WriteRune(r)
	}
	for _, text := range []string{"", "a", "<", "a&b", "%s", "a\xffb", all.String()} {
		var p page
		p.put(`<i title="%s">%s</i>`, text, "%s<"+text)
		escaped := strings.ReplaceAll(template.HTMLEscapeString(text), "+", "&#43;")
		if want := `<i title="` + escaped + `">%s&lt;` + escaped + `</i>`; p.out.String() != want {
			t.Errorf("%q: %q, want %q", text, p.out.String(), want)
		}
	}
}
