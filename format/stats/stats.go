// Package stats writes the counters of a connection for a person.
package stats

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wsline/internal/plural"
	"wsline/session"
)

const (
	usualWidth = 80 // columns when those of the terminal are not known
	mostRanges = 8  // rows of a histogram
	longestBar = 40 // columns of its longest bar
)

// Append appends the counters of a connection as text for a person, in lines of at most width
// columns (0 for unknown; it takes 44 at least): what came and went, how fast, how large messages
// were and how long pongs took. What is empty is left out. The lines are safe, without colour, and
// end with a line feed.
func Append(dst []byte, st session.Stats, now time.Time, width int) []byte {
	if width <= 0 {
		width = usualWidth
	}
	p := &printer{dst: dst, width: width}
	open := max(now.Sub(st.Since), 0)
	if !st.Since.IsZero() {
		p.row("open for", spanText(open))
	}
	p.traffic(&st, open)
	p.pings(&st)
	p.sizes(&st)
	p.trips(&st)
	return p.dst
}

// A printer prints the counters of one connection.
type printer struct {
	dst   []byte
	width int
}

// row appends a line of a table: a name, and columns below each other.
func (p *printer) row(name string, columns ...string) {
	p.dst = fmt.Appendf(p.dst, "%-14s", name)
	for _, c := range columns {
		p.dst = fmt.Appendf(p.dst, "%12s", c)
	}
	p.dst = append(p.dst, '\n')
}

func (p *printer) heading(columns ...string) {
	p.dst = append(p.dst, '\n')
	p.row(columns[0], columns[1:]...)
}

func (p *printer) traffic(st *session.Stats, open time.Duration) {
	p.heading("", "received", "sent")
	p.row("messages", strconv.FormatInt(st.MessagesIn, 10), strconv.FormatInt(st.MessagesOut, 10))
	in, out := perSecond(st.MessagesIn, open), perSecond(st.MessagesOut, open)
	if in > 0 || out > 0 {
		p.row("  a second", numberText(in), numberText(out))
	}
	if st.BytesIn > 0 || st.BytesOut > 0 {
		p.row("payload", sizeText(float64(st.BytesIn)), sizeText(float64(st.BytesOut)))
		in, out := perSecond(st.BytesIn, open), perSecond(st.BytesOut, open)
		if in > 0 || out > 0 {
			p.row("  a second", sizeText(in), sizeText(out))
		}
	}
	if st.WireIn > 0 || st.WireOut > 0 {
		p.row("on the wire", sizeText(float64(st.WireIn)), sizeText(float64(st.WireOut)))
	}
}

func (p *printer) pings(st *session.Stats) {
	if st.PingsIn > 0 || st.PingsOut > 0 {
		p.row("pings", strconv.FormatInt(st.PingsIn, 10), strconv.FormatInt(st.PingsOut, 10))
	}
	if st.PongsIn > 0 {
		p.row("pongs", strconv.FormatInt(st.PongsIn, 10))
	}
}

func (p *printer) sizes(st *session.Stats) {
	in, out := &st.SizesIn, &st.SizesOut
	if in.Count == 0 && out.Count == 0 {
		return
	}
	size := func(n int64) string { return sizeText(float64(n)) }
	p.heading("message size", "received", "sent")
	p.quantiles(size, in, out)
	p.histogram("received", size, in)
	p.histogram("sent", size, out)
}

func (p *printer) trips(st *session.Stats) {
	if st.RoundTrips.Count == 0 {
		if st.RTT > 0 {
			p.heading("round trip", plural.Rounded(st.RTT).String())
		}
		return
	}
	trip := func(n int64) string { return plural.Rounded(time.Duration(n)).String() }
	p.dst = append(p.dst, "\nround trip\n"...)
	p.quantiles(trip, &st.RoundTrips)
	if st.RTT > 0 {
		p.row("  last", plural.Rounded(st.RTT).String())
	}
	p.histogram("round trips", trip, &st.RoundTrips)
}

// quantiles appends a table of the distributions, those that are empty left blank.
func (p *printer) quantiles(text func(int64) string, list ...*session.Distribution) {
	for _, q := range []struct {
		name string
		of   func(*session.Distribution) int64
	}{
		{"  min", func(d *session.Distribution) int64 { return d.Min }},
		{"  median ~", func(d *session.Distribution) int64 { return d.Quantile(0.5) }},
		{"  95 % ~", func(d *session.Distribution) int64 { return d.Quantile(0.95) }},
		{"  max", func(d *session.Distribution) int64 { return d.Max }},
	} {
		columns := make([]string, len(list))
		for i, d := range list {
			if columns[i] = "-"; d.Count > 0 {
				columns[i] = text(q.of(d))
			}
		}
		p.row(q.name, columns...)
	}
}

// histogram draws a distribution, if there is more than one value to be seen in it.
func (p *printer) histogram(name string, text func(int64) string, d *session.Distribution) {
	if d.Count < 2 || d.Min == d.Max {
		return
	}
	buckets := d.Buckets(mostRanges)
	if len(buckets) < 2 {
		return
	}
	labels := make([]string, len(buckets))
	widest, digits, most := 0, 0, int64(0)
	for i, b := range buckets {
		labels[i] = text(b.From)
		if to := text(b.To); to != labels[i] {
			labels[i] += " to " + to
		}
		widest = max(widest, utf8.RuneCountInString(labels[i]))
		digits = max(digits, len(strconv.FormatInt(b.Count, 10)))
		most = max(most, b.Count)
	}
	room := min(longestBar, max(1, p.width-len("    ")-widest-digits-2))
	p.dst = append(p.dst, "\n  "+name+"\n"...)
	for i, b := range buckets {
		p.dst = append(p.dst, "  "...)
		p.dst = append(p.dst, strings.Repeat(" ", widest-utf8.RuneCountInString(labels[i]))...)
		p.dst = append(append(p.dst, labels[i]...), "  "...)
		p.dst = fmt.Appendf(p.dst, "%*d", digits, b.Count)
		if drawn := bar(b.Count, most, room); drawn != "" {
			p.dst = append(append(p.dst, "  "...), drawn...)
		}
		p.dst = append(p.dst, '\n')
	}
}

// bar is as long for n as room is for most, in eighths of a column; what is more than nothing is
// seen.
func bar(n, most int64, room int) string {
	if n <= 0 || most <= 0 {
		return ""
	}
	eighths := max(1, int(float64(n)/float64(most)*float64(room)*8+0.5))
	text := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		text += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return text
}

// perSecond is a rate; too little time has none.
func perSecond(n int64, open time.Duration) float64 {
	if open < time.Second {
		return 0
	}
	return float64(n) / open.Seconds()
}

// sizeText is a number of bytes: "59 B", "1.2 KiB".
func sizeText(n float64) string {
	if n < 1024 {
		return numberText(n) + " B"
	}
	units := []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	i := 0
	for n /= 1024; n >= 1023.95 && i < len(units)-1; n /= 1024 {
		i++
	}
	return fmt.Sprintf("%.1f %s", n, units[i])
}

// numberText is a number to three significant digits at least, without a fraction that says
// nothing.
func numberText(n float64) string {
	switch {
	case n == float64(int64(n)) || n >= 99.95:
		return fmt.Sprintf("%.0f", n)
	case n >= 9.995:
		return fmt.Sprintf("%.1f", n)
	case n >= 0.005:
		return fmt.Sprintf("%.2f", n)
	}
	return "< 0.01"
}

// spanText is how long something has lasted, to a second.
func spanText(d time.Duration) string {
	text := d.Round(time.Second).String()
	if days := d / (24 * time.Hour); days > 0 {
		text = fmt.Sprintf("%dd%s", days, (d - days*24*time.Hour).Round(time.Second))
	}
	return text
}
