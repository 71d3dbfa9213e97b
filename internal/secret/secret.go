// Package secret knows what secrets are called and how they look: the one list of names that URLs,
// header fields, the history of a talk and the wildcards of scripts are held against. Hiding them
// is up to whoever shows something.
package secret

import (
	"slices"
	"strings"
	"unicode"
)

var (
	// names are whole names, endings are those of longer ones too. Both are without what parts
	// words.
	names   = []string{"key", "sig", "pwd", "pass", "sid", "otp"}
	endings = []string{
		"token", "password", "passphrase", "passwd", "secret", "signature", "jwt", "bearer",
		"auth", "authorization", "credential", "credentials", "ticket",
		"session", "sessionid", "sessid",
		"apikey", "accesskey", "privatekey", "secretkey", "subscriptionkey", "functionskey",
		"authkey",
	}
	// often are names of secrets that are as often names of something else.
	often = []string{"key", "sig", "sid", "auth", "session", "ticket"}
)

// Name reports whether a parameter of a URL, a header field, a member of JSON or a variable is
// named as secrets are: token, access_token, authToken, X-Api-Key.
func Name(name string) bool {
	name = bare(name)
	return slices.Contains(names, name) || slices.ContainsFunc(endings, func(end string) bool {
		return strings.HasSuffix(name, end)
	})
}

// Sure is Name without the names that are often something else, such as the key of a pair.
func Sure(name string) bool { return Name(name) && !slices.Contains(often, bare(name)) }

// bare is a name in lower case, without what parts its words and the X of a field.
func bare(name string) string {
	name = strings.ToLower(name)
	for _, prefix := range []string{"x-", "x_"} {
		name = strings.TrimPrefix(name, prefix)
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_.[] ", r) {
			return -1
		}
		return r
	}, name)
}

// KubernetesBearer is the prefix that Kubernetes takes a token with in a subprotocol.
const KubernetesBearer = "base64url.bearer.authorization.k8s.io."

// Protocols says which of a list of subprotocols are tokens, which browsers have no other field
// for: those that look like one, and those that follow one which announces a token, such as
// "bearer".
func Protocols(list []string) []bool {
	tokens := make([]bool, len(list))
	announced := false
	for i, entry := range list {
		name := strings.TrimSpace(entry)
		token, known := strings.CutPrefix(name, KubernetesBearer)
		tokens[i] = known && token != "" || !known && name != "" && (announced || isToken(name))
		announced = !announced && announces(name)
	}
	return tokens
}

// announces reports whether a subprotocol is the name of what follows it: "bearer, TOKEN".
func announces(name string) bool { return strings.EqualFold(name, "basic") || Name(name) }

const (
	// longestName is the most bytes that the name of a subprotocol has whatever it looks like.
	longestName = 24

	longestWord = 20 // letters
	longestMix  = 8  // of a word with digits
)

// isToken reports whether the name of a subprotocol is longer than most, and not made of words, as
// json.reliable.webpubsub.azure.v1 is.
func isToken(name string) bool {
	if len(name) <= longestName {
		return false
	}
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool {
		return strings.ContainsRune(".-_+:/ ", r)
	}) {
		if !isWord(word) {
			return true
		}
	}
	return false
}

// isWord reports whether a person wrote a word: webpubsub, k8s, base64, 2024.
func isWord(word string) bool {
	changes, digits := 0, 0
	var before int
	for i, r := range word {
		class := 0
		switch {
		case unicode.IsDigit(r):
			class, digits = 1, digits+1
		case unicode.IsLower(r):
			class = 2
		case unicode.IsUpper(r):
			class = 3
		}
		if class == 0 || r > unicode.MaxASCII {
			return false
		}
		if i > 0 && class != before && !(before == 3 && i == 1) { // but for a capital
			changes++
		}
		before = class
	}
	if digits > 0 {
		return len(word) <= longestMix && changes <= 2
	}
	return len(word) <= longestWord && changes <= 2
}
