package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestJUnitSchema holds the report against the rules of the schema that Jenkins checks with, and
// the names that GitLab reads.
func TestJUnitSchema(t *testing.T) {
	type rule struct {
		required, optional []string
		children           []string
	}
	text := rule{optional: []string{"type", "message"}}
	rules := map[string]rule{
		"testsuites": {
			optional: []string{"name", "time", "tests", "failures", "errors"},
			children: []string{"testsuite"},
		},
		"testsuite": {
			required: []string{"name", "tests", "failures", "errors"},
			optional: []string{"group", "time", "skipped", "timestamp", "hostname", "id", "package",
				"file", "log", "url"},
			children: []string{"testsuite", "properties", "testcase", "system-out", "system-err"},
		},
		"testcase": {
			required: []string{"name"}, optional: []string{"time", "classname", "group"},
			children: []string{"skipped", "error", "failure", "system-out", "system-err"},
		},
		"failure": text, "error": text, "skipped": text,
	}
	times := regexp.MustCompile(`^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$`)
	count := map[string]int{}
	names := map[string]bool{}
	in := xml.NewDecoder(bytes.NewReader(written(t, "report.xml", exampleSuite())))
	for path := []string{}; ; {
		token, err := in.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.StartElement:
			name := token.Name.Local
			r, known := rules[name]
			if !known || len(path) == 0 && name != "testsuites" ||
				len(path) > 0 && !slices.Contains(rules[path[len(path)-1]].children, name) {
				t.Fatalf("%s in %q", name, path)
			}
			count[name]++
			path = append(path, name)
			have := map[string]string{}
			for _, a := range token.Attr {
				have[a.Name.Local] = a.Value
				if !slices.Contains(append(r.required, r.optional...), a.Name.Local) {
					t.Errorf("%s has an attribute %s", name, a.Name.Local)
				}
			}
			for _, a := range r.required {
				if have[a] == "" {
					t.Errorf("a %s without %s", name, a)
				}
			}
			if !times.MatchString(have["time"]) {
				t.Errorf("a time is %q", have["time"])
			}
			if name == "testcase" {
				if names[have["name"]] {
					t.Errorf("two test cases are %q", have["name"])
				}
				names[have["name"]] = true
			}
		}
	}
	c := exampleSuite().Counts()
	want := map[string]int{"testsuites": 1, "testsuite": 1, "testcase": c.Total, "failure": c.Failed,
		"error": c.Errored + c.Invalid + c.Canceled, "skipped": c.Skipped}
	for name, n := range want {
		if count[name] != n {
			t.Errorf("%d times %s, want %d", count[name], name, n)
		}
	}
}

func TestTAPGrammar(t *testing.T) {
	s := exampleSuite()
	lines := strings.Split(strings.TrimSuffix(string(written(t, "report.tap", s)), "\n"), "\n")
	if lines[0] != "TAP version 14" || lines[1] != fmt.Sprintf("1..%d", len(s.Results)) {
		t.Errorf("it begins with %q", lines[:2])
	}
	point := regexp.MustCompile(`^(not )?ok (\d+) - ((?:[^#\\]|\\[#\\])*)( # SKIP .*)?$`)
	yamlLine := regexp.MustCompile(`^  ( {2})*(- )?(\w+:( .+)?|".*")$`)
	points, inside := 0, false
	for _, line := range lines[2:] {
		switch {
		case inside && line == "  ...", !inside && line == "  ---":
			inside = !inside
		case inside:
			if !yamlLine.MatchString(line) {
				t.Errorf("in YAML: %s", line)
			}
		default:
			points++
			m := point.FindStringSubmatch(line)
			if m == nil || m[2] != strconv.Itoa(points) {
				t.Fatalf("test point %d: %s", points, line)
			}
			status := s.Results[points-1].Status
			if ok := status == Passed || status == Skipped; ok != (m[1] == "") {
				t.Errorf("%v: %s", status, line)
			}
		}
	}
	if points != len(s.Results) || inside {
		t.Errorf("%d test points", points)
	}
}

// TestReportDocument holds docs/reports.md against the names in the JSON report.
func TestReportDocument(t *testing.T) {
	doc, err := os.ReadFile("../../docs/reports.md")
	if err != nil {
		t.Fatal(err)
	}
	var report any
	if err := json.Unmarshal(written(t, "report.json", exampleSuite()), &report); err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, value := range v {
				have[name] = true
				walk(value)
			}
		case []any:
			for _, value := range v {
				walk(value)
			}
		}
	}
	walk(report)
	documented := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllSubmatch(doc, -1) {
		documented[string(m[1])] = true
	}
	for name := range have {
		if !documented[name] {
			t.Errorf("docs/reports.md does not say what %s is", name)
		}
	}
	for name := range documented {
		if !have[name] {
			t.Errorf("docs/reports.md has %s, the report of every kind of failure has not", name)
		}
	}
	for k := MismatchFailure; k.String() != "unknown"; k++ {
		if !bytes.Contains(doc, []byte("| "+k.String()+" |")) {
			t.Errorf("docs/reports.md does not say what %v is", k)
		}
	}
}
