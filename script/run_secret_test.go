package script

import (
	"io"
	"strings"
	"testing"
	"time"

	"wsline/internal/wstest"
	"wsline/script/report"
	"wsline/script/wst"
)

// TestSecretsAreNowhere: no report has a secret, nor a part of one that is too long to be shown whole,
// and --update writes none to a file.
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
