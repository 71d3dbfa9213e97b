package stats

import (
	"bytes"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"
	"unicode"

	"github.com/mattn/go-runewidth"

	"wsline/session"
)

var now = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}

func sampleStats() session.Stats {
	st := session.Stats{
		Since:      now.Add(-83 * time.Second),
		MessagesIn: 1234, MessagesOut: 567, BytesIn: 1 << 20, BytesOut: 34567,
		PingsIn: 2, PingsOut: 40, PongsIn: 40, RTT: 1234567,
		WireIn: 1<<20 + 6000, WireOut: 38000,
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range st.MessagesIn {
		st.SizesIn.Add(int64(math.Exp(r.NormFloat64()*1.2 + 6)))
	}
	for range st.MessagesOut {
		st.SizesOut.Add(60 + r.Int64N(3))
	}
	for range st.PongsIn {
		st.RoundTrips.Add(int64(math.Exp(r.NormFloat64()*0.5 + 14)))
	}
	return st
}

func TestStatsGolden(t *testing.T) {
	one := session.Stats{Since: now, MessagesIn: 1, BytesIn: 5}
	one.SizesIn.Add(5)
	for name, tt := range map[string]struct {
		st    session.Stats
		width int
	}{
		"full": {sampleStats(), 0}, "narrow": {sampleStats(), 44},
		"fresh": {session.Stats{Since: now}, 80}, "one": {one, 80},
		"unwatched": {session.Stats{
			Since: now.Add(-50 * time.Hour), MessagesIn: 3, BytesIn: 5 << 40, RTT: 2500,
		}, 80},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, "testdata/"+name+".golden", Append(nil, tt.st, now, tt.width))
		})
	}
}

func isUnsafe(r rune) bool { return !unicode.IsPrint(r) }

func TestStatsFit(t *testing.T) {
	st := sampleStats()
	st.SizesIn.Add(math.MaxInt64)
	st.RoundTrips.Add(math.MaxInt64)
	for _, width := range []int{44, 60, 80, 200} {
		for line := range bytes.Lines(Append(nil, st, now, width)) {
			text := bytes.TrimSuffix(line, []byte("\n"))
			if n := runewidth.StringWidth(string(text)); n > width || bytes.ContainsFunc(text, isUnsafe) {
				t.Errorf("%d of %d columns: %s", n, width, text)
			}
			if bytes.HasSuffix(text, []byte(" ")) {
				t.Errorf("%q ends in a space", text)
			}
		}
	}
}

func TestStatsKeepWhatStandsBefore(t *testing.T) {
	got := Append([]byte("before \n"), session.Stats{RTT: 1}, now, 0)
	if !bytes.HasPrefix(got, []byte("before \n")) {
		t.Errorf("%q", got)
	}
}

func TestBar(t *testing.T) {
	tests := []struct {
		n, most int64
		want    string
	}{
		{0, 8, ""}, {1, 8, "█"}, {8, 8, "████████"}, {1, 1000000, "▏"}, {3, 16, "█▌"},
		{math.MaxInt64, math.MaxInt64, "████████"}, {0, 0, ""}, {-1, 5, ""}, {63, 64, "███████▉"},
	}
	for _, tt := range tests {
		if got := bar(tt.n, tt.most, 8); got != tt.want {
			t.Errorf("%d of %d: %q, want %q", tt.n, tt.most, got, tt.want)
		}
	}
}

func TestSizeText(t *testing.T) {
	tests := []struct {
		in   float64
		want string
	}{
		{0, "0 B"}, {1, "1 B"}, {1023, "1023 B"}, {1024, "1.0 KiB"}, {1 << 20, "1.0 MiB"},
		{1<<20 - 1, "1.0 MiB"}, {1<<20 - 60, "1023.9 KiB"}, {6.832, "6.83 B"}, {12.34, "12.3 B"},
		{1e-9, "< 0.01 B"}, {99.96, "100 B"}, {math.MaxInt64, "8.0 EiB"},
	}
	for _, tt := range tests {
		if got := sizeText(tt.in); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestSpanText(t *testing.T) {
	for in, want := range map[time.Duration]string{
		0: "0s", 83400 * time.Millisecond: "1m23s", 50 * time.Hour: "2d2h0m0s",
	} {
		if got := spanText(in); got != want {
			t.Errorf("%v: %s, want %s", in, got, want)
		}
	}
}
