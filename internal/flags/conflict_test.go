package flags

import "testing"

func TestFirstConflict(t *testing.T) {
	list := []Conflict{{Text: "a"}, {When: true, Text: "b", Hint: "c"}, {When: true, Text: "d"}}
	if got := FirstConflict(list); got == nil || got.Error() != "b" {
		t.Errorf("got %v", got)
	}
	if got := FirstConflict(list[:1]); got != nil {
		t.Errorf("got %v", got)
	}
}
