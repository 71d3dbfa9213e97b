package command

import (
	"io"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

// slowFile gives a piece every second.
type slowFile struct{ left int }

func (s *slowFile) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	time.Sleep(time.Second)
	s.left--
	return len(p), nil
}

func TestMeter(t *testing.T) {
	for pieces, want := range map[int][]string{
		0: nil,
		1: {`sending "f": 64.0 KiB of 64.0 KiB, 64.0 KiB/s, 0s left`, `sent "f": 64.0 KiB in 1s`},
		3: {`sending "f": 64.0 KiB of 192.0 KiB, 64.0 KiB/s, 2s left`,
			`sending "f": 128.0 KiB of 192.0 KiB, 64.0 KiB/s, 1s left`,
			`sending "f": 192.0 KiB of 192.0 KiB, 64.0 KiB/s, 0s left`, `sent "f": 192.0 KiB in 3s`},
	} {
		synctest.Test(t, func(t *testing.T) {
			var told []string
			env := &Env{Progress: func(text string) { told = append(told, text) }}
			m := newMeter(t.Context(), env, &slowFile{pieces}, "sending", "f", int64(pieces*pieceSize))
			if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, m, make([]byte, pieceSize)); err != nil {
				t.Error(err)
			}
			m.end("sent")
			if !reflect.DeepEqual(told, want) {
				t.Errorf("told %q, want %q", told, want)
			}
		})
	}
}

func TestProgressText(t *testing.T) {
	for _, tt := range []struct {
		sent, total int64
		took        time.Duration
		want        string
	}{
		{0, 1000, 0, "0 bytes of 1000 bytes, 0 bytes/s"},
		{512, 1024, time.Second, "512 bytes of 1.0 KiB, 512 bytes/s, 1s left"},
		{12 << 20, 4 << 30, time.Second, "12.0 MiB of 4.0 GiB, 12.0 MiB/s, 5m40s left"},
		{3 << 20, 0, 2 * time.Second, "3.0 MiB, 1.5 MiB/s"},
		{4 << 40, 2 << 40, time.Second, "4.0 TiB of 2.0 TiB, 4.0 TiB/s"}, // the file grew
		{1023 << 10, 0, time.Second, "1.0 MiB, 1.0 MiB/s"},
	} {
		if got := ProgressText(tt.sent, tt.total, tt.took); got != tt.want {
			t.Errorf("%d of %d in %v: %q, want %q", tt.sent, tt.total, tt.took, got, tt.want)
		}
	}
}
