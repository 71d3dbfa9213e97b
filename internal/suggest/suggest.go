// Package suggest finds the name that somebody probably meant: of a flag, a command, a member. What
// the names are of, and the sentence around the answer, are the caller's. It keeps nothing, so any
// goroutine may call it.
package suggest

import "strings"

// Nearest is the name that was probably meant by what was typed: one that it is the beginning of, or
// one with a slip for every three characters at most; "" when none is near.
func Nearest(typed string, names []string) string {
	best, least := "", len(typed)/3+1
	for _, name := range names {
		if len(typed) >= 2 && strings.HasPrefix(name, typed) {
			return name
		}
		if d := distance(typed, name); d < least && d < len(name) {
			best, least = name, d
		}
	}
	return best
}

// Slip is the name that one slip makes what was typed of: a character too many, too few or wrong, or two
// that are swapped; "" for none. It is for words that may well be meant as they are.
func Slip(typed string, names []string) string {
	for _, name := range names {
		longer := len(typed) - len(name)
		if -1 <= longer && longer <= 1 && distance(typed, name) == 1 {
			return name
		}
	}
	return ""
}

// distance is how many characters must be inserted, removed, replaced or swapped with the next to
// make b of a.
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a) // no name is as long: not worth the work
	}
	var before, last []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
