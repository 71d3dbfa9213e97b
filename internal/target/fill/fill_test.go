package fill

import (
	"net/url"
	"strings"
	"testing"

	"wsline/internal/words"
	"wsline/script/wst"
)

func expand(t *testing.T, value string) Expand {
	vars := &wst.Vars{}
	if err := vars.Set("v", value); err != nil {
		t.Fatal(err)
	}
	return func(_, text string) (words.Text, error) { return vars.Expand(text, wst.Pos{Line: 1}) }
}

func TestURL(t *testing.T) {
	for _, tt := range []struct{ address, value, want string }{
		{"ws://h/?since=${v}", "5", "ws://h/?since=5"},
		{"ws://h/?since=${v}&x", "a&b=c#d+e f/é", "ws://h/?since=a%26b%3Dc%23d%2Be%20f%2F%C3%A9&x"},
		{"ws://h/a/${v}/b", "../x?y", "ws://h/a/..%2Fx%3Fy/b"},
		{"ws://h/$${v}", "5", "ws://h/${v}"},
		{"h?${v}", "\r\n\x00", "h?%0D%0A%00"},
		{"ws://h/none", "5", "ws://h/none"},
		{"ws://h/a/${v}", "..", `the URL: the value of ${v} is "..", which is no part of a path`},
		{"ws://${v}/", "evil", `a variable stands in the path or the query of a URL, and not before: "ws://${v}/"`},
		{"${v}", "ws://evil", `a variable stands in the path or the query of a URL, and not before: "${v}"`},
		{"ws://h:${v}", "80", `a variable stands in the path or the query of a URL, and not before: "ws://h:${v}"`},
		{"ws://${v}@h/", "80", `a variable stands in the path or the query of a URL, and not before: "ws://${v}@h/"`},
	} {
		got, err := URL(tt.address, expand(t, tt.value))
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s with %q is %s, want %s", tt.address, tt.value, got, tt.want)
		}
	}
}

func TestFlag(t *testing.T) {
	for _, tt := range []struct{ flag, arg, value, want string }{
		{"header", "Last-Event-ID: ${v}", "5: x", "Last-Event-ID: 5: x"},
		{"header", "X: ${v}", "@file", "X: @file"},
		{"header", "X: ${v}", "a\r\nY: b",
			"--header: the value of ${v} has a line end or a NUL, which no header field can hold"},
		{"raw-header", "X: ${v}", "a\nb",
			"--raw-header: the value of ${v} has a line end or a NUL, which no header field can hold"},
		{"header", "${v}: x", "5", `--header: a variable stands in the value of a field, and not in "${v}"`},
		{"header", "${v}", "@file", `--header: a variable stands in the value of a field, and not in "${v}"`},
		{"cookie", "a=${v}", "x y", "a=x y"},
		{"cookie", "a=${v}", "x; b=y", `--cookie: the value of ${v} has a ";", which would end it there`},
		{"subprotocol", "v1,${v}", "a,b", `--subprotocol: the value of ${v} has a ",", which would end it there`},
		{"bearer", "${v}", "@file", "@file"},
		{"auth", "${v}:${v}", "a", "a:a"},
		{"auth", "ann:${v}", "a:b", "ann:a:b"},
		{"auth", "${v}:x", "a:b", `--auth: the value of ${v} has a ":", which would end it there`},
		{"proxy", "${v}", "a", "${v}"},
		{"user-agent", "x $${v}", "a", "x ${v}"},
	} {
		got, err := Flag(tt.flag, tt.arg, expand(t, tt.value))
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("--%s %q with %q is %s, want %s", tt.flag, tt.arg, tt.value, got, tt.want)
		}
	}
}

// Whatever a value is, a URL keeps its server, the number of its segments and its parameters.
func FuzzURL(f *testing.F) {
	f.Add("a/b?c&d=e#f@[")
	f.Fuzz(func(t *testing.T, value string) {
		text, err := URL("ws://host/a/${v}/b?x=${v}&y=1", expand(t, value))
		if err != nil {
			return
		}
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		segments := strings.Split(u.EscapedPath(), "/")
		query, err := url.ParseQuery(u.RawQuery)
		if err != nil || u.Host != "host" || len(segments) != 4 || u.Fragment != "" ||
			len(query) != 2 || query.Get("x") != value || query.Get("y") != "1" {
			t.Errorf("%q makes %s", value, text)
		}
	})
}
