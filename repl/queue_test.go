package repl

import (
	"strings"
	"testing"
	"testing/synctest"
)

func appendText(text string) func([]byte) []byte {
	return func(dst []byte) []byte { return append(dst, text...) }
}

// What takes long to format keeps nobody else waiting.
func TestQueueFormatsOutsideOfItsLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, formatting := newQueue(""), make(chan struct{})
		q.add(false, appendText("one"))
		go q.add(false, func(dst []byte) []byte {
			<-formatting
			return append(dst, "slow\n"...)
		})
		synctest.Wait()
		q.add(true, appendText("two"))
		if all, _, _ := q.take(nil); string(all) != "one\ntwo\n" {
			t.Errorf("took %q", all)
		}
		close(formatting)
		synctest.Wait()
		if all, _, _ := q.take(nil); string(all) != "slow\n" {
			t.Errorf("took %q", all)
		}
	})
}

func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, added := newQueue(""), 0
		line := strings.Repeat("x", 1000)
		go func() {
			for ; added < 1000; added++ {
				q.add(false, appendText(line))
			}
		}()
		synctest.Wait()
		if added*1001 < queueSize || added*1001 > queueSize+2000 {
			t.Errorf("%d lines wait", added)
		}
		got := 0
		for spare := []byte(nil); got < 1000*1001; {
			spare, _, _ = q.take(spare)
			got += len(spare)
			synctest.Wait()
		}
		if got != 1000*1001 {
			t.Errorf("took %d bytes", got)
		}
	})
}

func TestQueueThatIsDiscarded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, formatting := newQueue(""), make(chan struct{})
		go q.add(false, func(dst []byte) []byte {
			<-formatting
			return append(dst, "late\n"...)
		})
		synctest.Wait()
		q.discard()
		close(formatting)
		synctest.Wait()
		q.add(true, appendText("urgent"))
		if all, _, _ := q.take(nil); string(all) != "urgent\n" {
			t.Errorf("took %q", all)
		}
	})
}
