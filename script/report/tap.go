package report

import (
	"fmt"
	"io"
	"strings"

	"wsline/format"
)

// WriteTAP writes the results in the Test Anything Protocol, version 14: each file is a test
// point, and a failure is described in a YAML block.
func WriteTAP(w io.Writer, s *Suite) error {
	dst := fmt.Appendf(nil, "TAP version 14\n1..%d\n", len(s.Results))
	for i, r := range s.Results {
		word := "not ok"
		if r.Status == Passed || r.Status == Skipped {
			word = "ok"
		}
		dst = fmt.Appendf(dst, "%s %d - %s", word, i+1, tapText(r.Title()))
		if r.Status == Skipped {
			dst = append(dst, strings.TrimRight(" # SKIP "+tapText(r.SkipReason), " ")...)
		}
		dst = append(dst, '\n')
		dst = appendYAML(dst, r)
	}
	_, err := w.Write(dst)
	return err
}

// tapText is text for the line of a test point, where # begins a directive.
func tapText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `#`, `\#`).Replace(safe(s))
}

func appendYAML(dst []byte, r *Result) []byte {
	y := yaml{dst: append(dst, "  ---\n"...)}
	y.line(0, "duration_ms: "+fmt.Sprintf("%.3f", float64(r.Duration.Microseconds())/1000))
	if r.Status != Passed && r.Status != Skipped {
		y.text(0, "severity", r.Status.String())
		y.text(0, "message", reasonOf(r))
		y.failures(r)
	}
	return append(y.dst, "  ...\n"...)
}

// A yaml is a YAML document within TAP. All strings are double-quoted: its escapes are those of
// format.Quote.
type yaml struct{ dst []byte }

func (y *yaml) line(level int, text string) {
	y.dst = append(y.dst, strings.Repeat("  ", level+1)+text+"\n"...)
}

func (y *yaml) text(level int, key, value string) {
	if value != "" {
		quoted := format.Quote(nil, []byte(shorten(value, maxLine)))
		y.line(level, key+": "+string(quoted))
	}
}

func (y *yaml) list(level int, key string, values []string) {
	if len(values) == 0 {
		return
	}
	y.line(level, key+":")
	for _, v := range values {
		y.line(level+1, "- "+string(format.Quote(nil, []byte(shorten(v, maxLine)))))
	}
}

func (y *yaml) failures(r *Result) {
	if len(r.Failures) == 0 {
		return
	}
	y.line(0, "failures:")
	for _, f := range r.Failures {
		y.line(1, "- kind: "+f.Kind.String())
		y.text(2, "at", f.Where(r.File))
		y.text(2, "source", f.Source)
		y.text(2, "message", messageOf(f))
		y.text(2, "hint", f.Hint)
		y.text(2, "expected", f.Expected)
		y.text(2, "got", f.Got)
		var differences []string
		for _, d := range f.Differences {
			differences = append(differences, d.String())
		}
		y.list(2, "differences", differences)
		y.list(2, "meanwhile", f.Meanwhile)
	}
	entries := r.Transcript[max(0, len(r.Transcript)-maxShownEntries):]
	var conversation []string
	for _, e := range entries {
		conversation = append(conversation, e.Text)
	}
	y.list(0, "conversation", conversation)
}
