package session

import (
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"wsline/internal/wire"
)

// begun is the beginning of a binary message from a client, of which more is to come.
func begun(size int) string {
	h := wire.Header{Opcode: wire.OpBinary, Masked: true, Length: int64(size)}
	return string(h.Append(nil)) + strings.Repeat("x", size)
}

// finished is its end.
var finished = fromClient(0x80, "")

// The messages of all sessions share what there is; one for which nothing is left ends its connection.
func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := NewBudget(900 << 10)
		leave := make(chan struct{})
		var got string
		big := accept(t, Config{Memory: memory}, nil, func(nc net.Conn) { // takes 256 KiB, and stays
			io.WriteString(nc, begun(200<<10))
			<-leave
			got = converse(nc, finished+fromClient(0x88, ""))
		})
		synctest.Wait()
		var small, refused string
		one := accept(t, Config{Memory: memory}, nil, func(nc net.Conn) {
			small = converse(nc, begun(freeBuffer)+finished+fromClient(0x88, ""))
		})
		one.Wait()
		synctest.Wait()
		if small != "\x88\x00" {
			t.Errorf("a small message: %q", small)
		}
		other := accept(t, Config{Memory: memory}, nil, func(nc net.Conn) {
			refused = converse(nc, begun(300<<10))
		})
		end := other.Wait()
		synctest.Wait()
		if end.Cause != CauseTooBig || end.Sent != wire.StatusTryAgainLater ||
			end.Err.Error() != "the messages that are coming take more than 921600 bytes together" {
			t.Errorf("a large one: %+v", end)
		}
		if refused != "\x88\x21\x03\xf5too many large messages at once" {
			t.Errorf("it was told %q", refused)
		}
		close(leave)
		end = big.Wait()
		synctest.Wait()
		if end.Cause != CauseClosed || got != "\x88\x00" {
			t.Errorf("the first: %+v, %q", end, got)
		}
		again := accept(t, Config{Memory: memory}, nil, func(nc net.Conn) {
			got = converse(nc, begun(300<<10)+finished+begun(300<<10)+finished+fromClient(0x88, ""))
		})
		if end := again.Wait(); end.Cause != CauseClosed {
			t.Errorf("when there is room again: %+v", end)
		}
		alone := accept(t, Config{Memory: memory}, nil, func(nc net.Conn) {
			refused = converse(nc, begun(600<<10))
		})
		if end := alone.Wait(); end.Cause != CauseTooBig || end.Sent != wire.StatusMessageTooBig ||
			end.Err.Error() != "a message takes more than the 921600 bytes that there are for all" {
			t.Errorf("one that never has room: %+v", end)
		}
		if used := memory.used.Load(); used != 0 {
			t.Errorf("%d bytes are not given back", used)
		}
	})
}
