package reconnect

import (
	"fmt"
	"strconv"
	"strings"

	"wsline/internal/dial"
	"wsline/session"
)

// Causes are statuses of HTTP, of three digits, and close codes, of four.
type Causes []span

// A span is from one of them to another.
type span struct{ from, to int }

// ParseCauses reads "503,1008,4000-4099,4xxx": an x stands for any digit.
func ParseCauses(s string) (list Causes, err error) {
	for _, word := range strings.Split(s, ",") {
		from, to, isSpan := strings.Cut(strings.TrimSpace(word), "-")
		if !isSpan {
			from, to = strings.ReplaceAll(from, "x", "0"), strings.ReplaceAll(from, "x", "9")
		}
		low, lowErr := number(from)
		high, highErr := number(to)
		if lowErr != nil || highErr != nil || len(from) != len(to) || low > high {
			return nil, fmt.Errorf("%q is not a status such as 503 or 5xx, nor a close code such as 1008 or "+
				"4000-4099", strings.TrimSpace(word))
		}
		list = append(list, span{low, high})
	}
	return list, nil
}

// number is one that may be a status or a close code.
func number(s string) (int, error) {
	n, err := strconv.Atoi(s)
	isStatus, isCode := n >= 100 && n <= 599, n >= 1000 && n <= 4999
	if err == nil && (!isStatus && !isCode || strconv.Itoa(n) != s) {
		err = strconv.ErrRange
	}
	return n, err
}

func (c Causes) has(n int) bool {
	for _, s := range c {
		if n >= s.from && n <= s.to {
			return true
		}
	}
	return false
}

// end says that an end is one of the causes. One without a Close frame is 1006, one that we failed has
// the code that we sent (RFC 6455 §7.1.7).
func (c Causes) end(end *session.End) bool {
	if end.Cause == session.CauseProtocol || end.Cause == session.CauseTooBig {
		return c.has(int(end.Sent))
	}
	return c.has(int(end.Code))
}

func (c Causes) failure(e *dial.Error) bool { return c.has(e.Status) }
