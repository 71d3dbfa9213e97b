package exit

// A Conflict is a combination of flags that cannot be meant.
type Conflict struct {
	When       bool
	Text, Hint string
}

// FirstConflict is the *UsageError of the first conflict that there is, nil for none.
func FirstConflict(list []Conflict) error {
	for _, c := range list {
		if c.When {
			return &UsageError{Text: c.Text, Hint: c.Hint}
		}
	}
	return nil
}
