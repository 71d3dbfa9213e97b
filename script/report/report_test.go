package report

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"wsline/format"
	"wsline/script/match"
	"wsline/script/wst"
)

var updateReports = flag.Bool("update-reports", false, "write testdata/reports again")

// hostile is what a peer may send to get out of a report.
const hostile = "</script><img src=x onerror=alert(1)>]]> & " +
	"\x1b[31mred\x1b[0m \u202egnp.exe \x00\xff"

// exampleSuite has a result for each status, and a failure of each kind.
func exampleSuite() *Suite {
	start := time.Date(2026, 1, 31, 12, 0, 0, 0, time.FixedZone("", 3600))
	s := &Suite{Start: start, Duration: 812 * time.Millisecond}
	add := func(status Status, file string, took time.Duration, failures ...*Failure) *Result {
		r := &Result{
			File: file, Status: status, Duration: took, Failures: failures,
			Start: start.Add(time.Duration(len(s.Results)) * 10 * time.Millisecond),
		}
		s.Results = append(s.Results, r)
		return r
	}
	talk := func(r *Result, last string, mark Mark) {
		r.Add(Entry{Pos: wst.Pos{Line: 1, Column: 1}, Kind: EntrySent,
			Text: "> /connect ws://127.0.0.1:8080/shop"})
		r.Add(Entry{Text: "* connected to ws://127.0.0.1:8080/shop", Elapsed: 2 * time.Millisecond})
		r.Add(Entry{Pos: wst.Pos{Line: 2, Column: 1}, Kind: EntryReceived, Mark: Matched,
			Text: "< {\n    \"type\": \"welcome\"\n  }", Elapsed: 3 * time.Millisecond})
		r.Add(Entry{Pos: wst.Pos{Line: 5, Column: 1}, Kind: EntrySent, Text: `> {"get":"items"}`,
			Elapsed: 4 * time.Millisecond})
		if last != "" {
			r.Add(Entry{Pos: wst.Pos{Line: 6, Column: 1}, Kind: EntryReceived, Mark: mark,
				Text: last, Elapsed: 1200 * time.Millisecond})
		}
	}
	at := func(line int) wst.Pos { return wst.Pos{Line: line, Column: 1} }

	talk(add(Passed, "scripts/shop.wst", 12345*time.Microsecond), `< {"items":[]}`, Matched)
	add(Passed, "retried.wst", 2*time.Second).Attempts = 3

	pattern := `{"items":[1,2,{"price":3}],"name":"Hello, ...","...":"..."}`
	came := `{"items":[1,2,{"price":4}],"a b":0}`
	talk(add(Failed, "scripts/mismatch.wst", 14*time.Millisecond, &Failure{
		Pos: at(6), Source: "< " + pattern, Kind: MismatchFailure,
		Message: "the message is not what is expected", Expected: "< " + pattern, Got: "< " + came,
		Differences: match.Text([]byte(pattern), []byte(came)), Code: 9,
	}), "< "+came, Differs)
	talk(add(Failed, "scripts/text.wst", 14*time.Millisecond, &Failure{
		Pos: at(6), Source: "< Hello, 世界 and wor1d", Kind: MismatchFailure, Code: 9,
		Differences: match.Text([]byte("Hello, 世界 and wor1d"), []byte("Hello, 世界 and world")),
	}), "< Hello, 世界 and world", Differs)
	want := "one\ntwo ...\nthree\nfour\nfive\nsix\nseven"
	got := "one\ntwo 2\n3\nfour\nfive\nsix\nseven\n8"
	talk(add(Failed, "scripts/lines.wst", 14*time.Millisecond, &Failure{
		Pos: at(6), Source: "< one", Kind: MismatchFailure, Code: 9,
		Differences: match.Text([]byte(want), []byte(got)),
	}), "< "+strings.ReplaceAll(got, "\n", "\n  "), Differs)
	add(Failed, "scripts/binary.wst", 14*time.Millisecond, &Failure{
		Pos: at(6), Source: "<binary 0badf00d", Kind: MismatchFailure, Code: 9,
		Differences: match.Binary([]byte("\x0b\xad\xf0\x0d"), []byte("\x0b\xad\xbe\xef")),
	})
	re := regexp.MustCompile(`^id=(?P<id>\d+)$`)
	_, unmatched := match.Regexp(re, []byte("id=none"))
	add(Failed, "scripts/regexp.wst", 14*time.Millisecond, &Failure{
		Pos: at(6), Source: "<~ " + re.String(), Kind: MismatchFailure, Code: 9,
		Differences: unmatched,
	})
	waited := &Failure{
		Pos: at(6), Source: `<* {"type":"done"}`, Kind: TimeoutFailure, Code: 9,
		Message:  "no message that is expected came in 5s",
		Expected: `<* {"type":"done"}`, Hint: "/timeout 20s before the line waits longer",
	}
	for i := range MaxMeanwhile + 2 {
		waited.Passing(`< {"tick":` + strconv.Itoa(i) + `}`)
	}
	waited.Meanwhile = append(waited.Meanwhile[:2:2], "< several\n  lines")
	timeout := add(Failed, "scripts/timeout.wst", 5*time.Second, waited)
	talk(timeout, "", Unmarked)
	timeout.Omitted = 7
	add(Failed, "silence.wst", time.Millisecond, &Failure{
		Pos: at(3), Source: "> /silence 1s", Kind: SilenceFailure, Code: 9,
		Message: "a message came after 120ms of silence", Expected: "nothing for 1s", Got: "< hello",
	})
	add(Failed, "slow.wst", time.Millisecond, &Failure{
		Pos: at(4), Source: "< hello", Kind: SlowFailure, Code: 9,
		Message: "it came after 312ms, later than 100ms", Expected: "100ms", Got: "312ms",
	})
	add(Errored, "closed.wst", time.Millisecond, &Failure{
		Pos: at(4), Source: "< hello", Kind: ClosedFailure, Code: 8,
		Message: "the server closed the connection", Expected: "< hello", Got: `<close 1011 "oops"`,
	})
	add(Failed, "accepted.wst", time.Millisecond, &Failure{
		Pos: at(2), Source: "<refused 403", Kind: AcceptedFailure, Code: 9,
		Message: "the handshake was not refused", Expected: "<refused 403", Got: "a connection",
	})
	add(Failed, "variable.wst", time.Millisecond, &Failure{
		Pos: wst.Pos{Line: 4, Column: 9}, Source: "> hello ${naem}", Kind: VariableFailure, Code: 9,
		Message: `no variable "naem"`, Hint: `did you mean "name"?`,
	})
	add(Failed, "limit.wst", time.Millisecond, &Failure{
		Pos: at(4), Source: "<* done", Kind: LimitFailure, Code: 9,
		Message: "more than 10000 messages came while it waited",
	})
	add(Failed, "command.wst", time.Millisecond, &Failure{
		Pos: at(2), Source: "> /file none.txt", Kind: CommandFailure, Code: 1,
		Message: "none.txt: no such file or directory",
	})
	add(Errored, "connect.wst", time.Millisecond, &Failure{
		Pos: at(1), Source: "> /connect ws://127.0.0.1:1", Kind: ConnectFailure, Code: 3,
		Message: "cannot connect to 127.0.0.1:1: connection refused", Hint: "is the server running?",
	})
	add(Errored, "refused.wst", time.Millisecond, &Failure{
		Pos: at(1), Source: "> /connect /", Kind: RefusedFailure, Code: 5,
		Message: "the server answered 403 Forbidden", Expected: "101", Got: "403 Forbidden",
	})
	add(Errored, "internal.wst", time.Millisecond, &Failure{
		Kind: InternalFailure, Err: errors.New("no space left on device"),
	})
	add(Invalid, "bad.wst", 0, SyntaxFailures(wst.Errors{
		{File: "bad.wst", Pos: wst.Pos{Line: 3, Column: 4}, Text: `"/conect" is not a command`,
			Hint: `did you mean "/connect"?`, Source: "> /conect ws://127.0.0.1:8080"},
		{File: "included.wst", Pos: wst.Pos{Line: 9, Column: 6}, Text: "an escape is wrong",
			Source: "<text \"\t\\q\""},
	})...)
	add(Skipped, "later.wst", 0).SkipReason = "needs the #2 server \\ " + hostile
	add(Canceled, "running.wst", 90*time.Second)
	evil := add(Failed, "evil "+hostile+".wst", time.Millisecond, &Failure{
		Pos: at(2), Source: "< " + hostile, Kind: MismatchFailure, Message: hostile, Hint: hostile,
		Expected: hostile, Got: hostile, Meanwhile: []string{hostile, "...", "  ---"},
		Differences: append(
			match.Text([]byte("{\"a\":1}"), []byte(`{"a":2,"</script>":"`+`\u001b`+`<b>"}`)),
			match.Text([]byte("x"), []byte(hostile))...),
	})
	evil.Name = "2 of 2"
	talk(evil, "< "+hostile, Differs)
	return s
}

// writers are all reports, by the name of the golden file.
var writers = map[string]func(io.Writer, *Suite) error{
	"report.txt":  (&Text{}).WriteText,
	"verbose.txt": (&Text{Verbose: true}).WriteText,
	"color.txt":   (&Text{Palette: format.NewPalette(true)}).WriteText,
	"report.xml":  WriteJUnit,
	"report.tap":  WriteTAP,
	"report.json": WriteJSON,
	"report.html": WriteHTML,
}

func written(t *testing.T, name string, s *Suite) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := writers[name](&out, s); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestReports(t *testing.T) {
	for name := range writers {
		got := written(t, name, exampleSuite())
		file := filepath.Join("testdata", "reports", name)
		if *updateReports {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			lines := match.Lines(
				strings.Split(string(want), "\n"), strings.Split(string(got), "\n"))
			for _, l := range lines {
				if l.Op != ' ' {
					t.Errorf("%s: %c %s", name, l.Op, l.Text)
				}
			}
		}
	}
}

func TestReportsHaveEveryKind(t *testing.T) {
	kinds, statuses := map[FailureKind]bool{}, map[Status]bool{}
	for _, r := range exampleSuite().Results {
		statuses[r.Status] = true
		for _, f := range r.Failures {
			kinds[f.Kind] = true
		}
	}
	for k := MismatchFailure; k.String() != "unknown"; k++ {
		if !kinds[k] {
			t.Errorf("no failure is %v", k)
		}
	}
	for s := Passed; s.String() != "unknown"; s++ {
		if !statuses[s] {
			t.Errorf("no result is %v", s)
		}
	}
}

// unsafeText is what no report may have as it is.
var unsafeText = regexp.MustCompile("[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u202a-\u202e\ufffd]")

func TestReportsAreSafe(t *testing.T) {
	for name := range writers {
		got := written(t, name, exampleSuite())
		if m := unsafeText.Find(got); m != nil && name != "color.txt" {
			t.Errorf("%s has %q", name, m)
		}
	}
	page := written(t, "report.html", exampleSuite())
	for _, bad := range []string{"<script", "<img", "onerror=alert(1)>", "javascript:", "http:"} {
		if bytes.Contains(bytes.ToLower(page), []byte(bad)) {
			t.Errorf("the page has %q", bad)
		}
	}
	if !bytes.Contains(page, []byte("default-src 'none'; style-src 'sha256-")) {
		t.Error("the page has no policy")
	}
}

func TestResultBounds(t *testing.T) {
	r := &Result{File: "big.wst", Status: Failed, Duration: 1}
	for i := range MaxTranscript + 5 {
		r.Add(Entry{Kind: EntryReceived, Text: strconv.Itoa(i) + strings.Repeat("é", MaxEntry)})
	}
	if n := len(r.Transcript); n != MaxTranscript || r.Omitted != 5 {
		t.Errorf("%d entries, %d omitted", n, r.Omitted)
	}
	if first := r.Transcript[0].Text; first[:1] != "5" ||
		!strings.HasSuffix(first, "é… (16386 bytes more)") {
		t.Errorf("the first entry is %.10q … %q", first, first[len(first)-30:])
	}
	f := &Failure{Kind: TimeoutFailure, Message: strings.Repeat("m", 1<<20)}
	r.Failures = []*Failure{f}
	for range MaxMeanwhile + 3 {
		f.Passing(strings.Repeat("x\n", MaxEntry))
	}
	if len(f.Meanwhile) != MaxMeanwhile || f.Missed != 3 || len(f.Meanwhile[0]) != MaxEntry {
		t.Errorf("%d kept, %d missed", len(f.Meanwhile), f.Missed)
	}
	many := &Suite{}
	for range 600 {
		many.Results = append(many.Results, r)
	}
	if n := len(written(t, "report.xml", many)); n > 30<<20 {
		t.Errorf("a JUnit report has %d bytes", n)
	}
}

func TestSuiteCode(t *testing.T) {
	errored := func(code int) *Result {
		return &Result{Status: Errored, Failures: []*Failure{{Code: code}}}
	}
	tests := []struct {
		results []*Result
		want    int
	}{
		{nil, 0},
		{[]*Result{{Status: Passed}, {Status: Skipped}}, 0},
		{[]*Result{{Status: Passed}, {Status: Failed}}, 9},
		{[]*Result{errored(5), errored(3)}, 5},
		{[]*Result{errored(3), {Status: Failed}}, 9},
		{[]*Result{{Status: Failed}, {Status: Invalid}}, 2},
		{[]*Result{{Status: Invalid}, {Status: Canceled}}, 130},
		{[]*Result{{Status: Errored}}, 1},
	}
	for _, tt := range tests {
		if got := (&Suite{Results: tt.results}).Code(); got != tt.want {
			t.Errorf("%d results give %d, want %d", len(tt.results), got, tt.want)
		}
	}
}
