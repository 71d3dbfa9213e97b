package wst

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"wsline/format"
)

const (
	// DefaultTimeout is how long an expectation waits, unless a flag or /timeout says otherwise.
	DefaultTimeout = 5 * time.Second

	// MaxTime is the longest time that a line may say.
	MaxTime = 24 * time.Hour

	maxRepeat = 1_000_000
)

// String is "line:column".
func (p Pos) String() string { return itoa(p.Line) + ":" + itoa(p.Column) }

func itoa(n int) string { return strconv.Itoa(n) }

// ParseTime reads "500ms", "2s", "1m" or a number of seconds.
func ParseTime(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	d, err := time.ParseDuration(text)
	if err != nil {
		d, err = time.ParseDuration(text + "s")
	}
	switch {
	case text == "":
		return 0, fmt.Errorf("a time is missing, such as 500ms, 2s or 1m")
	case err != nil || d < 0:
		return 0, fmt.Errorf("%s is not a time such as 500ms, 2s or 1m", Quoted(text))
	case d > MaxTime:
		return 0, fmt.Errorf("%s is longer than %s", Quoted(text), "24h")
	}
	return d, nil
}

// Quoted is what was written, as an error shows it: safe for a terminal, and not longer than part
// of a line.
func Quoted(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return string(format.Quote(nil, []byte(s)))
}
