// Package plural writes how many there are of something.
package plural

import "fmt"

// Of is a number and what it counts: "1 message", "2 messages". The plural of the noun ends in s.
func Of[N int | int64 | uint64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
