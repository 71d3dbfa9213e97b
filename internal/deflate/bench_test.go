package deflate

import (
	"bytes"
	"compress/flate"
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkPack compresses messages that resemble each other, beside the standard library's fastest.
func BenchmarkPack(b *testing.B) {
	for _, size := range []int{59, 1 << 10, 16 << 10, 256 << 10} {
		rng := rand.New(rand.NewPCG(1, 1))
		all := make([][]byte, 100)
		for i := range all {
			for len(all[i]) < size {
				all[i] = fmt.Appendf(all[i], `{"id":%d,"name":"user %d","tags":["a","b"],"ok":true}`,
					rng.IntN(1e6), i)
			}
			all[i] = all[i][:size]
		}
		for _, ours := range []bool{true, false} {
			name := map[bool]string{true: "ours", false: "flate"}[ours]
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				b.SetBytes(int64(size))
				b.ReportAllocs()
				var total int
				w, out := NewWriter(MaxBits), []byte(nil)
				var buf bytes.Buffer
				fw, _ := flate.NewWriter(&buf, flate.BestSpeed)
				for i := 0; b.Loop(); i++ {
					message := all[i%len(all)]
					if ours {
						out = w.Flush(w.Append(out[:0], message))
						total += len(out)
						continue
					}
					buf.Reset()
					fw.Write(message)
					fw.Flush()
					total += buf.Len() - len(syncTail)
				}
				b.ReportMetric(float64(total)/float64(b.N), "packed-B/op")
			})
		}
	}
}
