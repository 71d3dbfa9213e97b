package session

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestDistributionAgainstASortedSlice(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		var d Distribution
		var all []int64
		var sum int64
		for range 1 + r.IntN(500) {
			v := r.Int64() >> r.IntN(63)
			if seed%3 == 0 {
				v = r.Int64N(40)
			}
			d.Add(v)
			all = append(all, v)
			sum += min(v, math.MaxInt64-sum)
		}
		slices.Sort(all)
		n := int64(len(all))
		if d.Count != n || d.Min != all[0] || d.Max != all[n-1] || d.Sum != sum {
			t.Fatalf("seed %d: %d from %d to %d, sum %d", seed, d.Count, d.Min, d.Max, d.Sum)
		}
		for _, q := range []float64{-1, 0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1, 2} {
			rank := int64(math.Ceil(min(max(q, 0), 1) * float64(n)))
			want := all[max(rank-1, 0)]
			if got := d.Quantile(q); got < want || float64(got) > float64(want)*1.125 {
				t.Fatalf("seed %d: quantile %v is %d, want %d", seed, q, got, want)
			}
		}
		checkBuckets(t, &d, all, 1+r.IntN(30))
	}
}

// checkBuckets checks that the ranges follow each other from Min to Max and count what is in them.
func checkBuckets(t *testing.T, d *Distribution, all []int64, n int) {
	t.Helper()
	list := d.Buckets(n)
	if len(list) == 0 || len(list) > n || list[0].From != d.Min || list[len(list)-1].To != d.Max {
		t.Fatalf("%d of %d ranges: %v of %d to %d", len(list), n, list, d.Min, d.Max)
	}
	for i, b := range list {
		if i > 0 && b.From != list[i-1].To+1 || b.To < b.From {
			t.Fatalf("range %d does not follow: %v", i, list)
		}
		var count int64
		for _, v := range all {
			if v >= b.From && v <= b.To {
				count++
			}
		}
		if count != b.Count {
			t.Fatalf("range %v has %d values", b, count)
		}
	}
}

func TestDistributionEdges(t *testing.T) {
	var d Distribution
	if d.Quantile(0.5) != 0 || d.Buckets(10) != nil {
		t.Error("an empty one has values")
	}
	d.Add(-5)
	d.Add(math.MaxInt64)
	d.Add(math.MaxInt64)
	if d.Min != 0 || d.Max != math.MaxInt64 || d.Sum != math.MaxInt64 || d.Quantile(1) != math.MaxInt64 {
		t.Errorf("%d to %d, sum %d", d.Min, d.Max, d.Sum)
	}
	if d.Buckets(0) != nil || len(d.Buckets(1)) != 1 {
		t.Error("ranges")
	}
	for i := range bucketOf(math.MaxInt64) {
		if bucketOf(bucketFrom(i)) != i || bucketOf(bucketTo(i)) != i || bucketTo(i)+1 != bucketFrom(i+1) {
			t.Fatalf("bucket %d is %d to %d", i, bucketFrom(i), bucketTo(i))
		}
	}
}
