package flags

import "wsline/internal/exit"

// A Conflict is a combination of flags that cannot be meant.
type Conflict struct {
	When       bool
	Text, Hint string
}

// FirstConflict is the *exit.UsageError of the first conflict that there is, nil for none.
func FirstConflict(list []Conflict) error {
	for _, c := range list {
		if c.When {
			return &exit.UsageError{Text: c.Text, Hint: c.Hint}
		}
	}
	return nil
}
