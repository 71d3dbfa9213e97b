package cli_test

import (
	"cmp"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"wsline/internal/cli"
	"wsline/internal/wstest/world"
)

const serversPage = "../../docs/servers.md"

// TestServersPage holds docs/servers.md, which is made of testdata/world alone. After a change that
// is meant: go test ./internal/cli -run World -update, and then -run ServersPage -update
func TestServersPage(t *testing.T) {
	all, err := world.Read(worldFolder)
	if err != nil {
		t.Fatal(err)
	}
	want := pageOf(all)
	if *cli.Update {
		if err := os.WriteFile(serversPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(serversPage)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/servers.md is stale: go test ./internal/cli -run ServersPage -update")
	}
}

const pageHead = `# What real servers answer

What WebSocket servers, libraries and proxies answer to those whom they do not let in, how they end a connection, who
pings, and what to do: as they were seen, and as wsline explains it. Each answer is in ` +
	"[testdata/world](../testdata/world)" + ` as it
was on the wire, and a test plays it to wsline. This page is made from there (` +
	"`go test ./internal/cli -run ServersPage -update`" + `).

What a server says is looked at first, then how it says it: the status, the fields, the body, the reason phrase when it is
not the usual one, and how long it took. Where only a guess is possible the text says "may"; ` + "`wsline --diagnose URL`" + `
tries what fits.

`

// pageOf is the page: what stands before servers comes last.
func pageOf(all []*world.Software) string {
	all = slices.Clone(all)
	isProxy := func(s *world.Software) int { return min(len(s.Facts["kind"]), 1) }
	slices.SortStableFunc(all, func(a, b *world.Software) int {
		return cmp.Or(cmp.Compare(isProxy(a), isProxy(b)),
			cmp.Compare(strings.ToLower(a.Facts["software"]), strings.ToLower(b.Facts["software"])))
	})
	var list []string
	var sections strings.Builder
	for _, s := range all {
		name := s.Facts["software"]
		list = append(list, "["+name+"](#"+anchor(name)+")")
		sections.WriteString(section(s))
	}
	return pageHead + strings.Join(list, " ·\n") + "\n\n" +
		strings.TrimRight(sections.String(), "\n") + "\n"
}

// anchor is how a heading is linked to.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

// section is what is told of one software.
func section(s *world.Software) string {
	facts := s.Facts["from"] + ", seen " + s.Facts["seen"] + "."
	for _, f := range []struct{ name, what string }{
		{"pings", "Pings"}, {"deflate", "Compression"}, {"ends", "Ends"},
	} {
		if v := s.Facts[f.name]; v != "" {
			facts += " " + f.what + ": " + v + "."
		}
	}
	var rows strings.Builder
	for _, scene := range s.Scenes {
		rows.WriteString(row(scene))
	}
	text := "## " + s.Facts["software"] + "\n\n" + facts + "\n\n"
	if rows.Len() == 0 {
		return text
	}
	return text + "| when | what comes | why | what to do |\n| --- | --- | --- | --- |\n" + rows.String() + "\n"
}

var (
	errorLine = regexp.MustCompile(`(?m)^wsline: error: (.*)\n((?:  .*\n)*)`)
	hintLine  = regexp.MustCompile(`(?m)^wsline: hint: (.*)$`)
	peer      = regexp.MustCompile(`^\S+ (answered |closed |redirects |does |speaks )`)
)

// row is what a scene tells of the software: "" when that lets in, or refuses what was broken on
// purpose; and what a diagnosis finds is not the software's own.
func row(s *world.Scene) string {
	found := errorLine.FindStringSubmatch(s.Want)
	if found == nil || slices.Contains(s.Args, "--diagnose") || slices.Contains(s.Args, "--raw-header") {
		return ""
	}
	comes, why, _ := strings.Cut(peer.ReplaceAllString(found[1], "$1"), ": ")
	comes = strings.TrimSuffix(strings.TrimPrefix(comes, "answered "), " instead of an upgrade")
	if body := strings.Join(strings.Fields(found[2]), " "); body != "" {
		const most = 80
		if r := []rune(body); len(r) > most {
			body = string(r[:most]) + "…"
		}
		comes += ": \"" + body + "\""
	}
	todo := s.Facts["truth"]
	if hint := hintLine.FindStringSubmatch(s.Want); hint != nil {
		todo = hint[1]
	}
	return "| " + cell(s.Name) + " | " + cell(comes) + " | " + cell(why) + " | " + cell(todo) + " |\n"
}

// cell is text in a table, where some characters would mean something.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "`", "'").Replace(s)
}
