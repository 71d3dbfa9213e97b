package fmtcmd

import "testing"

func TestConflicts(t *testing.T) {
	for _, tt := range []struct {
		o    options
		args []string
		want string
	}{
		{options{}, nil, "no file is given"},
		{options{check: true, write: true}, []string{"a.wst"}, "--check and --write contradict each other"},
		{options{write: true}, []string{"a.wst", "-"}, "stdin cannot be written back"},
		{options{check: true}, []string{"-"}, ""},
		{options{write: true}, []string{"a.wst"}, ""},
	} {
		got := ""
		if err := tt.o.conflict(tt.args); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%+v %q: got %q, want %q", tt.o, tt.args, got, tt.want)
		}
	}
}
