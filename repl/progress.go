package repl

import (
	"fmt"
	"time"
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
		p.tell(progressText(p.sent, p.total, now.Sub(p.start)))
	}
}

// end says that it is over.
func (p *progress) end() {
	if p.tell != nil {
		p.tell("")
	}
}

// progressText is like "12.0 MiB of 4.0 GiB, 350.0 MiB/s, 12s left".
func progressText(sent, total int64, took time.Duration) string {
	text := sizeText(sent)
	if total > 0 {
		text += " of " + sizeText(total)
	}
	rate := float64(sent) / max(took.Seconds(), 1e-3)
	text += ", " + sizeText(int64(rate)) + "/s"
	if left := total - sent; total > 0 && left >= 0 && rate > 0 {
		text += fmt.Sprintf(", %s left", time.Duration(float64(left)/rate*1e9).Round(time.Second))
	}
	return text
}

// sizeText is a number of bytes as people read it, "999 bytes", "1.5 KiB", "4.0 GiB".
func sizeText(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d bytes", n)
	}
	f, unit := float64(n)/(1<<10), 0
	for f >= 1000 && unit < 3 {
		f, unit = f/(1<<10), unit+1
	}
	return fmt.Sprintf("%.1f %s", f, [...]string{"KiB", "MiB", "GiB", "TiB"}[unit])
}
