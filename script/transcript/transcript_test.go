package transcript

import (
	"errors"
	"strings"
	"testing"
	"time"

	"wsline/internal/wire"
	"wsline/script/wst"
	"wsline/session"
)

// talked is what a Log makes of some events, a second after one another unless they have a time.
func talked(t *testing.T, exact bool, build func(l *Log, at func(s int, ev session.Event))) string {
	t.Helper()
	l := &Log{}
	start := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	build(l, func(s int, ev session.Event) {
		ev.Time = start.Add(time.Duration(s) * time.Second)
		l.Event(&ev)
	})
	text, err := l.Bytes(exact)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wst.Parse("talk.wst", text); err != nil {
		t.Errorf("it is no script: %v\n%s", err, text)
	}
	return string(text)
}

func text(dir session.Direction, s string) session.Event {
	return session.Event{
		Kind: session.KindMessage, Dir: dir, Opcode: wire.OpText, Payload: []byte(s),
	}
}

func control(kind session.Kind, dir session.Direction, s string) session.Event {
	return session.Event{Kind: kind, Dir: dir, Payload: []byte(s)}
}

var opened = session.Event{Kind: session.KindOpen}

// What keeps a connection alive is known by where it comes from, and not by how it looks.
func TestTypedPingStays(t *testing.T) {
	for alive, want := range map[bool]string{
		false: "> /connect echo:\n> /ping 0123456789abcdef\n<pong 0123456789abcdef\n",
		true:  "> /connect echo:\n",
	} {
		l := &Log{}
		l.Open("", Opening{Words: "echo:"})
		for _, ev := range []session.Event{
			opened,
			keepalive(control(session.KindPing, session.Out, "0123456789abcdef"), alive),
			keepalive(control(session.KindPong, session.In, "0123456789abcdef"), alive),
		} {
			l.Event(&ev)
		}
		if got, err := l.Bytes(false); string(got) != want || err != nil {
			t.Errorf("%v, %v: got\n%s\nwant\n%s", alive, err, got, want)
		}
	}
}

func keepalive(ev session.Event, alive bool) session.Event {
	ev.Alive = alive
	return ev
}

func TestTalkBecomesScript(t *testing.T) {
	const id = `{"id":"4f1c2d3e-aaaa-4bbb-8ccc-123456789abc","text":"hi ${x}"}`
	talk := func(l *Log, at func(int, session.Event)) {
		l.Open("", Opening{
			"demo: -H 'Authorization: Bearer ${token}'", []string{"give it: --secret token=…"},
		})
		at(0, opened)
		at(0, text(session.In, id))
		at(1, text(session.Out, "/cost ${x}"))
		at(1, text(session.In, id))
		at(2, control(session.KindPing, session.In, "clock"))
		at(2, control(session.KindPong, session.Out, "clock"))
		at(3, keepalive(control(session.KindPing, session.Out, "0123456789abcdef"), true))
		at(3, keepalive(control(session.KindPong, session.In, "0123456789abcdef"), true))
		at(4, control(session.KindPing, session.Out, "mine"))
		at(4, control(session.KindPong, session.In, "mine"))
		at(10, text(session.In, "slow at 2026-01-31T12:00:10Z"))
		at(11, session.Event{Kind: session.KindClose, Dir: session.In, Code: 1001, Reason: "bye..."})
		at(11, session.Event{Kind: session.KindClose, Dir: session.Out, Code: 1001})
		at(11, session.Event{Kind: session.KindEnd, End: &session.End{Cause: session.CauseClosed}})
		l.Open("", Opening{Words: "echo:"})
		at(20, opened)
		at(20, session.Event{Kind: session.KindEnd, End: &session.End{
			Cause: session.CauseBroken, Code: 1006, Err: session.ErrNoClose}})
		at(30, opened)
		at(30, session.Event{Kind: session.KindEnd, End: &session.End{Cause: session.CauseDropped}})
	}
	tests := []struct {
		exact bool
		want  string
	}{
		{false, `> /connect demo: -H 'Authorization: Bearer ${token}'
# give it: --secret token=…
# another time these differ: .id
< {"id":"...","text":"hi $${x}"}
> //cost $${x}
< {"id":"...","text":"hi $${x}"}
> /ping mine
<pong mine
> /timeout 12
# another time what stands for ... differs
< slow at ...
<close 1001 bye\...
> /connect echo:
# connection broke: no Close frame (1006)
> /connect echo:
> /drop
`},
		{true, `> /connect demo: -H 'Authorization: Bearer ${token}'
# give it: --secret token=…
< {"id":"4f1c2d3e-aaaa-4bbb-8ccc-123456789abc","text":"hi $${x}"}
> //cost $${x}
< {"id":"4f1c2d3e-aaaa-4bbb-8ccc-123456789abc","text":"hi $${x}"}
<ping clock
> /ping 0123456789abcdef
<pong 0123456789abcdef
> /ping mine
<pong mine
> /timeout 12
< slow at 2026-01-31T12:00:10Z
<close 1001 bye\...
> /connect echo:
# connection broke: no Close frame (1006)
> /connect echo:
> /drop
`},
	}
	for _, tt := range tests {
		if got := talked(t, tt.exact, talk); got != tt.want {
			t.Errorf("exact %v:\n%s\nwant\n%s", tt.exact, got, tt.want)
		}
	}
}

func TestTalkKeepsWhatWasTyped(t *testing.T) {
	got := talked(t, false, func(l *Log, at func(int, session.Event)) {
		at(0, opened)
		at(0, text(session.In, `{"id":1234567}`))
		l.Note(time.Now(), "", "/capture id .id")
		l.Typed("", "get 1234567", "get ${id}")
		at(1, text(session.Out, "get 1234567"))
		at(2, text(session.Out, "get 1234567"))
		l.Note(time.Now(), "", "/wait 1s")
	})
	want := `> /connect
# another time these differ: .id
< {"id":"..."}
> /capture id .id
> get ${id}
> get 1234567
> /wait 1s
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTalkTooLong(t *testing.T) {
	l := &Log{}
	ev := text(session.In, strings.Repeat("a", 1<<20))
	for range 16 {
		l.Event(&ev)
	}
	if _, err := l.Bytes(false); !errors.Is(err, ErrTooLong) {
		t.Errorf("got %v, want ErrTooLong", err)
	}
	if l.entries != nil {
		t.Error("a talk that is too long is kept")
	}
}

// The value of a secret stands nowhere, and what is written says the same with the variables.
func TestSecretsAreVariables(t *testing.T) {
	v := &wst.Vars{}
	for _, value := range []string{"first-token", `s3cr3t/"token`} {
		if err := v.SetSecret("token", value); err != nil {
			t.Fatal(err)
		}
	}
	got := talked(t, false, func(l *Log, at func(int, session.Event)) {
		l.Hide(v)
		l.Open("", Opening{Words: `echo: -H 'X-A: s3cr3t/"token' -H 'X-B: s3cr3t%2f%22token'`})
		at(0, opened)
		l.Note(time.Now(), "", "/set token first-token")
		l.Note(time.Now(), "", `/set token s3cr3t/"token`)
		l.Note(time.Now(), "", `/frame text 's3cr3t/"token'`)
		l.Typed("", `a s3cr3t/"token`, "a ${token}")
		at(1, text(session.Out, `a s3cr3t/"token`))
		at(1, text(session.Out, `{"t":"s3cr3t\/\"token"}`))
		at(1, text(session.In, `{"t":"s3cr3t/\"token","b":"Basic dXNlcjpzM2NyM3QvInRva2Vu"}`))
		at(1, control(session.KindPing, session.Out, `s3cr3t/"token`))
		at(1, control(session.KindPong, session.In, `s3cr3t/"token`))
		at(1, session.Event{Kind: session.KindMessage, Dir: session.Out, Opcode: wire.OpBinary,
			Payload: []byte("a first-token")})
		at(2, session.Event{Kind: session.KindClose, Dir: session.In, Code: 4000,
			Reason: strings.Repeat("x", 113) + "first-toke"})
	})
	want := "# give it: --secret token=…\n# give it: --secret token2=…\n" +
		"> /connect echo: -H 'X-A: ${token}' -H 'X-B: ${token2}'\n" +
		"# give it: --secret token3=…\n> /set token ${token3}\n> /set token ${token}\n" +
		"> /frame text '${token}'\n> a ${token}\n> {\"t\":\"${token}\"}\n" +
		"< {\"t\":\"...\",\"b\":\"Basic ...\"}\n> /ping ${token}\n<pong ${token}\n" +
		"# left out, as a secret stands in it: > /binary 6120<secret token>\n" +
		"# left out, as a secret stands in it: <close 4000 " + strings.Repeat("x", 113) +
		"<secret token>\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
