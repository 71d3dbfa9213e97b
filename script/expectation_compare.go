package script

// Compare holds the payload of what came, or the reason of a Close frame, against a pattern of that
// kind. It returns how they differ, nil when they do not, and the named groups of an ExpectRegexp.
// The code of a Close frame, and an ExpectQuery, which needs a context, are the caller's to compare.
func (p *Pattern) Compare(got []byte) (groups map[string]string, diff []Difference) {
	switch p.Kind {
	case ExpectText:
		return nil, CompareText(p.Text, got)
	case ExpectBinary:
		return nil, compareParts(p.Parts, got)
	case ExpectRegexp:
		return CompareRegexp(p.Regexp, got)
	case ExpectPing, ExpectPong, ExpectClose, ExpectError:
		return nil, ComparePlain(p.Text, got)
	}
	return nil, nil
}
