package roff

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"plain":          "plain",
		".starts":        `\&.starts`,
		"'starts":        `\(aqstarts`,
		`a\nb`:           `a\enb`,
		"--x":            `\-\-x`,
		"“é”":            `\[u201C]\[u00E9]\[u201D]`,
		"two\nlines":     "two lines",
		"`x` ~ ^ \"":     `\(gax\(ga \(ti \(ha \(dq`,
		"😀":              `\[u1F600]`,
		"in .the middle": "in .the middle",
	} {
		if got := Text(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"`-v` and `x`.":               `\fB\-v\fR and \fBx\fR.`,
		"see [events](events.md).":    "see events.",
		"[a](a.md), [b](b.md)":        "a, b",
		"`.har` opens":                `\fB\&.har\fR opens`,
		"a [word] (so)":               "a [word] (so)",
		"with `{\"text\":\"hi\"}` it": `with \fB{\(dqtext\(dq:\(dqhi\(dq}\fR it`,
		"[`a`](b.md)":                 `[\fBa\fR](b.md)`,
	} {
		if got := Markdown(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

func TestDetail(t *testing.T) {
	var b strings.Builder
	Detail(&b, "  first   example\n\n  second\n\nA text of\ntwo lines,\nThree: 3\nFOUR.\n\nAnother.\n  last\n")
	want := ".PP\n.EX\n  first   example\n\n  second\n\n.EE\n.PP\nA text of\ntwo lines,\nThree: 3\n.br\nFOUR.\n" +
		".PP\nAnother.\n.PP\n.EX\n  last\n.EE\n"
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
