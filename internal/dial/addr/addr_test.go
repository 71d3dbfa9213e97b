package addr

import (
	"context"
	"errors"
	"net"
	"reflect"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// conn is a connection that knows whose it is, and whether it was closed.
type conn struct {
	net.Conn
	address string
	closed  bool
}

func (c *conn) Close() error {
	c.closed = true
	return nil
}

// An answer is what becomes of a try: after a time, an error or a connection; a time of 0 is never.
type answer struct {
	after time.Duration
	err   error
	deaf  bool // it connects, though its context ends
}

func TestRace(t *testing.T) {
	refused, unreachable := errors.New("refused"), errors.New("unreachable")
	const ms = time.Millisecond
	dead := answer{}
	tests := []struct {
		name    string
		answers []answer
		limit   time.Duration
		won     string // the number of the address, or the error
		after   time.Duration
		begun   []time.Duration // when each was tried
	}{
		{"one", []answer{{after: 30 * ms}}, 0, "0", 30 * ms, []time.Duration{0}},
		{"the first is dead", []answer{dead, {after: 30 * ms}}, 0, "1", 280 * ms,
			[]time.Duration{0, 250 * ms}},
		{"the first is slow", []answer{{after: 300 * ms}, {after: 100 * ms}}, 0, "0", 300 * ms,
			[]time.Duration{0, 250 * ms}},
		{"the first is refused", []answer{{after: 20 * ms, err: refused}, {after: 10 * ms}}, 0, "1",
			30 * ms, []time.Duration{0, 20 * ms}},
		{"a refusal during the wait for another", []answer{
			dead, {after: 100 * ms, err: refused}, {after: 400 * ms}, dead,
		}, 0, "2", 750 * ms, []time.Duration{0, 250 * ms, 350 * ms, 600 * ms}},
		{"all are refused", []answer{
			{after: 20 * ms, err: unreachable}, {after: 10 * ms, err: refused},
		}, 0, "unreachable", 30 * ms, []time.Duration{0, 20 * ms}},
		{"the first fails last", []answer{
			{after: 900 * ms, err: unreachable}, {after: 10 * ms, err: refused},
		}, 0, "unreachable", 900 * ms, []time.Duration{0, 250 * ms}},
		{"eleven dead ones", append(make([]answer, 11), answer{after: 10 * ms}), 10 * time.Second,
			"11", 2760 * ms, nil},
		{"all are dead", make([]answer, 3), time.Second, "context deadline exceeded", time.Second,
			[]time.Duration{0, 250 * ms, 500 * ms}},
		{"an error for all", []answer{
			dead, {after: 50 * ms, err: &Stop{refused}}, {after: 10 * ms},
		}, 0, "refused", 300 * ms, []time.Duration{0, 250 * ms}},
		{"one that comes too late", []answer{{after: 400 * ms}, {after: 160 * ms, deaf: true}}, 0, "0",
			410 * ms, []time.Duration{0, 250 * ms}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { play(t, tt.answers, tt.limit, tt.won, tt.after, tt.begun) })
		})
	}
}

func play(
	t *testing.T, answers []answer, limit time.Duration, want string, after time.Duration,
	begun []time.Duration,
) {
	ctx := t.Context()
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	var addresses []string
	for i := range answers {
		addresses = append(addresses, strconv.Itoa(i))
	}
	start, tried := time.Now(), make([]time.Duration, len(answers))
	conns := make([]*conn, len(answers))
	nc, err := Race(ctx, Of(addresses...), func(ctx context.Context, address string) (net.Conn, error) {
		n, _ := strconv.Atoi(address)
		tried[n] = time.Since(start) + 1
		var due <-chan time.Time
		if a := answers[n]; a.after > 0 {
			due = time.After(a.after)
		}
		ended := ctx.Done()
		if answers[n].deaf {
			ended = nil
		}
		select {
		case <-due:
			if answers[n].err != nil {
				return nil, answers[n].err
			}
			conns[n] = &conn{address: address}
			return conns[n], nil
		case <-ended:
			return nil, ctx.Err()
		}
	})
	got := ""
	if err != nil {
		got = err.Error()
	} else {
		got = nc.(*conn).address
	}
	if took := time.Since(start); got != want || took != after {
		t.Errorf("%s after %v, want %s after %v", got, took, want, after)
	}
	var list []time.Duration
	for _, at := range tried {
		if at > 0 {
			list = append(list, at-1)
		}
	}
	if begun != nil && !reflect.DeepEqual(list, begun) {
		t.Errorf("tried at %v, want %v", list, begun)
	}
	for i, c := range conns {
		if c != nil && c.closed == (strconv.Itoa(i) == want) {
			t.Errorf("the connection to %d is closed: %v", i, c.closed)
		}
	}
}
