package test

import (
	"fmt"
	"strings"
	"time"

	"wsline/format"
	"wsline/internal/exit"
	"wsline/internal/scriptfile"
	"wsline/script/report"
	"wsline/script/wst"
)

type fileErrors struct {
	file string
	list wst.Errors
}

// read parses and checks all files, and tells whether they can be run.
func (s *suite) read(files []string) bool {
	for _, path := range files {
		c, err := scriptfile.Open(path)
		if err != nil {
			s.errors = append(s.errors, fileErrors{path, scriptfile.Errors(err)})
			continue
		}
		if list := checkScript(c, s.typed.profiles); len(list) > 0 {
			s.errors = append(s.errors, fileErrors{path, list})
			continue
		}
		s.files = append(s.files, c)
	}
	return len(s.errors) == 0
}

// invalid tells what is wrong with files that could not be read. None is run.
func (s *suite) invalid() error {
	color := s.typed.view.WantsColor(s.env, s.env.StderrTerminal)
	talk := format.NewTalk(format.Style{Color: color})
	all := &report.Suite{Start: time.Now()}
	told := map[string]bool{}
	for _, e := range s.errors {
		list := scriptfile.Redacted(e.list, s.vars)
		text := scriptfile.AppendErrors(nil, talk, notTold(list, told))
		if _, err := s.env.Stderr.Write(text); err != nil {
			break // nobody reads it
		}
		r := &report.Result{File: s.vars.Redact(e.file), Status: report.Invalid, Start: all.Start}
		r.Failures = report.SyntaxFailures(list)
		for _, f := range r.Failures {
			if f.File == r.File {
				f.File = ""
			}
		}
		all.Results = append(all.Results, r)
	}
	for _, c := range s.files {
		all.Results = append(all.Results, &report.Result{
			File: s.vars.Redact(c.File), Status: report.Skipped, Start: all.Start,
			SkipReason: "not run: another file cannot be read",
		})
	}
	if err := s.reports.write(s.env, all); err != nil {
		return err
	}
	return exit.Told(exit.Usage)
}

// notTold are the errors that were not told of another file: both may include the file that has
// them.
func notTold(list wst.Errors, told map[string]bool) wst.Errors {
	var rest wst.Errors
	for _, e := range list {
		if key := e.Error(); !told[key] {
			told[key] = true
			rest = append(rest, e)
		}
	}
	return rest
}

// listing is what --dry-run prints.
func (s *suite) listing() string {
	var b strings.Builder
	for _, c := range s.files {
		typed, expected := 0, 0
		for _, l := range c.Lines {
			switch l.Kind {
			case wst.LineTyped:
				typed++
			case wst.LineExpect:
				expected++
			}
		}
		title := format.Escape(nil, []byte(s.vars.Redact(c.File)), false)
		fmt.Fprintf(&b, "%s  %d typed, %d expected\n", title, typed, expected)
	}
	return b.String()
}
