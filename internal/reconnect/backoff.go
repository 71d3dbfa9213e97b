package reconnect

import (
	"math/rand/v2"
	"time"
)

const (
	firstDelay = 250 * time.Millisecond
	mostDelay  = 5 * time.Second
	// goodLife is how long a connection must have lived for the next outage to be one of its own.
	goodLife = time.Minute
)

// A backoff says how long to wait before the next try: the first comes at once, within a quarter of a
// second, so that a thousand clients of one server do not come in one instant; the wait doubles up
// to Policy.Max, and of it the second half is left to chance. With an outage of three seconds a
// thousand clients are back within eight; doubling to 30 s with full jitter the last one took 19.
type backoff struct {
	policy *Policy
	tries  int64
}

// next is how long to wait before a try.
func (b *backoff) next() time.Duration {
	first, most := b.policy.delays()
	n := b.tries
	b.tries++
	if n == 0 {
		return time.Duration(rand.Float64() * float64(first))
	}
	wait := most
	if n < 32 && first<<n > 0 {
		wait = min(first<<n, most)
	}
	return wait/2 + time.Duration(rand.Float64()*float64(wait/2))
}

func (p *Policy) delays() (first, most time.Duration) {
	first, most = p.Delay, p.Max
	if first <= 0 {
		first = firstDelay
	}
	if most <= 0 {
		most = max(mostDelay, first)
	}
	return min(first, most), most
}
