package view

import (
	"net/url"
	"strings"
	"testing"

	"wsline/internal/dial"
	"wsline/internal/env/envtest"
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
