package view

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"wsline/internal/dial"
	"wsline/internal/env/envtest"
	"wsline/internal/wire"
	"wsline/session"
)

// What is connected to is shown as --show-secrets says, as the handshake is.
func TestSceneSecrets(t *testing.T) {
	u, err := url.Parse("ws://example.com/?token=abc")
	if err != nil {
		t.Fatal(err)
	}
	ev := &session.Event{Kind: session.KindOpen, Handshake: &dial.Handshake{URL: u}}
	for secrets, want := range map[bool]string{false: "token=<3 bytes hidden>", true: "token=abc"} {
		scene := Look{Secrets: secrets}.Scene(envtest.At(""), &Frames{}, false, false)
		if got := string(scene.Event(nil, ev)); !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}

// What is answered by itself is dimmed, with its answer, and a heartbeat is not shown.
func TestSceneOfAnswers(t *testing.T) {
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.Local)
	event := func(dir session.Direction, text string) *session.Event {
		return &session.Event{Kind: session.KindMessage, Dir: dir, Opcode: wire.OpText, Auto: true,
			Payload: []byte(text), Time: at}
	}
	for _, tt := range []struct {
		color bool
		want  string
	}{
		{true, "\x1b[2m12:00:00.000 < {\x1b[22m\n\x1b[2m                 \"ping\": 1\x1b[22m\n" +
			"\x1b[2m               }\x1b[22m\n\x1b[2m12:00:00.000 > pong\x1b[22m\n"},
		{false, "12:00:00.000 < {\n                 \"ping\": 1\n               }\n12:00:00.000 > pong\n"},
	} {
		s := Look{Timestamps: true}.Scene(envtest.At(""), &Frames{}, tt.color, false)
		got := s.Event(nil, event(session.In, `{"ping":1}`))
		got = s.Event(got, event(session.Out, "pong"))
		if string(got) != tt.want {
			t.Errorf("%q\nwant %q", got, tt.want)
		}
		beat := event(session.In, "beat")
		beat.Auto, beat.Alive = false, true
		if got := s.Event(nil, beat); len(got) > 0 {
			t.Errorf("%q", got)
		}
	}
}
