package digest

import (
	"strings"
	"testing"

	"wsline/internal/dial/field"
)

// The first two are the examples of RFC 7616 §3.9.1.
func TestField(t *testing.T) {
	const (
		nonce  = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
		opaque = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
		cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
		rfc    = `realm="http-auth@example.org", qop="auth, auth-int", nonce="` + nonce +
			`", opaque="` + opaque + `"`
	)
	common := `realm="http-auth@example.org", nonce="` + nonce + `", uri="/dir/index.html", `
	tests := []struct {
		name, challenge, user, password, uri, cnonce, want string
	}{
		{"MD5", "Digest " + rfc + ", algorithm=MD5", "Mufasa", "Circle of Life", "/dir/index.html", cnonce,
			`username="Mufasa", ` + common + `response="8ca523f5e9506fed4657c9700eebdbec", ` +
				`algorithm=MD5, opaque="` + opaque + `", cnonce="` + cnonce + `", qop=auth, nc=00000001`},
		{"SHA-256", "Digest " + rfc + ", algorithm=SHA-256", "Mufasa", "Circle of Life",
			"/dir/index.html", cnonce, `username="Mufasa", ` + common + `response="` +
				`753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", ` +
				`algorithm=SHA-256, opaque="` + opaque + `", cnonce="` + cnonce + `", qop=auth, nc=00000001`},
		{"the first one that is known",
			"Digest " + rfc + ", algorithm=SHA-1024, Digest " + rfc + ", Basic realm=x, Digest realm=no",
			"Mufasa", "Circle of Life", "/dir/index.html", cnonce, `username="Mufasa", ` + common +
				`response="8ca523f5e9506fed4657c9700eebdbec", opaque="` + opaque + `", cnonce="` + cnonce +
				`", qop=auth, nc=00000001`},
		{"without quality of protection", `Digest realm="r", nonce="n"`, "u", "p", "/", "c",
			`username="u", realm="r", nonce="n", uri="/", response="` +
				hashes["md5"](hashes["md5"]("u:r:p")+":n:"+hashes["md5"]("GET:/")) + `"`},
		{"a session", `digest realm="r",nonce="n",algorithm=md5-SESS,qop=auth`, "u", "p", "/", "c",
			`username="u", realm="r", nonce="n", uri="/", response="` +
				hashes["md5"](hashes["md5"](hashes["md5"]("u:r:p")+":n:c")+":n:00000001:c:auth:"+
					hashes["md5"]("GET:/")) + `", algorithm=md5-SESS, cnonce="c", qop=auth, nc=00000001`},
		{"quoted", `Digest realm="a \"b\" \\", nonce="n"`, `u"v`, "p", "/", "c",
			`username="u\"v", realm="a \"b\" \\", nonce="n", uri="/", response="` +
				hashes["md5"](hashes["md5"](`u"v:a "b" \:p`)+":n:"+hashes["md5"]("GET:/")) + `"`},
		{"a user in UTF-8", `Digest realm="r", nonce="n", charset=UTF-8`, "Jäsøn Doe", "p", "/", "c",
			`username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, realm="r", nonce="n", uri="/", response="` +
				hashes["md5"](hashes["md5"]("Jäsøn Doe:r:p")+":n:"+hashes["md5"]("GET:/")) + `"`},
	}
	for _, tt := range tests {
		l := New(field.Challenges([]string{tt.challenge}), tt.user, tt.password)
		if l == nil {
			t.Errorf("%s: not answered", tt.name)
			continue
		}
		l.nonce = tt.cnonce
		if got := l.Field("GET", tt.uri); got != "Digest "+tt.want {
			t.Errorf("%s:\n%s, want\nDigest %s", tt.name, got, tt.want)
		}
	}
}

// The user of the example of RFC 7616 §3.9.2.
func TestUserIsHashed(t *testing.T) {
	l := New(field.Challenges([]string{`Digest realm="api@example.org", qop="auth", ` +
		`algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", ` +
		`charset=UTF-8, userhash=true`}), "Jäsøn Doe", "Secret, or not?")
	got := l.Field("GET", "/doe.json")
	want := hashes["sha-512-256"]("Jäsøn Doe:api@example.org")
	if !strings.HasPrefix(got, `Digest username="`+want+`", `) || !strings.HasSuffix(got, ", userhash=true") {
		t.Errorf("%s", got)
	}
}

func TestCount(t *testing.T) {
	l := New(field.Challenges([]string{`Digest realm="r", nonce="n", qop="auth"`}), "u", "p")
	first, second := l.Field("GET", "/"), l.Field("GET", "/")
	if !strings.HasSuffix(first, "nc=00000001") || !strings.HasSuffix(second, "nc=00000002") {
		t.Errorf("%s\n%s", first, second)
	}
}

func TestUnknown(t *testing.T) {
	for _, challenge := range []string{
		"", "Basic realm=x", "NTLM", "Negotiate abc==", `Digest realm="r", qop="auth-int"`,
		`Digest realm="r", algorithm=token`,
	} {
		if New(field.Challenges([]string{challenge}), "u", "p") != nil {
			t.Errorf("%q is answered", challenge)
		}
	}
	for challenge, want := range map[string]bool{
		`Digest realm="r", stale=TRUE`: true, `Digest realm="r", stale="true"`: true,
		`Digest realm="r", stale=false`: false, `Digest realm="r"`: false, `Basic stale=true`: false,
	} {
		if got := IsStale(field.Challenges([]string{challenge})); got != want {
			t.Errorf("%q is stale: %v", challenge, got)
		}
	}
}
