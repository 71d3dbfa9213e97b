package repl

import (
	"time"

	"wsline/repl/command"
)

// progressTick is how often it is told how a long sending goes.
const progressTick = 200 * time.Millisecond

// progress tells how a long sending goes, as it goes. The zero value tells nobody.
type progress struct {
	tell  func(text string) // "" when it is over
	total int64             // bytes; 0 when unknown
	sent  int64
	start time.Time
	last  time.Time
}

// add notes that n more bytes have been sent.
func (p *progress) add(n int) {
	if p.tell == nil {
		return
	}
	now := time.Now()
	if p.start.IsZero() {
		p.start, p.last = now, now
	}
	p.sent += int64(n)
	if now.Sub(p.last) >= progressTick {
		p.last = now
		p.tell(command.ProgressText(p.sent, p.total, now.Sub(p.start)))
	}
}

// end says that it is over.
func (p *progress) end() {
	if p.tell != nil {
		p.tell("")
	}
}
