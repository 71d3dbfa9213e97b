package session

import (
	"math"
	"math/bits"
	"slices"
)

// subBuckets is how many buckets an octave, from a power of two to the next, is parted into.
const subBuckets = 8

// Distribution counts values in buckets whose bounds grow by an eighth or less, so that its size is
// limited, to 4 KiB, and its quantiles are within 13 %. The zero value is empty. A copy must not be
// added to.
type Distribution struct {
	Count, Min, Max, Sum int64 // Sum is at most the largest int64
	from                 int   // the first bucket that there is
	buckets              []int64
}

// Add counts a value; one below 0 is 0.
func (d *Distribution) Add(v int64) {
	v = max(v, 0)
	if d.Count == 0 || v < d.Min {
		d.Min = v
	}
	d.Max = max(d.Max, v)
	d.Count++
	d.Sum += min(v, math.MaxInt64-d.Sum)
	d.buckets[d.place(bucketOf(v))]++
}

// place is where a bucket is, which there is from then on.
func (d *Distribution) place(bucket int) int {
	switch {
	case len(d.buckets) == 0:
		d.from, d.buckets = bucket, make([]int64, 1, 4)
	case bucket < d.from:
		d.buckets = slices.Concat(make([]int64, d.from-bucket), d.buckets)
		d.from = bucket
	case bucket >= d.from+len(d.buckets):
		d.buckets = append(d.buckets, make([]int64, bucket-d.from-len(d.buckets)+1)...)
	}
	return bucket - d.from
}

// snapshot is a copy that stays as it is.
func (d *Distribution) snapshot() Distribution {
	c := *d
	c.buckets = slices.Clone(d.buckets)
	return c
}

// bucketOf is the bucket of a value: below twice subBuckets each has one of its own.
func bucketOf(v int64) int {
	e := max(bits.Len64(uint64(v))-4, 0)
	return subBuckets*e + int(v>>e)
}

// bucketFrom is the smallest value of a bucket.
func bucketFrom(i int) int64 {
	if i < 2*subBuckets {
		return int64(i)
	}
	e := i/subBuckets - 1
	return int64(subBuckets+i%subBuckets) << e
}

// bucketTo is the largest value of a bucket.
func bucketTo(i int) int64 {
	if i >= bucketOf(math.MaxInt64) {
		return math.MaxInt64
	}
	return bucketFrom(i+1) - 1
}

// Quantile is the smallest value that a share of q of all values, from 0 to 1, does not exceed, as
// near as the buckets tell: it is at most an eighth too large. Of an empty distribution it is 0.
func (d *Distribution) Quantile(q float64) int64 {
	if d.Count == 0 {
		return 0
	}
	rank := int64(math.Ceil(min(max(q, 0), 1) * float64(d.Count)))
	if rank <= 1 {
		return d.Min
	}
	rank = min(rank, d.Count) // as float64 rounds it may be above
	var seen int64
	for i, n := range d.buckets {
		if seen += n; seen >= rank {
			return min(bucketTo(d.from+i), d.Max)
		}
	}
	return d.Max
}

// A Bucket is a range of values, both ends included, and how many there were.
type Bucket struct{ From, To, Count int64 }

// Buckets parts the values from Min to Max into at most n ranges, for drawing, that each grow by
// the same factor, as nearly as whole numbers can. Of an empty distribution, and with n below 1,
// there are none.
func (d *Distribution) Buckets(n int) []Bucket {
	if d.Count == 0 || n < 1 {
		return nil
	}
	first, last := bucketOf(d.Min), bucketOf(d.Max)
	each := (last - first + n) / n // buckets in a range, rounded up
	var list []Bucket
	for i := first; i <= last; i += each {
		end := min(i+each-1, last)
		b := Bucket{From: max(bucketFrom(i), d.Min), To: min(bucketTo(end), d.Max)}
		for _, count := range d.buckets[i-d.from : end+1-d.from] {
			b.Count += count
		}
		list = append(list, b)
	}
	return list
}
