package dial

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestHeadersWhoseNamesAreHiddenKeepTheirValues(t *testing.T) {
	by := func(text string, _ bool) string {
		return strings.NewReplacer("one", "...", "two", "...").Replace(text)
	}
	for range 20 { // in whatever order a map is
		header := map[string][]string{
			"X-one": {"1", "one"}, "X-two": {"2"}, "X-...": {"3"}, "Date": {"today"},
		}
		got := hideHeader(header, by)
		want := map[string][]string{"X-...": {"3", "1", "...", "2"}, "Date": {"today"}}
		if !maps.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%q, want %q", got, want)
		}
		if len(header) != 4 || header["X-one"][1] != "one" {
			t.Fatalf("the header became %q", header)
		}
	}
	if got := hideHeader(nil, by); got != nil {
		t.Errorf("no header became %q", got)
	}
}
