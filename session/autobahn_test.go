package session_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wstest"
	"wsline/session"
)

const (
	autobahnAgent = "wsline"
	autobahnLimit = 10 * time.Minute // for one case: the suite's own is 8
)

// autobahn is a fuzzing server of the Autobahn test suite; docs/conformance.md says how to run one.
type autobahn struct {
	base   string // ws://127.0.0.1:9001
	report string // the index.json that the suite writes, "" when it cannot be read
}

// verdict is what the suite says of a case.
type verdict struct {
	ID       string `json:"id"`
	Behavior string `json:"behavior"`
	Close    string `json:"behaviorClose"` // only in the report
}

// TestAutobahn runs every case of the server at AUTOBAHN_URL, and reads the verdicts on how the
// connections were closed from AUTOBAHN_REPORT.
func TestAutobahn(t *testing.T) {
	a := autobahn{base: os.Getenv("AUTOBAHN_URL"), report: os.Getenv("AUTOBAHN_REPORT")}
	if a.base == "" {
		t.Skip("AUTOBAHN_URL is not set: see docs/conformance.md")
	}
	verdicts, err := a.runAll(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		if !v.passed() {
			t.Errorf("case %s: %s, closing %s", v.ID, v.Behavior, v.Close)
		}
	}
	t.Logf("%d cases", len(verdicts))
}

// runAll runs all cases, one after the other.
func (a autobahn) runAll(ctx context.Context) ([]verdict, error) {
	var count int
	if err := a.ask(ctx, "/getCaseCount", nil, &count); err != nil {
		return nil, err
	}
	agent := url.Values{"agent": {autobahnAgent}}
	all := make([]verdict, count)
	for i := range all {
		query := url.Values{"agent": {autobahnAgent}, "case": {strconv.Itoa(i + 1)}}
		if err := a.ask(ctx, "/getCaseInfo", query, &all[i]); err != nil {
			return nil, err
		}
		if _, err := a.open(ctx, "/runCase", query, true); err != nil {
			return nil, fmt.Errorf("case %s: %w", all[i].ID, err)
		}
		if err := a.ask(ctx, "/getCaseStatus", query, &all[i]); err != nil {
			return nil, err
		}
	}
	if _, err := a.open(ctx, "/updateReports", agent, false); err != nil {
		return nil, err
	}
	return all, a.readReport(all)
}

// ask opens a path and parses the message that comes, which is JSON.
func (a autobahn) ask(ctx context.Context, path string, query url.Values, into any) error {
	message, err := a.open(ctx, path, query, false)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(message, into); err != nil {
		return fmt.Errorf("%s answered %q", path, message)
	}
	return nil
}

// open stays connected until the server closes, and returns the last message that came.
func (a autobahn) open(ctx context.Context, path string, query url.Values, echo bool) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, autobahnLimit)
	defer cancel()
	u, err := url.Parse(strings.TrimSuffix(a.base, "/") + path + "?" + query.Encode())
	if err != nil {
		return nil, err
	}
	var message []byte
	cfg := &session.Config{Echo: echo,
		Dial: dial.Config{URL: u, Compress: echo, ClientWindowBits: dial.AnyWindowBits}}
	s, err := session.Open(ctx, cfg, func(ev *session.Event) {
		if ev.Kind == session.KindMessage && !echo {
			message = slices.Clone(ev.Payload)
		}
	})
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, s.Drop)
	defer stop()
	s.Wait()
	return message, ctx.Err()
}

// readReport adds what only the report says.
func (a autobahn) readReport(all []verdict) error {
	if a.report == "" {
		return nil
	}
	b, err := os.ReadFile(a.report)
	if err != nil {
		return err
	}
	var index map[string]map[string]verdict // by agent and case
	if err := json.Unmarshal(b, &index); err != nil {
		return fmt.Errorf("%s: %w", a.report, err)
	}
	for i, v := range all {
		all[i].Close = index[autobahnAgent][v.ID].Close
		if all[i].Close == "" {
			return fmt.Errorf("%s: nothing about case %s", a.report, v.ID)
		}
	}
	return nil
}

// passed allows what the suite itself does not count as a failure.
func (v verdict) passed() bool {
	allowed := []string{"OK", "NON-STRICT", "INFORMATIONAL"}
	return slices.Contains(allowed, v.Behavior) && (v.Close == "" || slices.Contains(allowed, v.Close))
}

// The runner itself, against a server that has three cases and speaks like the suite's.
func TestAutobahnRunner(t *testing.T) {
	cases := []struct{ id, behavior, closing string }{
		{"1.1.1", "OK", "OK"},
		{"6.4.1", "NON-STRICT", "FAILED"},
		{"13.3.1", "UNIMPLEMENTED", "OK"},
	}
	report := t.TempDir() + "/index.json"
	var echoed []string
	server := wstest.Serve(t, func(p *wstest.Peer) {
		r := p.Request()
		if p.Accept() != nil {
			return
		}
		n, _ := strconv.Atoi(r.URL.Query().Get("case")) // 0 where there is none
		switch r.URL.Path {
		case "/getCaseCount":
			p.Text("3")
		case "/getCaseInfo":
			p.Text(fmt.Sprintf(`{"id": %q, "description": "..."}`, cases[n-1].id))
		case "/runCase":
			p.Text("case " + strconv.Itoa(n))
			_, b, _ := p.ReadMessage()
			echoed = append(echoed, r.URL.Query().Get("agent")+": "+string(b))
		case "/getCaseStatus":
			p.Text(fmt.Sprintf(`{"behavior": %q}`, cases[n-1].behavior))
		case "/updateReports":
			index := map[string]map[string]verdict{autobahnAgent: {}}
			for _, c := range cases {
				index[autobahnAgent][c.id] = verdict{Behavior: c.behavior, Close: c.closing}
			}
			b, _ := json.Marshal(index) // of strings only
			os.WriteFile(report, b, 0o600)
		}
		p.Close(1000, "")
		p.ReadMessage()
	})
	a := autobahn{base: strings.TrimSuffix(server.URL(), "/"), report: report}
	got, err := a.runAll(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []verdict{{"1.1.1", "OK", "OK"}, {"6.4.1", "NON-STRICT", "FAILED"},
		{"13.3.1", "UNIMPLEMENTED", "OK"}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	passed := []bool{true, false, false}
	for i, v := range got {
		if v.passed() != passed[i] {
			t.Errorf("case %s: passed %v", v.ID, v.passed())
		}
	}
	wantEchoed := []string{"wsline: case 1", "wsline: case 2", "wsline: case 3"}
	if !slices.Equal(echoed, wantEchoed) {
		t.Errorf("echoed %q, want %q", echoed, wantEchoed)
	}
}
