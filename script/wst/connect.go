package wst

// ExpectationAfter is what the next line of a connection behind the line i expects, nil when
// something else is next.
func (c *Conversation) ExpectationAfter(i int, name string) *Expectation {
	for _, l := range c.Lines[i+1:] {
		switch {
		case l.Expect != nil && l.Name == name: // also of a typed /expect
			return l.Expect
		case l.Kind == LineTyped && (l.Name == name || l.Name == ""):
			return nil
		}
	}
	return nil
}
