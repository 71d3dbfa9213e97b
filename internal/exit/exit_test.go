package exit

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"syscall"
	"testing"
)

func TestFaultOf(t *testing.T) {
	inner := Usagef("leave one out", "%s and %s", "--a", "--b")
	for _, tt := range []struct {
		err  error
		want Fault
	}{
		{inner, Fault{Message: "--a and --b", Hint: "leave one out", Code: 2}},
		{fmt.Errorf("outside: %w", inner), inner.Fault()},
		{io.ErrShortWrite, Fault{Message: "short write", Code: 1}},
		{Told(9), Fault{Code: 9}},
		{ErrInterrupted, Fault{Code: 130}},
		{ErrTerminated, Fault{Code: 143}},
		{AbandonedError{ErrTerminated}, Fault{Code: 143}},
	} {
		if got := FaultOf(tt.err); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%v: got %+v, want %+v", tt.err, got, tt.want)
		}
	}
}

func TestText(t *testing.T) {
	f := Fault{Message: "refused", Detail: []string{"a", "b"}}
	if got := f.Text(); got != "refused\na\nb" {
		t.Errorf("got %q", got)
	}
}

func TestCause(t *testing.T) {
	_, err := os.Open("missing")
	if got := Cause(err); got != syscall.ENOENT {
		t.Errorf("got %v", got)
	}
	other := errors.New("x")
	if got := Cause(other); got != other {
		t.Errorf("got %v", got)
	}
}
