package keyfile

import (
	"crypto"
	"encoding/asn1"
	"errors"
	"strings"

	"software.sslmate.com/src/go-pkcs12"
)

// isPKCS12 reports whether a file is a PFX (RFC 7292 §4): a sequence that begins with the version 3.
func isPKCS12(file []byte) bool {
	var pfx struct {
		Version int
		Rest    asn1.RawValue
		Mac     asn1.RawValue `asn1:"optional"`
	}
	return unmarshal(file, &pfx) && pfx.Version == 3
}

// PKCS12Error is what the library does not read.
type PKCS12Error struct{ cause error }

func (e PKCS12Error) Error() string {
	text := e.cause.Error()
	if i := strings.LastIndex(text, "pkcs12: "); i >= 0 {
		text = text[i+len("pkcs12: "):]
	}
	return "the PKCS#12 file cannot be read: " + text
}

// loadPKCS12 returns the certificate in a .p12 or .pfx file, with its chain, and the key. One without
// a passphrase asks for none.
func loadPKCS12(file []byte, passphrase func() ([]byte, error)) (
	chain [][]byte, key crypto.Signer, err error,
) {
	private, leaf, rest, err := pkcs12.DecodeChain(file, "")
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		var secret []byte
		if secret, err = passphrase(); err != nil {
			return nil, nil, err
		}
		private, leaf, rest, err = pkcs12.DecodeChain(file, string(secret))
	}
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return nil, nil, ErrPassphrase
	case err != nil:
		return nil, nil, PKCS12Error{err}
	}
	if key, err = asSigner(private); err != nil {
		return nil, nil, err
	}
	chain = append(chain, leaf.Raw)
	for _, c := range rest {
		chain = append(chain, c.Raw)
	}
	return chain, key, nil
}
