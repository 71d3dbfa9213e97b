package keyfile

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"testing"

	"software.sslmate.com/src/go-pkcs12"

	"wsline/internal/wstest"
)

func TestLoadCertificate(t *testing.T) {
	ca := wstest.NewCA(t)
	cert := ca.Client(t)
	key := cert.PrivateKey.(*ecdsa.PrivateKey)
	certPEM, keyPEM := wstest.CertPEM(cert), wstest.KeyPEM(t, cert)
	sec1, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	ecPEM := toPEM("EC PRIVATE KEY", sec1)
	params := toPEM("EC PARAMETERS", []byte{6, 0})
	pbes2 := wstest.EncryptedKeyPEM(t, key, "open", wstest.AES256())
	encrypted, _ := pem.Decode(pbes2)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pfx := func(e *pkcs12.Encoder, password string) []byte {
		file, err := e.Encode(key, cert.Leaf, nil, password)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	modern := pfx(pkcs12.Modern, "open")
	//lint:ignore SA1019 the old form must be read
	block, err := x509.EncryptPEMBlock(rand.Reader, "EC PRIVATE KEY", sec1, []byte("open"),
		x509.PEMCipherAES256)
	if err != nil {
		t.Fatal(err)
	}
	old := pem.EncodeToMemory(block)
	otherKey := wstest.KeyPEM(t, ca.Client(t))
	cancelled := errors.New("the user pressed Ctrl-C")
	say := func(s string) func() ([]byte, error) {
		return func() ([]byte, error) { return []byte(s), nil }
	}
	join := func(parts ...[]byte) (all []byte) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	tests := []struct {
		name       string
		cert, key  []byte
		passphrase func() ([]byte, error)
		want       error
	}{
		{"two files", certPEM, keyPEM, nil, nil},
		{"one file", join(keyPEM, certPEM, ca.PEM()), nil, nil, nil},
		{"SEC 1 with parameters", certPEM, join(params, ecPEM), nil, nil},
		{"PKCS#8, encrypted", certPEM, pbes2, say("open"), nil},
		{"old form, encrypted", certPEM, old, say("open"), nil},
		{"PKCS#8, wrong", certPEM, pbes2, say("shut"), ErrPassphrase},
		{"PKCS#8, empty", certPEM, pbes2, say(""), ErrPassphrase},
		{"PKCS#8, not asked", certPEM, pbes2, nil, ErrPassphraseNeeded},
		{"old form, wrong", certPEM, old, say("shut"), ErrPassphrase},
		{"old form, not asked", certPEM, old, nil, ErrPassphraseNeeded},
		{"cancelled", certPEM, old, func() ([]byte, error) { return nil, cancelled }, cancelled},
		{"no certificate", keyPEM, keyPEM, nil, ErrNoCertificate},
		{"bad certificate", toPEM("CERTIFICATE", []byte("x")), keyPEM, nil, ErrBadCertificate},
		{"no key", certPEM, certPEM, nil, ErrNoKey},
		{"no key in one file", certPEM, []byte(" \n"), nil, ErrNoKey},
		{"bad key", certPEM, toPEM("PRIVATE KEY", []byte("x")), nil, ErrBadKey},
		{"bad encrypted key", certPEM, toPEM("ENCRYPTED PRIVATE KEY", []byte("x")), say("open"),
			ErrBadKey},
		{"DER", cert.Leaf.Raw, pkcs8, nil, nil},
		{"DER, SEC 1", cert.Leaf.Raw, sec1, nil, nil},
		{"DER, encrypted", cert.Leaf.Raw, encrypted.Bytes, say("open"), nil},
		{"DER, encrypted, not asked", certPEM, encrypted.Bytes, nil, ErrPassphraseNeeded},
		{"DER, encrypted, wrong", certPEM, encrypted.Bytes, say("shut"), ErrPassphrase},
		{"DER, no key", cert.Leaf.Raw, nil, nil, ErrNoKey},
		{"DER, a key for a certificate", pkcs8, nil, nil, ErrNoCertificate},
		{"DER, bad key", certPEM, []byte{0x30, 1, 0}, nil, ErrBadKey},
		{"DER, cut", certPEM, cert.Leaf.Raw[:200], nil, ErrNoKey},
		{"PKCS#12", modern, nil, say("open"), nil},
		{"PKCS#12, the old way", pfx(pkcs12.LegacyDES, "open"), nil, say("open"), nil},
		{"PKCS#12, older", pfx(pkcs12.LegacyRC2, "open"), nil, say("open"), nil},
		{"PKCS#12, not encrypted", pfx(pkcs12.Passwordless, ""), nil, nil, nil},
		{"PKCS#12, no passphrase", pfx(pkcs12.Modern, ""), nil, nil, nil},
		{"PKCS#12 and a key", modern, keyPEM, say("open"), nil},
		{"PKCS#12 for the key", certPEM, modern, say("open"), nil},
		{"PKCS#12, wrong", modern, nil, say("shut"), ErrPassphrase},
		{"PKCS#12, not asked", modern, nil, nil, ErrPassphraseNeeded},
		{"another key", certPEM, otherKey, nil, ErrKeyMismatch},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Load(tt.cert, tt.key, tt.passphrase)
			if !errors.Is(err, tt.want) {
				t.Fatalf("error %v, want %v", err, tt.want)
			}
			if err == nil && (!got.Leaf.Equal(cert.Leaf) || !key.Equal(got.PrivateKey)) {
				t.Errorf("got another certificate or key")
			}
		})
	}
}

func TestParseKeyForms(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []any{rsaKey, ecKey, edKey} {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := parseKey(der); err != nil {
			t.Errorf("%T: %v, %v", key, got, err)
		}
	}
	if _, err := parseKey(x509.MarshalPKCS1PrivateKey(rsaKey)); err != nil {
		t.Errorf("PKCS#1: %v", err)
	}
}

func toPEM(typ string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: typ, Bytes: der})
}
