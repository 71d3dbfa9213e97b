package doctor

import (
	"net/http"
	"strings"
	"testing"

	"wsline/internal/dial"
)

func TestBodyText(t *testing.T) {
	const html = "text/html; charset=utf-8"
	for _, tt := range []struct {
		name, kind, body string
		isCut            bool
		want             string
	}{
		{"nothing", "", "", false, ""},
		{"text", "text/plain", "a <b>\n\nc", false, "a <b>|c"},
		{"JSON", "", ` {"a":[1,{}]}`, false, `{|  "a": [|    1,|    {}|  ]|}`},
		{"half JSON", "application/json", `{"a":[1`, true, `{"a":[1|… and more`},
		{"number", "application/json", `1`, false, `1`},
		{"deep JSON", "", strings.Repeat("[", 500) + strings.Repeat("]", 500), false,
			strings.Repeat("[", 500) + "…"},
		{"page", html, "<title>A &lt; B</title>\n<h1>A &lt; B</h1><p>one <b>two</b>\n three<br>four",
			false, "A < B|one two|three|four"},
		{"page without a type", "", "<!DOCTYPE html><body>hi", false, "hi"},
		{"page of scripts", html, "<script>if (a < b) {}</SCRIPT><style>p{}</style>x<!-- <p>y -->z",
			false, "xz"},
		{"open tags", html, "a<script>b", false, "a"},
		{"open tag", html, "a<b", false, "a"},
		{"open comment", html, "a<!-- b", false, "a"},
		{"page that is JSON", html, `{"a":1}`, false, `{|  "a": 1|}`},
		{"bytes", "image/png", "\x89PNG\x00", false, "(5 bytes that are not text)"},
		{"more bytes", "", "\xff\xfe\xfd\xfc\xfb", true, "(5 bytes that are not text, and more)"},
		{"Latin-1", "text/plain", "Zugriff verweigert f\xfcr diese Adresse", false,
			"Zugriff verweigert f\xfcr diese Adresse"},
		{"cut within a character", "", "abc\xe2\x82", true, "abc\xe2\x82|… and more"},
		{"byte order mark", "", "\ufeff{}", false, "{}"},
	} {
		header := http.Header{}
		if tt.kind != "" {
			header.Set("Content-Type", tt.kind)
		}
		e := &dial.Error{Body: []byte(tt.body), BodyCut: tt.isCut, Header: header}
		if got := strings.Join(bodyText(e), "|"); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Whatever a server answers, a person reads a bounded number of bounded lines.
func FuzzDescribe(f *testing.F) {
	for _, s := range []string{"<html><script>", `{"a":[`, "İ<script>x</script>", "<!--", "&#0;", "\x00"} {
		f.Add(403, "text/html", s, "Origin", "1.1 x")
	}
	f.Fuzz(func(t *testing.T, status int, kind, body, auth, via string) {
		body = body[:min(len(body), 4<<10)]
		e := &dial.Error{
			Kind: dial.KindHandshake, Reason: dial.ReasonStatus, Status: status, Text: "x", Phrase: via,
			Body: []byte(body), BodyCut: len(body) == 4<<10, Location: via, Header: http.Header{
				"Content-Type": {kind}, "Www-Authenticate": {auth}, "Via": {via},
				"Sec-Websocket-Version": {auth}, "Sec-Websocket-Protocol": {via}, "Upgrade": {auth},
			},
		}
		got := (&refusal{e}).Fault()
		if len(got.Detail) > bodyLines+1 || len(got.Message) > 500 || len(got.Hint) > 500 {
			t.Errorf("%d lines, a message of %d bytes, a hint of %d", len(got.Detail), len(got.Message),
				len(got.Hint))
		}
		for _, line := range got.Detail {
			if strings.ContainsAny(line, "\n") || len(line) > 4*bodyColumns+len("…") {
				t.Errorf("a line of %d bytes", len(line))
			}
		}
	})
}
