package lazy

import "testing"

func TestRegexp(t *testing.T) {
	p := Regexp(`^a+$`)
	first := p()
	if !first.MatchString("aa") || first.MatchString("b") {
		t.Error("it is not the expression")
	}
	if p() != first {
		t.Error("it is compiled each time")
	}
	defer func() {
		if recover() == nil {
			t.Error("a wrong expression was taken")
		}
	}()
	Regexp(`(`)()
}
