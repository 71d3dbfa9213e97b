package name

import "testing"

func TestCutAddress(t *testing.T) {
	for line, want := range map[string][2]string{
		"bob> hi": {"bob", "hi"}, "bob>  two": {"bob", " two"}, "bob> a\nb": {"bob", "a\nb"},
		"bob> /ping": {"bob", "/ping"}, "bob-> x": {"", ""}, "a->b": {"", "a->b"}, "> x": {"", "> x"},
		"x>=1": {"", "x>=1"}, "bob": {"", "bob"}, "bob >x": {"", "bob >x"}, "": {"", ""},
		"bob>x": {"", ""}, "bob>": {"", ""}, "bob> ": {"", ""}, "zoe> x": {"", ""}, "zoe>": {"", ""},
	} {
		name, rest, err := CutAddress(line, []string{"al", "bob"})
		if err != nil && want[1] == "" {
			continue
		}
		if name != want[0] || rest != want[1] || err != nil {
			t.Errorf("%q: %q, %q, %v", line, name, rest, err)
		}
		if name, rest, err := CutAddress(line, nil); name != "" || rest != line || err != nil {
			t.Errorf("%q without names: %q, %q, %v", line, name, rest, err)
		}
	}
}
