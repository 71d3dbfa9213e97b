package lazy

import "testing"

func TestRegexp(t *testing.T) {
	p := Regexp(`^a+$`)
	if !p().MatchString("aa") || p().MatchString("b") || p() != p() {
		t.Error("it is not the expression, or another each time")
	}
	defer func() {
		if recover() == nil {
			t.Error("a wrong expression was taken")
		}
	}()
	Regexp(`(`)()
}
