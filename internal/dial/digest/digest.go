// Package digest answers challenges of the scheme Digest (RFC 7616), as servers and proxies make
// them for requests without a body.
package digest

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"wsline/internal/dial/field"
)

// hashes are those of RFC 7616 §6.1; each may also end in -sess.
var hashes = map[string]func(string) string{
	"md5":         func(s string) string { h := md5.Sum([]byte(s)); return text(h[:]) },
	"sha-256":     func(s string) string { h := sha256.Sum256([]byte(s)); return text(h[:]) },
	"sha-512-256": func(s string) string { h := sha512.Sum512_256([]byte(s)); return text(h[:]) },
}

func text(hash []byte) string { return hex.EncodeToString(hash) }

// A Login answers for one user, to whom set the challenge. It is used by one goroutine.
type Login struct {
	user, password string
	params         map[string]string
	hash           func(string) string
	session        bool // the algorithm ends in -sess
	nonce          string
	count          int // of the answers with the server's nonce
}

// New takes the first of the challenges that can be answered (RFC 7616 §3.7), nil for none.
func New(challenges []field.Challenge, user, password string) *Login {
	for _, c := range challenges {
		if !Knows(c) {
			continue
		}
		name, session := strings.CutSuffix(algorithm(c), "-sess")
		return &Login{
			user: user, password: password, params: c.Params,
			hash: hashes[name], session: session, nonce: rand.Text(),
		}
	}
	return nil
}

// Knows reports whether a challenge can be answered: it is of this scheme, with an algorithm and a
// quality of protection that are known. Before RFC 2617 there was none of the latter.
func Knows(c field.Challenge) bool {
	qop, isGiven := c.Params["qop"]
	_, isHash := hashes[strings.TrimSuffix(algorithm(c), "-sess")]
	return strings.EqualFold(c.Scheme, "Digest") && isHash && (!isGiven || listsAuth(qop))
}

// IsStale reports whether one of the challenges says that only the nonce of the answer before was
// too old (RFC 7616 §3.3).
func IsStale(challenges []field.Challenge) bool {
	for _, c := range challenges {
		if Knows(c) && strings.EqualFold(c.Params["stale"], "true") {
			return true
		}
	}
	return false
}

// OrBasic reports whether the challenges allow for Basic as well.
func OrBasic(challenges []field.Challenge) bool {
	return slices.ContainsFunc(challenges, func(c field.Challenge) bool {
		return strings.EqualFold(c.Scheme, "Basic")
	})
}

// Foreign names the schemes of challenges, such as "NTLM or Negotiate", when there is none among
// them that can be used: Basic, Bearer, or Digest as it is known here.
func Foreign(challenges []field.Challenge) string {
	var names []string
	for _, c := range challenges {
		switch {
		case strings.EqualFold(c.Scheme, "Basic"), strings.EqualFold(c.Scheme, "Bearer"), Knows(c):
			return ""
		case strings.EqualFold(c.Scheme, "Digest"):
			kind := strings.TrimSpace(algorithm(c) + " " + c.Params["qop"])
			names = append(names, "Digest ("+kind+")")
		default:
			names = append(names, c.Scheme)
		}
	}
	return strings.Join(names, " or ")
}

// algorithm is a challenge's, in lower case.
func algorithm(c field.Challenge) string {
	if name := c.Params["algorithm"]; name != "" {
		return strings.ToLower(name)
	}
	return "md5"
}

func listsAuth(qop string) bool {
	for name := range strings.SplitSeq(qop, ",") {
		if strings.EqualFold(strings.TrimSpace(name), "auth") {
			return true
		}
	}
	return false
}

// Field is the value of the Authorization or Proxy-Authorization field for the next request
// (RFC 7616 §3.4).
func (l *Login) Field(method, uri string) string {
	l.count++
	p, nc := l.params, fmt.Sprintf("%08x", l.count)
	secret := l.hash(l.user + ":" + p["realm"] + ":" + l.password)
	if l.session {
		secret = l.hash(secret + ":" + p["nonce"] + ":" + l.nonce)
	}
	_, protected := p["qop"]
	middle := p["nonce"]
	if protected {
		middle += ":" + nc + ":" + l.nonce + ":auth"
	}
	response := l.hash(secret + ":" + middle + ":" + l.hash(method+":"+uri))
	fields := append([]string{l.username()},
		`realm=`+quote(p["realm"]), `nonce=`+quote(p["nonce"]), `uri=`+quote(uri),
		`response="`+response+`"`)
	if name := p["algorithm"]; name != "" {
		fields = append(fields, "algorithm="+name)
	}
	if opaque, given := p["opaque"]; given {
		fields = append(fields, "opaque="+quote(opaque))
	}
	if protected || l.session {
		fields = append(fields, `cnonce="`+l.nonce+`"`)
	}
	if protected {
		fields = append(fields, "qop=auth", "nc="+nc)
	}
	if l.hidesUser() {
		fields = append(fields, "userhash=true")
	}
	return "Digest " + strings.Join(fields, ", ")
}

func (l *Login) hidesUser() bool { return strings.EqualFold(l.params["userhash"], "true") }

// username is the user: hashed where that is wanted, and encoded where a quoted string would not be
// understood (RFC 7616 §3.4, §3.4.4).
func (l *Login) username() string {
	switch {
	case l.hidesUser():
		return `username="` + l.hash(l.user+":"+l.params["realm"]) + `"`
	case strings.ContainsFunc(l.user, isNotASCII) &&
		strings.EqualFold(l.params["charset"], "UTF-8"):
		return "username*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(l.user), "+", "%20")
	}
	return "username=" + quote(l.user)
}

func isNotASCII(r rune) bool { return r >= 0x80 }

// quote writes a quoted string (RFC 9110 §5.6.4).
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
