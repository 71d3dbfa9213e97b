package converse

import (
	"strings"
	"testing"

	"wsline/internal/target"
)

func TestSecondNames(t *testing.T) {
	args := []string{"-n", "--ca", "a", "--passphrase", "-0", "ws://x", "hi", "--", "-x"}
	got, line := parsed(t, args)
	positional := strings.Join(line.Args, " ")
	if !got.null || positional != "ws://x hi -x" {
		t.Errorf("got %+v, %+v", got, line)
	}
	typed := got.conn.CommandLine("ws://x", target.Change{}, true)
	if typed != "wsline --insecure --ca a --passphrase ws://x" {
		t.Errorf("got %s", typed)
	}
}
