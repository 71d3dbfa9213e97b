// Package lazy makes what most runs of the program do without when it is first wanted, so that its start
// does not pay for it.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp returns a function for a regular expression, which is compiled when that is first called; it
// panics then if the expression is wrong. The function may be called concurrently.
func Regexp(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
