package test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/script/report"
)

// A reportFile is a file that tells programs of a run.
type reportFile struct {
	flag, path  string
	write       func(io.Writer, *report.Suite) error
	transcripts bool     // also of what passed
	file        *os.File // nil: stdout
}

// reports are those that are written at the end.
type reports []reportFile

// wantedReports are those that the flags ask for.
func (o *options) wantedReports() (list reports) {
	for _, r := range []reportFile{
		{flag: "--report-junit", path: o.junit, write: report.WriteJUnit},
		{flag: "--report-tap", path: o.tap, write: report.WriteTAP},
		{flag: "--report-json", path: o.json, write: report.WriteJSON, transcripts: true},
		{flag: "--report-html", path: o.html, write: report.WriteHTML, transcripts: true},
	} {
		if r.path != "" {
			list = append(list, r)
		}
	}
	return list
}

// openReports opens the files, so that one that cannot be written is found before the run and not
// behind it.
func (o *options) openReports() (reports, error) {
	if o.dryRun {
		return nil, nil
	}
	list := o.wantedReports()
	seen := map[string]string{}
	for i := range list {
		r := &list[i]
		if r.path == "-" {
			continue
		}
		if first := seen[filepath.Clean(r.path)]; first != "" {
			list.close()
			return nil, exit.Usagef("give each a file of its own", "%s and %s name the same file",
				first, r.flag)
		}
		seen[filepath.Clean(r.path)] = r.flag
		file, err := os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE, 0o666)
		if err != nil {
			list.close()
			return nil, fmt.Errorf("%s: %q cannot be written: %w", r.flag, r.path, exit.Cause(err))
		}
		r.file = file
	}
	return list, nil
}

func (l reports) close() {
	for _, r := range l {
		if r.file != nil {
			r.file.Close()
		}
	}
}

func (l reports) any() bool { return len(l) > 0 }

// toStdout tells whether stdout is a report's.
func (l reports) toStdout() bool {
	for _, r := range l {
		if r.path == "-" {
			return true
		}
	}
	return false
}

func (l reports) haveTranscripts() bool {
	for _, r := range l {
		if r.transcripts {
			return true
		}
	}
	return false
}

// write writes all reports.
func (l reports) write(e *env.Env, s *report.Suite) error {
	var failed error
	for _, r := range l {
		if err := r.writeTo(e, s); err != nil && failed == nil {
			name := fmt.Sprintf("%q", r.path)
			if r.path == "-" {
				name = "stdout"
			}
			failed = fmt.Errorf("%s: %s cannot be written: %w", r.flag, name, exit.Cause(err))
		}
	}
	return failed
}

func (r *reportFile) writeTo(e *env.Env, s *report.Suite) error {
	if r.file == nil {
		if err := r.write(e.Stdout, s); err != nil && !env.ReaderGone(err) {
			return err
		}
		return nil
	}
	if info, err := r.file.Stat(); err == nil && info.Mode().IsRegular() {
		if err := r.file.Truncate(0); err != nil {
			return err
		}
	}
	out := bufio.NewWriter(r.file)
	if err := r.write(out, s); err != nil {
		return err
	}
	return out.Flush()
}
