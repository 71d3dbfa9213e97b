package target

import (
	"testing"

	"wsline/internal/dial"
)

// A host name in other letters is sent in one form, wherever it was given.
func TestHostNames(t *testing.T) {
	const ascii = "xn--mnchen-3ya.example"
	_, got := typedTarget(t, "--resolve", "MÜNCHEN.example:443:127.0.0.1", "--servername",
		"münchen.example", "--host", "münchen.example:8443", "-o", "https://münchen.example",
		"-H", "X-A: münchen", "wss://münchen.example/")
	d := got.Session.Dial
	if d.URL.Host != ascii || d.TLS.ServerName != ascii || d.Host != ascii+":8443" ||
		d.Resolve[0] != (dial.Resolve{Host: ascii, Port: "443", Address: "127.0.0.1"}) {
		t.Errorf("%s, %s, %s, %v", d.URL.Host, d.TLS.ServerName, d.Host, d.Resolve)
	}
	want := map[string]string{"Origin": "https://" + ascii, "Host": ascii, "X-A": "münchen"}
	_, byField := typedTarget(t, "-H", "Host: münchen.example", "wss://h/")
	for _, f := range append(d.Header, byField.Session.Dial.Header...) {
		if value, known := want[f.Name]; known && f.Value != value {
			t.Errorf("%s: %s, want %s", f.Name, f.Value, value)
		}
	}
	for _, flag := range []string{"--servername", "--host", "--origin"} {
		o, err := ReadWords([]string{flag, "m\u00fc!.example", "wss://h/"})
		if err != nil {
			t.Fatal(err)
		}
		text := flag + `: "mü!" is not a host name, in "mü!.example"`
		if _, err := resolver().Target(o, "wss://h/"); err == nil || err.Error() != text {
			t.Errorf("%v, want %s", err, text)
		}
	}
}
