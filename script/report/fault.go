package report

import (
	"context"
	"errors"

	"wsline/internal/exit"
)

// Fault is the failure as a person gets it where the line was typed; one that was interrupted needs
// no words.
func (f *Failure) Fault() exit.Fault {
	if f.Err != nil && errors.Is(f.Err, context.Canceled) {
		return exit.Fault{Code: exit.Interrupted}
	}
	return exit.Fault{Message: f.Text(), Detail: f.Detail(), Hint: f.Hint, Code: f.Code}
}
