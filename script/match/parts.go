package match

import (
	"bytes"
	"fmt"
)

// Parts compares bytes with those of a pattern, between whose parts any others may be. Each
// part is searched where the one before ended, so the work is linear.
func Parts(parts [][]byte, got []byte) []Difference {
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return Binary(first, got)
	}
	rest, ok := bytes.CutPrefix(got, first)
	if !ok {
		return partDifference(first, got, "at the beginning")
	}
	for _, part := range parts[1 : len(parts)-1] {
		i := bytes.Index(rest, part)
		if i < 0 {
			return partDifference(part, rest, "behind what matches")
		}
		rest = rest[i+len(part):]
	}
	if !bytes.HasSuffix(rest, last) {
		return partDifference(last, rest, "at the end")
	}
	return nil
}

func partDifference(part, got []byte, where string) []Difference {
	want, came := shortHex(part), shortHex(got)
	return []Difference{{
		Want: want, Got: came, WantAt: -1, GotAt: -1,
		Note: fmt.Sprintf("expected %s %s, got %s", want, where, came),
	}}
}

// shortHex is the beginning of p in hexadecimal.
func shortHex(p []byte) string {
	const most = 16
	switch {
	case len(p) == 0:
		return "no bytes"
	case len(p) > most:
		return fmt.Sprintf("%x…", p[:most])
	}
	return fmt.Sprintf("%x", p)
}
