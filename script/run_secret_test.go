package script

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"wsline/internal/wstest"
	"wsline/script/report"
	"wsline/script/wst"
)

// TestSecretsAreNowhere: no report has a secret, nor a part of one that is too long to be shown
// whole, and --update writes none to a file.
func TestSecretsAreNowhere(t *testing.T) {
	secret := "s3cr3t-" + strings.Repeat("0123456789", 5) + "-end"
	r := testRunner(endpoint(t, "echo:"))
	r.Timeout = 50 * time.Millisecond
	r.Vars = func() *wst.Vars {
		v := &wst.Vars{}
		if err := v.SetSecret("token", secret); err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, text := range []string{
		"> ${token} x\n< other",
		"> aaaaaaaaaaaaaaaaaaaaaaaa ${token}\n< aaaaaaaaaaaaaaaaaaaaaaaa ${token} x",
		"> aaaaaaaaaaaaaaaaaaaaaaaa ${token}\n< b",
		"> aaaaaaaaaaaaaaaaaaaaaaaa ${token}\n< aaaaaaaaaaaaaaaaaaaaaaaa s3cr3t-x",
		"> {\"token\":\"${token}\",\"l\":\"" + strings.Repeat("x", 130) + "\"}\n< {\"token\":\"x\"}",
		"> {\"l\":\"" + strings.Repeat("x", 130) + "${token}\"}\n< {\"l\":\"y\"}",
		"> {\"${token}\":1}\n< {\"y\":2}",
		"> " + strings.Repeat("x", 16300) + "${token} \n< x",
		"> " + strings.Repeat("x", 8100) + "${token} \n< x",
		"> x\n<~ ${token}",
		"> x ${token}\n<~ y",
		"> x ${token}\n<? .${token}",
		"> {}\n<? .a == \"${token}\"",
		"> ${token}\n> /capture a ${token}",
		"> ${token}\n< ...\n> /capture a ~x${token}",
		"> /wait ${token}",
		"> /frame ${token}",
		"> /binary ${token}",
		"> /close ${token}",
		"> x\n<close ${token}",
		"> /ping ${token}${token}${token}",
		"> /ping ${token}\n<pong x",
		"> /close 1000 ${token}\n<close 1000 x",
		"> /connect ws://${token}:1/",
		"> /connect --as ${token}",
		"> /connect ws://127.0.0.1:1/${token}\n<error x",
		"> /include /${token}",
		"> /skip ${token}",
		"> x\n<binary ${token}",
		"> /set a ${token}\n> ${a}\n< x",
		"> /exec ${token}",
		"> /timeout ${token}",
		"> /repeat ${token}\n> x\n> /end",
		"> " + strings.Repeat("x", 250) + "${token}\n< " + strings.Repeat("x", 250) + "y${token}",
	} {
		for _, r.Update = range []bool{false, true} {
			res := runText(t, r, text)
			all := res.Updated + reports(t, res)
			for _, part := range []string{"s3cr3t-01", "0123456789"} {
				if i := strings.Index(all, part); i >= 0 {
					t.Errorf("update %v %q: %s", r.Update, text, all[max(0, i-100):i+len(part)])
				}
			}
		}
	}
}

// reports is what all reports say of a result.
func reports(t *testing.T, r *report.Result) string {
	t.Helper()
	s := &report.Suite{Results: []*report.Result{r}}
	var out strings.Builder
	for _, write := range []func(io.Writer, *report.Suite) error{
		(&report.Text{}).WriteText, report.WriteJUnit, report.WriteTAP, report.WriteHTML,
		report.WriteJSON,
	} {
		if err := write(&out, s); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

// TestRedactForms: a secret is hidden as it stands in bytes, in a URL and in a list.
func TestRedactForms(t *testing.T) {
	v := &wst.Vars{}
	if err := v.SetSecret("s", "a+b/c d"); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"a+b/c d", "612b622f632064", "a%2Bb%2Fc+d", "a+b%2Fc%20d", "a+b/c%20d",
	} {
		if got := v.Redact("<" + text + ">"); got != "<<secret s>>" {
			t.Errorf("%s is shown as %s", text, got)
		}
	}
}

// TestBytesOfSecrets: where bytes differ that have a secret in them, none of them is told.
func TestBytesOfSecrets(t *testing.T) {
	r := testRunner(accepted(t, func(p *wstest.Peer) {
		_ = p.Binary([]byte("key s3cr3t"))
		_ = p.Echo()
	}))
	r.Vars = func() *wst.Vars {
		v := &wst.Vars{}
		if err := v.SetSecret("token", "s3cr3t"); err != nil {
			t.Fatal(err)
		}
		return v
	}
	want := "failed test.wst:1 mismatch: ; the bytes differ, and a secret is among them"
	res := runText(t, r, "<binary 00")
	if got := outcome(res); got != want || res.Failures[0].Got != "<binary 6b657920<secret token>" {
		t.Errorf("got  %s, %s\nwant %s", got, res.Failures[0].Got, want)
	}
}

// TestSecretOfSeveralLines: a value with line ends, as a PEM key has, is hidden before what it
// stands in is laid out.
func TestSecretOfSeveralLines(t *testing.T) {
	secret := "-----BEGIN KEY-----\nline-1/abcdef\nline-2+abcdef\n-----END KEY-----"
	r := testRunner(endpoint(t, "echo:"))
	r.Timeout = 50 * time.Millisecond
	r.Exec = func(context.Context, []string) (string, bool, error) {
		return "it wrote\n" + secret, false, errors.New("it failed:\n" + secret)
	}
	r.Vars = func() *wst.Vars {
		v := &wst.Vars{}
		if err := v.SetSecret("key", secret); err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, text := range []string{
		"> ${key}\n< x",
		"> ${key}\n< ...\n> hello\n< x",
		"> a\\n${key}\n<* x",
		"> {\"k\":\"a\"}\n> ${key}\n< x",
		"> ${key}\n> /silence 1s",
		"> ${key}\n> /exec true",
		"> /exec true",
		"> /text \"x ${key}\"\n< x",
		"> -----BEGIN KEY-----\n  line-1/abcdef\n  line-2+abcdef\n  -----END KEY-----\n< x",
		"> x\n< -----BEGIN KEY-----\n  line-1/abcdef\n  line-2+abcdef\n  -----END KEY-----",
		"> /set a ${key}\n> ${a}\n< x",
		"> /wait ${key}",
		"> /close 1000 ${key}",
		"> /connect ws://127.0.0.1:1/ -H 'X: ${key}'\n> hi",
		"> " + strings.Repeat("x", 65000) + "${key}\n< x",
		"> " + strings.Repeat("x", 4*(report.MaxEntry-64)-25) + "${key}\n< x",
	} {
		res := runText(t, r, text)
		all := reports(t, res)
		for _, part := range []string{"line-1", "line-2", "END KEY"} {
			if i := strings.Index(all, part); i >= 0 {
				t.Errorf("%.80q: %s", text, all[max(0, i-100):i+len(part)])
			}
		}
	}
}

// TestSecretThatIsCut: neither what a program writes nor a reason that its sender has cut shows the
// beginning of a value.
func TestSecretThatIsCut(t *testing.T) {
	const secret = "s3cr3t-0123456789"
	r := testRunner(accepted(t, func(p *wstest.Peer) {
		_ = p.Close(4000, strings.Repeat("x", 112)+secret[:11])
	}))
	r.Exec = func(context.Context, []string) (string, bool, error) {
		return "x " + secret[:12], true, nil
	}
	r.Vars = func() *wst.Vars {
		v := &wst.Vars{}
		if err := v.SetSecret("token", secret); err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, text := range []string{"< x", "<close 4000 x", "> /exec x"} {
		all := reports(t, runText(t, r, text))
		if strings.Contains(all, secret[:5]) || !strings.Contains(all, "secret token") {
			t.Errorf("%s: %s", text, all)
		}
	}
}

// TestSecretInCloseReason: the reason of the end is the peer's.
func TestSecretInCloseReason(t *testing.T) {
	r := testRunner(accepted(t, func(p *wstest.Peer) {
		_ = p.Close(4000, "no such token: s3cr3t-\"ä")
	}))
	r.Vars = func() *wst.Vars {
		v := &wst.Vars{}
		if err := v.SetSecret("token", "s3cr3t-\"ä"); err != nil {
			t.Fatal(err)
		}
		return v
	}
	res := runText(t, r, "< x")
	if got, want := res.Failures[0].Got,
		`* closed by the peer: 4000 "no such token: <secret token>"`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestFormsOfSecrets: what JSON writers, URLs and Basic credentials make of a value is as secret.
func TestFormsOfSecrets(t *testing.T) {
	r := testRunner(accepted(t, func(p *wstest.Peer) {
		_ = p.Text(`{"a":"ab\/cd","b":"p\u00e4ss","c":"ab%2fcd","d":"Basic dXNlcjphYi9jZA=="}`)
		_ = p.Echo()
	}))
	r.Vars = func() *wst.Vars {
		v := &wst.Vars{}
		if v.SetSecret("k", "ab/cd") != nil || v.SetSecret("p", "päss") != nil {
			t.Fatal("not set")
		}
		return v
	}
	all := reports(t, runText(t, r, "< x"))
	for _, part := range []string{`ab\`, "u00e4ss", "2fcd", "dXNlcjp", "9jZA"} {
		if i := strings.Index(all, part); i >= 0 {
			t.Errorf("%s: %s", part, all[max(0, i-60):i+len(part)])
		}
	}
}
