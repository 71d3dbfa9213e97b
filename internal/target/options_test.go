package target

import (
	"testing"
)

func TestSecondNames(t *testing.T) {
	got, err := ReadWords([]string{"-n", "--ca", "a", "--passphrase"})
	if err != nil {
		t.Fatal(err)
	}
	if !got.insecure || got.ca != "a" {
		t.Errorf("got %+v", got)
	}
	if p := got.cert.Passphrase; p == nil || *p != "" {
		t.Errorf("--passphrase without an argument: got %v, want the empty text", p)
	}
}
