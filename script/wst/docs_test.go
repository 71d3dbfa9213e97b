package wst

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocument: every example of the reference reads without an error; every command is in it.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/script.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?ms)^```wst\n(.*?)^```$").FindAllSubmatch(text, -1)
	if len(examples) < 10 {
		t.Fatalf("only %d examples", len(examples))
	}
	for _, example := range examples {
		if _, err := Parse("script.md", example[1]); err != nil {
			t.Errorf("%s\n%v", example[1], err)
		}
	}
	for _, c := range Commands() {
		if !strings.Contains(string(text), "`/"+c.Name) {
			t.Errorf("%s is not in the document", c.Usage())
		}
	}
	for _, name := range builtIn {
		if !strings.Contains(string(text), "`${"+name) {
			t.Errorf("${%s} is not in the document", name)
		}
	}
}

// TestDocumentError: the error that is shown is the one that is given.
func TestDocumentError(t *testing.T) {
	text, err := os.ReadFile("../../docs/script.md")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Parse("chat.wst", []byte("\n\n> /timeout 12 s\n"))
	errs, _ := err.(Errors)
	if len(errs) != 1 {
		t.Fatalf("%v", err)
	}
	e := errs[0]
	caret := strings.Repeat(" ", e.Column-1) + "^"
	want := "wsline: error: " + e.Error() + "\n  " + e.Source + "\n  " + caret +
		"\nwsline: hint: " + e.Hint + "\n"
	if !strings.Contains(string(text), want) {
		t.Errorf("the document does not have\n%s", want)
	}
}
