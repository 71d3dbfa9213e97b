package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the style
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"wsline/internal/plural"
)

//go:embed page.css
var pageStyle string

// maxPage is how many bytes of conversations a page has; those of later files are left out.
const maxPage = 24 << 20

// WriteHTML writes the suite as one page that needs no other file. It has no script, and a policy
// that lets none run and nothing be loaded: what a peer sent is text on it and nothing else.
func WriteHTML(w io.Writer, s *Suite) error {
	var p page
	p.suite(s)
	_, err := p.out.WriteTo(w)
	return err
}

// A page is HTML in the making. html/template would do the same, but a program with it keeps every
// exported method that it has, for a template may name any: a seventh of wsline.
type page struct{ out bytes.Buffer }

// markup is HTML with a %s for each text, in an element or in a quoted attribute. A constant is one
// of itself; what is not known when it is compiled can only be a text.
type markup string

// escapes are what could be anything but text, in elements and in attributes.
var escapes = [256]string{
	0: "\uFFFD", '"': "&#34;", '&': "&amp;", '\'': "&#39;", '+': "&#43;", '<': "&lt;", '>': "&gt;",
}

// put writes markup with the texts in it.
func (p *page) put(m markup, texts ...string) {
	for _, text := range texts {
		before, after, _ := strings.Cut(string(m), "%s")
		p.out.WriteString(before)
		p.text(text)
		m = markup(after)
	}
	p.out.WriteString(string(m))
}

// text writes a text, escaped.
func (p *page) text(s string) {
	from := 0
	for i := range len(s) {
		if escape := escapes[s[i]]; escape != "" {
			p.out.WriteString(s[from:i])
			p.out.WriteString(escape)
			from = i + 1
		}
	}
	p.out.WriteString(s[from:])
}

// given writes markup with a text in it, and nothing when there is no text.
func (p *page) given(m markup, text string) {
	if text != "" {
		p.put(m, text)
	}
}

func (p *page) suite(s *Suite) {
	sum := sha256.Sum256([]byte(pageStyle))
	policy := "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	p.put(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '%s'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
`, policy, summaryText(s))
	p.out.WriteString("<style>" + pageStyle + "</style>\n")
	p.put("</head>\n<body>\n<header>\n<h1>%s</h1>\n<div class=\"bar\" aria-hidden=\"true\">",
		summaryText(s))
	for _, r := range s.Results {
		p.put(`<span class="%s"></span>`, r.Status.String())
	}
	p.put("</div>\n<p>%s, begun at %s</p>\n</header>\n<main>",
		plural.Of(s.Counts().Total, "test"), s.Start.UTC().Format("2006-01-02 15:04:05 UTC"))
	left := maxPage
	for i, r := range s.Results {
		p.result(fmt.Sprintf("test-%d", i+1), htmlOf(r, &left))
	}
	p.put("\n</main>\n" +
		"<footer>&gt; sent · &lt; received · * status; the numbers are lines of the file</footer>\n" +
		"</body>\n</html>\n")
}

func (p *page) result(id string, r htmlResult) {
	open := markup("")
	if r.Open {
		open = " open"
	}
	p.put("\n<details class=\"test %s\" id=\"%s\""+open+">\n<summary>\n", r.Status, id)
	if r.Notes != "" {
		r.Duration = r.Notes + ", " + r.Duration
	}
	p.put(`<span class="status">%s</span>
<span class="title">%s</span>
<span class="time">%s</span>`, r.Status, r.Title, r.Duration)
	p.given("\n<span class=\"reason\">%s</span>", r.Reason)
	p.put("\n</summary>\n<div class=\"body\">")
	for _, f := range r.Failures {
		p.failure(f)
	}
	if len(r.Failures) == 0 {
		p.given("\n<p class=\"message\">%s</p>", r.Reason)
	}
	if len(r.Entries) > 0 {
		p.put("\n<h2>conversation</h2>")
		p.count("\n<p class=\"note\">%s lines before these are not kept</p>", r.Before)
		p.put("\n")
		p.entries(r.Entries)
	}
	if r.LeftOut {
		p.put("\n<p class=\"note\">more is left out: the page is large enough</p>")
	}
	p.put("\n</div>\n</details>")
}

func (p *page) failure(f htmlFailure) {
	p.put("\n<p class=\"message\"><b>%s:</b> %s</p>", f.Where, f.Message)
	if f.Caret != "" {
		p.put("\n<pre class=\"block source\">%s\n%s</pre>", f.Source, f.Caret)
	}
	if len(f.Paths) > 0 {
		p.put("\n<div class=\"block names\"><table>")
		for _, d := range f.Paths {
			p.put("\n<tr><th>%s</th><td class=\"text\">%s</td></tr>", d.Path, d.Note)
		}
		p.put("\n</table></div>")
	}
	for _, text := range f.Texts {
		p.put("\n<div class=\"block diff\">")
		for _, line := range text.Lines {
			p.put(`<div class="%s">%s %s`, line.Class, line.Op, line.Same)
			p.given("<mark>%s</mark>", line.Differ)
			p.put("</div>")
		}
		p.put("</div>")
		p.given("\n<p class=\"note\">%s</p>", text.Note)
	}
	if f.Expected != "" || f.Got != "" {
		p.put("\n<div class=\"block names short\"><table>")
		p.given("\n<tr class=\"want\"><th>expected</th><td class=\"text\">%s</td></tr>", f.Expected)
		p.given("\n<tr class=\"got\"><th>got</th><td class=\"text\">%s</td></tr>", f.Got)
		p.put("\n</table></div>")
	}
	if len(f.Meanwhile) > 0 {
		p.put("\n<h2>while it waited</h2>\n<div class=\"bare\">")
		p.entries(f.Meanwhile)
		p.put("</div>")
	}
	p.count("\n<p class=\"note\">%s more</p>", f.Missed)
	p.given("\n<p class=\"hint\">%s</p>", f.Hint)
}

// count is given for a number.
func (p *page) count(m markup, n int) {
	if n != 0 {
		p.put(m, fmt.Sprint(n))
	}
}

func (p *page) entries(list []htmlEntry) {
	p.put("<div class=\"block\"><table>")
	for _, e := range list {
		p.put("\n<tr class=\"%s\"><td class=\"number\">%s</td><td class=\"mark\">%s</td>"+
			"<td class=\"text\">%s</td><td class=\"elapsed\">%s</td></tr>",
			e.Class, e.Line, e.Mark, e.Text, e.Elapsed)
	}
	p.put("\n</table></div>")
}
