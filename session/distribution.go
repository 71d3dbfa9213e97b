package session

// Distribution counts values in buckets whose bounds grow by an eighth or less, so that it has a fixed size and its
// quantiles are within 13 %. The zero value is empty. It is a value: copying it is a snapshot.
type Distribution struct {
	Count, Min, Max, Sum int64
	buckets              [496]int64
}

// Add counts a value; one below 0 is 0.
func (d *Distribution) Add(v int64) { panic("not yet") }

// Quantile is the smallest value that a share of q of all values, from 0 to 1, does not exceed, as near as the buckets tell. Of an
// empty distribution it is 0.
func (d *Distribution) Quantile(q float64) int64 { panic("not yet") }

// A Bucket is a range of values, both ends included, and how many there were.
type Bucket struct{ From, To, Count int64 }

// Buckets parts the values from Min to Max into at most n ranges that each grow by the same factor, for drawing.
func (d *Distribution) Buckets(n int) []Bucket { panic("not yet") }
