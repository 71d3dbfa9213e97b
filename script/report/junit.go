package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
)

const (
	maxBody    = 64 << 10 // bytes of a failure's text in a JUnit report
	maxBodies  = 16 << 20 // bytes of all of them: CI servers refuse large files
	maxMessage = 1 << 10
)

// The elements and attributes are those that the schemas of Jenkins (xunit plugin, junit-10.xsd)
// and what GitLab reads have in common.
type (
	junitSuites struct {
		XMLName  xml.Name   `xml:"testsuites"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Time     string     `xml:"time,attr"`
		Suite    junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Time      string      `xml:"time,attr"`
		Timestamp string      `xml:"timestamp,attr"`
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string     `xml:"name,attr"`
		Class   string     `xml:"classname,attr"`
		Time    string     `xml:"time,attr"`
		Failure *junitText `xml:"failure"`
		Error   *junitText `xml:"error"`
		Skipped *junitText `xml:"skipped"`
	}
	junitText struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr,omitempty"`
		Body    string `xml:",cdata"`
	}
)

// WriteJUnit writes a JUnit report, as CI servers read it: each file is a test case. The text of a
// failure is that of the report for people.
func WriteJUnit(w io.Writer, s *Suite) error {
	c := s.Counts()
	doc := junitSuites{
		Name: "wsline", Tests: c.Total, Failures: c.Failed,
		Errors: c.Errored + c.Invalid + c.Canceled, Time: seconds(s.Duration),
	}
	doc.Suite = junitSuite{
		Name: doc.Name, Tests: doc.Tests, Failures: doc.Failures, Errors: doc.Errors,
		Skipped: c.Skipped, Time: doc.Time, Timestamp: s.Start.UTC().Format("2006-01-02T15:04:05"),
	}
	left := maxBodies
	for _, r := range s.Results {
		doc.Suite.Cases = append(doc.Suite.Cases, junitOf(r, &left))
	}
	text, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

// junitOf is the test case of a result; left is how many bytes of text may still be used.
func junitOf(r *Result, left *int) junitCase {
	c := junitCase{Name: safe(r.Title()), Class: className(r.File), Time: seconds(r.Duration)}
	text := &junitText{Type: r.Status.String(), Message: safe(shorten(reasonOf(r), maxMessage))}
	if len(r.Failures) > 0 {
		text.Type = r.Failures[0].Kind.String()
		text.Body = "(left out: the report is large enough)"
		if *left > 0 {
			text.Body = "\n" + failureText(r, maxBody)
			*left -= len(text.Body)
		}
	}
	switch r.Status {
	case Passed:
	case Failed:
		c.Failure = text
	case Skipped:
		text.Type = ""
		c.Skipped = text
	default:
		c.Error = text
	}
	return c
}

// className is a file's name as that of a Java class, by which CI servers group: the folders are
// the package.
func className(file string) string {
	name := strings.TrimSuffix(filepath.ToSlash(file), ".wst")
	var parts []string
	for part := range strings.SplitSeq(name, "/") {
		if part != "" && part != "." && part != ".." {
			parts = append(parts, strings.ReplaceAll(part, ".", "_"))
		}
	}
	return safe(strings.Join(parts, "."))
}

func seconds(d time.Duration) string {
	return fmt.Sprintf("%.3f", d.Seconds())
}
