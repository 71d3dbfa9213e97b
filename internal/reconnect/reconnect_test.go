package reconnect

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wire"
	"wsline/session"
)

func closed(code wire.StatusCode) *session.End {
	return &session.End{Cause: session.CauseClosed, Received: true, Code: code, Sent: code}
}

func broke(section string) *session.End {
	return &session.End{Cause: session.CauseProtocol, Sent: 1002, Code: 1006,
		Err: &wire.Error{Code: 1002, Section: section}}
}

func TestEnds(t *testing.T) {
	list := func(s string) Causes {
		c, err := ParseCauses(s)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, tt := range []struct {
		name   string
		policy Policy
		end    *session.End
		want   bool
	}{
		{"1000", Policy{}, closed(1000), false},
		{"1001", Policy{}, closed(1001), true},
		{"no code", Policy{}, closed(1005), true},
		{"1008", Policy{}, closed(1008), false},
		{"1009", Policy{}, closed(1009), false},
		{"1011", Policy{}, closed(1011), true},
		{"1012", Policy{}, closed(1012), true},
		{"1013", Policy{}, closed(1013), true},
		{"3000", Policy{}, closed(3000), false},
		{"3001", Policy{}, closed(3001), true},
		{"4000", Policy{}, closed(4000), false},
		{"4999", Policy{}, closed(4999), false},
		{"1000, always", Policy{Always: true}, closed(1000), true},
		{"4001, listed", Policy{On: list("40xx")}, closed(4001), true},
		{"4101, not listed", Policy{On: list("40xx")}, closed(4101), false},
		{"1012, not wanted", Policy{GiveUp: list("1012")}, closed(1012), false},
		{"1012, always but not wanted", Policy{Always: true, GiveUp: list("1012")}, closed(1012), false},
		{"broken", Policy{}, &session.End{Cause: session.CauseBroken, Code: 1006}, true},
		{"broken, not wanted", Policy{GiveUp: list("1006")},
			&session.End{Cause: session.CauseBroken, Code: 1006}, false},
		{"no pong", Policy{}, &session.End{Cause: session.CauseTimeout, Code: 1006}, true},
		{"a code that may not be sent", Policy{}, broke("RFC 6455 §7.4"), true},
		{"a frame that is none", Policy{}, broke("RFC 6455 §5.2"), false},
		{"HTTP in place of a frame", Policy{},
			&session.End{Cause: session.CauseProtocol, Err: &session.HTTPError{}}, true},
		{"too big", Policy{}, &session.End{Cause: session.CauseTooBig, Sent: 1009}, false},
		{"dropped", Policy{Always: true}, &session.End{Cause: session.CauseDropped}, false},
		{"closed by us", Policy{Always: true},
			&session.End{Cause: session.CauseClosed, ByUs: true, Code: 1000}, false},
	} {
		if got := tt.policy.Passes(tt.end); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func failed(kind dial.Kind, reason dial.Reason, status int) *dial.Error {
	return &dial.Error{Kind: kind, Reason: reason, Status: status, Handshake: &dial.Handshake{}}
}

func TestFailures(t *testing.T) {
	for _, tt := range []struct {
		name       string
		err        error
		first, let bool // passed over before the URL has let in, and after
	}{
		{"refused", failed(dial.KindConnect, dial.ReasonPortClosed, 0), true, true},
		{"no such name", failed(dial.KindConnect, dial.ReasonNameNotFound, 0), true, true},
		{"late", failed(dial.KindTimeout, dial.ReasonLateUpgrade, 0), true, true},
		{"no answer", failed(dial.KindHandshake, dial.ReasonBroken, 0), true, true},
		{"TLS broken", failed(dial.KindTLS, dial.ReasonTLSAlert, 0), true, true},
		{"certificate", failed(dial.KindTLS, dial.ReasonCertExpired, 0), false, false},
		{"200", failed(dial.KindHandshake, dial.ReasonStatus, 200), false, true},
		{"400", failed(dial.KindHandshake, dial.ReasonStatus, 400), false, true},
		{"401", failed(dial.KindHandshake, dial.ReasonStatus, 401), false, false},
		{"403", failed(dial.KindHandshake, dial.ReasonStatus, 403), false, false},
		{"404", failed(dial.KindHandshake, dial.ReasonStatus, 404), false, false},
		{"407", failed(dial.KindConnect, dial.ReasonProxyAuth, 407), true, false},
		{"410", failed(dial.KindHandshake, dial.ReasonStatus, 410), false, false},
		{"429", failed(dial.KindHandshake, dial.ReasonStatus, 429), true, true},
		{"500", failed(dial.KindHandshake, dial.ReasonStatus, 500), false, true},
		{"503", failed(dial.KindHandshake, dial.ReasonStatus, 503), true, true},
		{"not HTTP", failed(dial.KindHandshake, dial.ReasonNotHTTP, 0), false, true},
		{"cancelled", failed(dial.KindCanceled, 0, 0), false, false},
		{"no request", &dial.Error{}, false, false},
		{"ours", errors.New("no file"), false, false},
	} {
		var p Policy
		if first, let := p.failure(tt.err, false), p.failure(tt.err, true); first != tt.first || let != tt.let {
			t.Errorf("%s: %v and %v, want %v and %v", tt.name, first, let, tt.first, tt.let)
		}
	}
	p := Policy{On: Causes{{404, 404}}, GiveUp: Causes{{500, 599}}}
	if !p.failure(failed(dial.KindHandshake, dial.ReasonStatus, 404), false) ||
		p.failure(failed(dial.KindHandshake, dial.ReasonStatus, 503), true) {
		t.Error("the lists are not heeded")
	}
}

func TestParseCauses(t *testing.T) {
	got, err := ParseCauses("503, 1008,4000-4099,45xx,5xx")
	want := Causes{{503, 503}, {1008, 1008}, {4000, 4099}, {4500, 4599}, {500, 599}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, s := range []string{"", "x", "50", "600", "5000", "1008,", "4099-4000", "503-1008", "+503", "0503"} {
		if got, err := ParseCauses(s); err == nil || !strings.Contains(err.Error(), "is not a status") {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
}

// A thousand clients of one server that is away for three seconds are back soon after, and not in one
// instant.
func TestThousandClients(t *testing.T) {
	const outage = 3 * time.Second
	var back []time.Duration
	for range 1000 {
		b := backoff{policy: &Policy{}}
		at := time.Duration(0)
		for first := true; first || at < outage; first = false {
			at += b.next()
		}
		back = append(back, at)
	}
	slices.Sort(back)
	if first, half, last := back[0], back[500], back[999]; first > outage+time.Second ||
		half > outage+3*time.Second || last > outage+mostDelay || last-first < time.Second {
		t.Errorf("back after %v, %v, %v", first, half, last)
	}
	b := backoff{policy: &Policy{Delay: time.Second, Max: 3 * time.Second}}
	for n, most := range []time.Duration{1, 2, 3, 3, 3} {
		if wait := b.next(); wait > most*time.Second || n > 0 && wait < most*time.Second/2 {
			t.Errorf("wait %d is %v", n, wait)
		}
	}
}

// A script says what comes of each try: an error, or nil for a connection.
type script struct {
	results []error
	at      []time.Duration
	begun   time.Time
}

func (s *script) open(_ context.Context, handle func(*session.Event)) (*session.Session, error) {
	n := len(s.at)
	s.at = append(s.at, time.Since(s.begun))
	handle(&session.Event{Kind: session.KindNotice, Text: "through a proxy"})
	if n < len(s.results) && s.results[n] != nil {
		return nil, s.results[n]
	}
	handle(&session.Event{Kind: session.KindOpen, Time: time.Now()})
	return &session.Session{}, nil
}

func play(s *script, p Policy) (d *Dialer, told *[]string, handle func(*session.Event)) {
	told = &[]string{}
	s.begun = time.Now()
	d = &Dialer{Policy: p, Open: s.open, Reason: func(*session.End) string { return "it broke" }}
	return d, told, func(ev *session.Event) {
		switch ev.Kind {
		case session.KindOpen:
			*told = append(*told, "open")
		case session.KindGap:
			*told = append(*told, fmt.Sprintf("gap: %s, %d tries, down %v", ev.Gap.Cause, ev.Gap.Tries,
				ev.Gap.Down > 0))
		default:
			*told = append(*told, ev.Text)
		}
	}
}

func TestAgain(t *testing.T) {
	refused := failed(dial.KindConnect, dial.ReasonPortClosed, 0)
	refused.Text = "refused"
	busy := failed(dial.KindHandshake, dial.ReasonStatus, 503)
	busy.Text, busy.Header = "busy", http.Header{"Retry-After": {"30"}}
	gone := failed(dial.KindHandshake, dial.ReasonStatus, 410)
	gone.Text = "gone"
	lost := &session.End{Cause: session.CauseBroken, Code: 1006, Before: session.Before{Life: time.Hour}}
	for _, tt := range []struct {
		name    string
		policy  Policy
		results []error // of the tries after the first
		end     *session.End
		want    []string
		err     error
		least   time.Duration
	}{
		{"at once", Policy{}, nil, lost, []string{
			"it broke; connecting again", "gap: it broke, 1 tries, down true", "open"}, nil, 0},
		{"later", Policy{}, []error{refused, refused, busy, nil}, lost, []string{
			"it broke; connecting again", "refused; trying again", "busy; trying again",
			"the server asks to come back in 30s", "gap: it broke, 4 tries, down true", "open"}, nil,
			30 * time.Second},
		{"gone", Policy{}, []error{refused, gone}, lost, []string{
			"it broke; connecting again", "refused; trying again"}, gone, 0},
		{"so many", Policy{Tries: 2}, []error{refused, refused, nil}, lost, []string{
			"it broke; connecting again", "refused; trying again", "given up after 2 attempts"}, refused, 0},
		{"so long", Policy{Timeout: time.Second}, []error{refused, refused, refused, refused, refused}, lost,
			[]string{"it broke; connecting again", "refused; trying again",
				"given up: the next attempt would come after 1s"}, refused, 0},
		{"not at all", Policy{}, nil, closed(1000), nil, nil, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{results: append([]error{nil}, tt.results...)}
			d, told, handle := play(s, tt.policy)
			if _, err := d.First(t.Context(), handle); err != nil {
				t.Fatal(err)
			}
			_, err := d.Again(t.Context(), tt.end, handle)
			want := append([]string{"through a proxy", "open"}, tt.want...)
			if !slices.Equal(*told, want) || err != tt.err || time.Since(s.begun) < tt.least {
				t.Errorf("%s: %v after %v: %q", tt.name, err, time.Since(s.begun), *told)
			}
		})
	}
}

func TestFirst(t *testing.T) {
	refused := failed(dial.KindConnect, dial.ReasonPortClosed, 0)
	refused.Text = "refused"
	synctest.Test(t, func(t *testing.T) {
		s := &script{results: []error{refused, refused, nil}}
		d, _, handle := play(s, Policy{})
		if _, err := d.First(t.Context(), handle); err != refused {
			t.Errorf("%v", err)
		}
		s = &script{results: []error{refused, refused, nil}}
		d, told, handle := play(s, Policy{Start: true})
		_, err := d.First(t.Context(), handle)
		want := []string{"through a proxy", "refused; trying again", "gap: refused, 3 tries, down true", "open"}
		if err != nil || !slices.Equal(*told, want) {
			t.Errorf("%v: %q", err, *told)
		}
	})
}

// A signal ends the waiting at once.
func TestAgainIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := failed(dial.KindConnect, dial.ReasonPortClosed, 0)
		s := &script{results: []error{nil, refused, refused, refused, refused, refused, refused}}
		d, _, handle := play(s, Policy{Max: time.Hour, Delay: time.Hour})
		d.First(t.Context(), handle)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := d.Again(ctx, &session.End{Cause: session.CauseBroken}, handle)
		if took := time.Since(s.begun); !errors.Is(err, context.DeadlineExceeded) || took != time.Minute {
			t.Errorf("%v after %v", err, took)
		}
	})
}

// A connection that breaks again and again within a minute is opened ever more rarely; one that has
// lived is opened at once.
func TestBackoffGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		d, _, handle := play(s, Policy{})
		d.First(t.Context(), handle)
		end := &session.End{Cause: session.CauseBroken}
		wait := func() time.Duration {
			begun := time.Now()
			d.Again(t.Context(), end, handle)
			return time.Since(begun)
		}
		for range 8 {
			wait()
		}
		if took := wait(); took < mostDelay/2 || took > mostDelay {
			t.Errorf("after many breaks it waits %v", took)
		}
		end.Life = goodLife
		if took := wait(); took > firstDelay {
			t.Errorf("after a good life it waits %v", took)
		}
	})
}
