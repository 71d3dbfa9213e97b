package cli_test

import (
	"slices"
	"strings"
	"testing"

	"wsline/internal/clitest"
)

// complete are the words that may stand for a word behind others, and which files, as the scripts of
// shells read it.
func complete(t *testing.T, line string) (files string, words []string) {
	t.Helper()
	all := strings.Split(line, " ")
	last := len(all) - 1
	args := append([]string{"__complete", "=" + all[last]}, all[:last]...)
	code, stdout, stderr := clitest.Run(t, "", "", args...)
	if code != 0 || stderr != "" || !strings.HasSuffix(stdout, "\n") {
		t.Fatalf("%s: got %d, %q, %q", line, code, stdout, stderr)
	}
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	for _, word := range lines[1:] {
		text, _, ok := strings.Cut(word, "\t")
		if strings.Contains(word, "\t") != ok || text == "" {
			t.Errorf("%s: the line %q", line, word)
		}
		if strings.HasPrefix(text, all[last]) {
			words = append(words, text)
		}
	}
	return lines[0], words
}

func TestComplete(t *testing.T) {
	for _, c := range []struct{ line, files, words string }{
		{"sh", "none\t", "show"},
		{"help fm", "none\t", "fmt"},
		{"w", "none\t", "ws:// wss://"},
		{"--verbose sh", "none\t", ""}, // a command comes first
		{"--verbose d", "none\t", "demo:"},
		{"demo: d", "none\t", ""}, // a message
		{"-c demo: w", "none\t", ""},
		{"--connect=demo: w", "none\t", ""},
		{"--connect w", "none\t", "ws:// wss://"},
		{"--prox", "none\t", "--proxy"},
		{"--proxy s", "none\t", "socks5:// socks5h://"},
		{"--cacer", "none\t", "--cacert"},
		{"--no-ch", "none\t", "--no-check"},
		{"-H", "none\t", "-H"},
		{"--cert ", "files\t", ""},
		{"--cert=x", "files\t--cert=", ""},
		{"--unix-socket ", "files\t", ""},
		{"-H x", "none\t", ""},
		{"-H ", "none\t", "@"},
		{"-H @x", "files\t@", ""},
		{"-kvH @x", "files\t@", ""},
		{"-Hx @x", "none\t", ""}, // an address
		{"--header=@x", "files\t--header=@", ""},
		{"--header=", "none\t--header=", "--header=@"},
		{"--frames", "none\t", "--frames --frames=lines --frames=hex"},
		{"--frames w", "none\t", "ws:// wss://"}, // its argument is joined
		{"--compress=b", "none\t--compress=", "--compress=bits"},
		{"--color n", "none\t", "never"},
		{"--tls-min=", "none\t--tls-min=", "--tls-min=1.2 --tls-min=1.3"},
		{"--insecure=", "none\t", ""},
		{"--nope=", "none\t", ""},
		{"--nope w", "none\t", "ws:// wss://"},
		{"-- --ver", "none\t", ""},
		{"-- w", "none\t", "ws:// wss://"},
		{"show ", "files\t", ""},
		{"show a ", "none\t", ""}, // it takes one
		{"show --verb", "none\t", "--verbose"},
		{"test a ", "files\t", ""}, // it takes many
		{"test --exec", "none\t", ""},
		{"import -o ", "directories\t", ""},
		{"import --output=", "directories\t--output=", ""},
		{"listen ", "none\t", ""},
		{"listen --ma", "none\t", "--max-message --max-memory --max-clients"},
		{"-l 8080 --ech", "none\t", "--echo"},
		{"--listen=8080 --dem", "none\t", "--demo"},
		{"curl w", "none\t", "ws:// wss://"},
		{"curl -", "none\t", "--help"},
		{"curl ws://a.example -- --expe", "none\t", "--expect"},
		{"completion ", "none\t", "bash zsh fish powershell"},
		{"completion bash ", "none\t", ""},
		{"man te", "none\t", "test"},
	} {
		files, words := complete(t, c.line)
		if got := strings.Join(words, " "); files != c.files || got != c.words {
			t.Errorf("%q:\n got %q, %s\nwant %q, %s", c.line, files, got, c.files, c.words)
		}
	}
}

// All long flags of a command are there, and its commands.
func TestCompleteHasAll(t *testing.T) {
	_, words := complete(t, "--")
	for _, want := range []string{"--header", "--expect", "--record", "--listen", "--version", "--help"} {
		if !slices.Contains(words, want) {
			t.Errorf("there is no %s", want)
		}
	}
	_, words = complete(t, "")
	for _, want := range []string{"show", "listen", "completion", "help", "version", "demo:"} {
		if !slices.Contains(words, want) {
			t.Errorf("there is no %s", want)
		}
	}
	if code, stdout, _ := clitest.Run(t, "", "", "__complete"); code != 0 || stdout == "" {
		t.Errorf("without a word: %d, %q", code, stdout)
	}
}
