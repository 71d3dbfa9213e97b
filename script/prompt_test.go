package script

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/wire"
	"wsline/repl/command"
	"wsline/script/report"
	"wsline/script/wst"
	"wsline/session"
)

// typist types lines at a prompt, and gathers what is sent and said.
type typist struct {
	p    *Prompt
	env  *command.Env
	said []string
}

func newTypist(typing bool) *typist {
	t := &typist{p: NewPrompt()}
	t.p.Typing = typing
	say := func(kind string) func(string) {
		return func(text string) { t.said = append(t.said, kind+text) }
	}
	t.env = &command.Env{
		Send: func(_ context.Context, _ wire.Opcode, payload []byte) error {
			say("> ")(string(payload))
			return nil
		},
		Raw:   func([]byte) error { return nil },
		Ping:  func(data []byte) error { say("ping ")(string(data)); return nil },
		Say:   say("* "),
		Extra: t.p.Extra(),
	}
	t.p.Note = func(_ time.Time, _, command string) { say("note ")(command) }
	t.p.Typed = func(_, message, source string) { say("typed ")(source) }
	return t
}

func (t *typist) came(payload string) {
	ev := message(payload)
	t.p.Event(&ev)
}

// types does a line; the text is what was said, or the error's with its detail.
func (t *typist) types(line string) string {
	t.said = nil
	err := t.env.Do(context.Background(), line)
	if f := (*report.Failure)(nil); errors.As(err, &f) {
		told := f.Fault()
		t.said = append(t.said, "error: "+told.Message)
		t.said = append(t.said, told.Detail...)
		if f.Hint != "" {
			t.said = append(t.said, "hint: "+f.Hint)
		}
	} else if err != nil {
		t.said = append(t.said, "other: "+err.Error())
	}
	return strings.Join(t.said, "\n")
}

type promptStep struct{ came, line, want string }

func runPrompt(t *testing.T, typing bool, steps []promptStep) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ty := newTypist(typing)
		ty.p.Event(&session.Event{Kind: session.KindOpen})
		for _, s := range steps {
			if s.came != "" {
				ty.came(s.came)
			}
			if s.line == "" {
				continue
			}
			if got := ty.types(s.line); got != s.want {
				t.Errorf("%s\ngot\n%s\nwant\n%s", s.line, got, s.want)
			}
		}
	})
}

func TestPromptOfTalk(t *testing.T) {
	runPrompt(t, true, []promptStep{
		{"", "cost ${x} $${x}", "> cost ${x} $${x}"},
		{`{"id":7,"a":"b"}`, `/expect {"id":8,"a":"b"}`, "error: .id: expected 8, got 7\n" +
			"expected < {\"id\":8,\"a\":\"b\"}\ngot      < {\"id\":7,\"a\":\"b\"}"},
		{"", `/expect {"id":7,"...":"..."}`, "* as expected"},
		{"", "/capture id .id", "note /capture id .id\n* id is 7"},
		{"", "get ${id} of ${x}", "typed get ${id} of $${x}\n> get 7 of ${x}"},
		{"", "/ping ${id}", "ping 7"},
		{"", "//a ${id}", "typed //a ${id}\n> /a 7"},
		{"", "/set b ${kilogram}", "error: the variable \"kilogram\" has no value\n" +
			"hint: /set kilogram VALUE gives it one"},
		{"", "/timeout 2s", ""},
		{"", "/expect x", "error: a text message did not come within 2s\nexpected < x\n" +
			"hint: /timeout 30s gives it more time"},
		{"", "/set a \"x ${id}\\n\"", "note /set a \"x ${id}\\n\""},
		{"", "$${a}|${a}", "typed $${a}|${a}\n> ${a}|x 7\n"},
		{"early", "typed", "> typed"}, // and forgets what came
		{"grouped", "/expect <~ ^(?P<all>.*)$", "* as expected"},
		{"", "of ${id} and ${all}", "typed of ${id} and grouped\n> of 7 and grouped"},
		{"late", "/expect late", "* as expected"},
		{"", "/capture b ~(a)t", "note /capture b ~(a)t\n* b is a"},
		{"noise", "/silence 1", "note /silence 1\n* nothing came"},
		{"", "/wait 1", "note /wait 1"},
		{"", "/wait 10m", "* waiting for 10m0s; Ctrl-C ends it\nnote /wait 10m"},
		{"", "/raw 00", "note /raw 00"},
		{"", "/raw 0", "other: \"0\" has an odd number of hexadecimal digits"},
		{"", "/raw ${id}${id}", "note /raw ${id}${id}"},
		{"", "/repeat 3", "other: there is no command \"/repeat\": " +
			"/help lists them, //repeat sends it"},
		{"", "/set 1 x", "error: \"1\" is not the name of a variable: it begins with a letter or _\n" +
			"hint: /set NAME VALUE: give a variable its value"},
		{"", "/set", "* ${a} is \"x 7\\n\"\n${all} is \"grouped\"\n${b} is \"a\"\n${id} is \"7\""},
		{"", "/set my_token abc", "note /set my_token abc"},
		{"", "/set ", "* ${a} is \"x 7\\n\"\n${all} is \"grouped\"\n${b} is \"a\"\n" +
			"${id} is \"7\"\n${my_token} is a secret"},
		{"", "/save x", `error: /save cannot be used here`},
	})
}

// What a /connect has failed with can be expected, and again until one succeeds.
func TestPromptOfARefusal(t *testing.T) {
	ty := newTypist(true)
	for _, step := range [][2]string{
		{"/expect <error x", "error: no /connect stands before an error"},
		{"", ""},
		{"/expect <error ...refused", "* as expected"},
		{"/expect <error accepted", "error: the connection was not refused as expected\n" +
			"- accepted\n+ it was refused"},
		{"/expect <refused 403", "error: the connection was not refused as expected\n" +
			"expected a refusal with a status, got: it was refused"},
	} {
		if step[0] == "" {
			ty.p.Refused("", errors.New("it was refused"))
			continue
		}
		if got := ty.types(step[0]); !strings.HasPrefix(got, step[1]) {
			t.Errorf("%s\ngot\n%s\nwant\n%s", step[0], got, step[1])
		}
	}
	ty.p.Event(&session.Event{Kind: session.KindOpen})
	if got := ty.types("/expect <error ..."); got != "error: no /connect stands before an error" {
		t.Error(got)
	}
}

func TestPromptOfPipe(t *testing.T) {
	runPrompt(t, false, []promptStep{
		{"", "/set", "* no variable is set: /set NAME VALUE gives one a value"},
		{"one", "a", "> a"},
		{"two", "/expect one", ""},
		{"", "b", "> b"},
		{"", "/capture x ~(.*)", "note /capture x ~(.*)"},
		{"", "/expect ${x}", "error: character 1: expected \"one\", got \"two\"\n" +
			"- one\n+ two\n  ^"},
		{"three", "/within 10ms", ""},
		{"", "/expect <*text three", ""},
		{"", "/silence 1", "note /silence 1"},
		{"noise", "/silence 1", "error: a message came within 1s of silence\ngot      < noise"},
	})
}

// A connection that ends ends the waiting, and what came before can be expected yet.
func TestPromptAtTheEnd(t *testing.T) {
	ty := newTypist(false)
	ty.came("last")
	ty.p.Event(&session.Event{Kind: session.KindEnd, End: &session.End{Cause: session.CauseBroken}})
	for _, line := range []string{"/wait 1h", "/expect last"} {
		if got := ty.types(line); strings.Contains(got, "error") {
			t.Errorf("%s: %s", line, got)
		}
	}
	err := ty.env.Do(context.Background(), "/expect more")
	var f *report.Failure
	if !errors.As(err, &f) || f.Code != 7 || f.Kind != report.ClosedFailure {
		t.Errorf("got %v, want a connection that ended", err)
	}
}

func TestPromptKeepsLittle(t *testing.T) {
	ty := newTypist(true)
	for range 3 * maxWaiting {
		ty.came("x")
	}
	piece := message(strings.Repeat("y", maxWaitingBytes/2))
	piece.More = true
	for range 4 {
		ty.p.Event(&piece)
	}
	piece.More = false
	ty.p.Event(&piece)
	now := ty.p.peer("")
	if len(now.queue) > maxWaiting || now.bytes > 2*maxWaitingBytes {
		t.Errorf("it keeps %d messages, %d bytes", len(now.queue), now.bytes)
	}
}

// What is built in has values without being set; any other that has none stays what it is.
func TestPromptOfBuiltIns(t *testing.T) {
	ty := newTypist(true)
	ty.env.Line = 7
	for typed, want := range map[string]string{
		`{"n":${line},"$${now}":"${other}"}`: `> {"n":7,"${now}":"${other}"}`,
		"$${other} ${now":                    "> $${other} ${now",
		"${json line} $${random 8}":          `> "7" ${random 8}`,
		"${uuid x}": `error: "${uuid x}" is not a variable` + "\nhint: only ${now} and ${random} take " +
			"something behind their name; $${ stands for ${ itself",
		"${random}": "error: ${random} says no length from 1 to 1024\nhint: ${random 8} does",
	} {
		got := ty.types(typed)
		if _, sent, isNoted := strings.Cut(got, "\n"); isNoted && strings.HasPrefix(got, "typed ") {
			got = sent
		}
		if got != want {
			t.Errorf("%s\ngot\n%s\nwant\n%s", typed, got, want)
		}
	}
	id, again := ty.types("${uuid}"), ty.types("${uuid}")
	if len(id) != len(again) || id == again || strings.Contains(id, "$") {
		t.Errorf("got %s, then %s", id, again)
	}
}

// What came on a connection is for the lines about it.
func TestPromptOfSeveral(t *testing.T) {
	ty := newTypist(true)
	came := func(conn, payload string) {
		ev := message(payload)
		ev.Conn = conn
		ty.p.Event(&ev)
	}
	about := func(conn, line string) string {
		ty.env.Conn = conn
		return ty.types(line)
	}
	noted := ""
	ty.p.Note = func(_ time.Time, conn, command string) { noted = conn + "> " + command }
	came("", "first")
	came("bob", "second")
	ty.p.Refused("al", errors.New("it was refused"))
	for _, step := range [][3]string{
		{"bob", "/expect second", "* as expected"},
		{"", "/expect first", "* as expected"},
		{"bob", "/capture x ~(.*)", "* x is second"},
		{"", "/capture y ~(.*)", "* y is first"},
		{"al", "/expect <error ...refused", "* as expected"},
		{"", "/expect <error ...refused", "error: no /connect stands before an error"},
	} {
		if got := about(step[0], step[1]); got != step[2] {
			t.Errorf("%s> %s: %s, want %s", step[0], step[1], got, step[2])
		}
	}
	about("bob", "/silence 1ms")
	if noted != "bob> /silence 1ms" {
		t.Errorf("noted %s", noted)
	}
}

// Lines of a file have the names of connections; those without one are for that of the /include.
func TestPromptIncludesNames(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.wst")
	if err := os.WriteFile(file, []byte("bob> hi\n> mine\nal> for al\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ty := newTypist(true)
	send := ty.env.Send
	ty.env.Send = func(ctx context.Context, op wire.Opcode, p []byte) error {
		return send(ctx, op, append([]byte(ty.env.Conn+": "), p...))
	}
	ty.env.Conn = "bob"
	if got := ty.types("/include " + file); !strings.HasPrefix(got, "> bob: hi\n> bob: mine\nerror: ") {
		t.Errorf("got %s", got)
	}
	ty.env.As = func(name string, do func() error) error {
		defer func(conn string) { ty.env.Conn = conn }(ty.env.Conn)
		ty.env.Conn = name
		return do()
	}
	if got := ty.types("/include " + file); got != "> bob: hi\n> bob: mine\n> al: for al" {
		t.Errorf("got %s", got)
	}
}

func TestPromptIncludes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.wst")
	content := "# all\n> /set who Ann\n> hi ${who}\n< early\n> /repeat 2\n> x\n> /end\n"
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	ty := newTypist(false)
	ty.came("early")
	want := "note /set who Ann\n> hi Ann\nerror: " + file + ":5: /repeat is for scripts: wsline test runs them"
	if got := ty.types("/include " + file); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := ty.types("/include none.wst"); !strings.Contains(got, `cannot read "none.wst"`) {
		t.Error(got)
	}
}

func TestPromptSaves(t *testing.T) {
	ty := newTypist(true)
	ty.p.Save = func(path string, exact bool) (string, error) {
		if !exact {
			return "", errors.New("exact is lost")
		}
		return "saved " + path, nil
	}
	ty.env.Home = "/home/ann"
	if got := ty.types("/save --exact ~/a b.wst"); got != "* saved /home/ann/a b.wst" {
		t.Error(got)
	}
	if got := ty.types("/save a.har"); got != `error: "a.har" does not end with .wst` {
		t.Error(got)
	}
}

// message is a text message that came.
func message(s string) session.Event {
	return session.Event{Kind: session.KindMessage, Opcode: wire.OpText, Payload: []byte(s)}
}

// What was sent with values of variables is shown with them, but for those that are named as secrets
// are.
func TestPromptShown(t *testing.T) {
	typist := newTypist(true)
	for _, line := range []string{"/set x 5", "/set access_token a\"b", "/set empty_token \"\""} {
		typist.types(line)
	}
	shown := typist.env.Extra.Shown
	for sent, want := range map[string]string{
		`{"v":5}`:       `{"v":5}`,
		`a"b`:           "<secret access_token>",
		`{"t":"a\"b"}`:  `{"t":"<secret access_token>"}`,
		"nothing of it": "nothing of it",
	} {
		if got := shown(sent); got != want {
			t.Errorf("%s is shown as %s, want %s", sent, got, want)
		}
	}
}

// /every is for who has the connection. It is no line of the conversation: what it sends is.
func TestPromptEvery(t *testing.T) {
	typist := newTypist(true)
	if got := typist.types("/every 2s x"); got != "error: /every cannot be used here" {
		t.Errorf("%q", got)
	}
	var asked []wst.Every
	typist.p.Repeat = func(_ string, e wst.Every) (int, error) {
		asked = append(asked, e)
		return 2, nil
	}
	typist.types("/set x a\"b")
	for line, want := range map[string]string{
		"/every": "error: /every needs a time and a message, or off",
		`/every 2s {"x": "${x}"}`: "* sent every 2s from now on, until the connection ends; " +
			"/every off ends it",
		"/every off":   "* 2 messages not sent any more",
		"/every 1ms x": `error: "1ms" is shorter than 10ms`,
	} {
		if got := typist.types(line); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	for _, e := range asked {
		if e.Time != 0 && string(e.Message.Payload) != `{"x": "a\"b"}` {
			t.Errorf("%v %s", e.Time, e.Message.Payload)
		}
	}
	if len(asked) != 2 {
		t.Errorf("%v", asked)
	}
}
