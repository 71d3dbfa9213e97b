// Package keyfile reads certificates and their private keys from files: PEM, DER and PKCS#12, also
// encrypted. Which files, and what is said of those that cannot be read, is the caller's. It keeps nothing,
// so any goroutine may call it.
package keyfile

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"strings"
	"sync"
)

// Errors of Load.
var (
	ErrNoCertificate    = errors.New("no certificate in the file")
	ErrBadCertificate   = errors.New("the certificate cannot be read")
	ErrNoKey            = errors.New("no private key in the file")
	ErrBadKey           = errors.New("the private key cannot be read")
	ErrKeyMismatch      = errors.New("the private key does not belong to the certificate")
	ErrPassphraseNeeded = errors.New("the private key is encrypted")
	ErrPassphrase       = errors.New("wrong passphrase")
)

// Load reads a client certificate, its chain behind it, and its private key. Each file is
// PEM, DER or PKCS#12. An empty keyFile means that the key stands in certFile too. What is encrypted
// makes it call passphrase, once; nil makes that ErrPassphraseNeeded. Errors are those above, an
// Unreadable, or passphrase's own.
func Load(
	certFile, keyFile []byte, passphrase func() ([]byte, error),
) (*tls.Certificate, error) {
	if passphrase == nil {
		passphrase = func() ([]byte, error) { return nil, ErrPassphraseNeeded }
	}
	passphrase = sync.OnceValues(passphrase)
	if len(bytes.TrimSpace(keyFile)) == 0 {
		keyFile = certFile
	}
	cert := new(tls.Certificate)
	var err error
	if cert.Certificate, err = loadChain(certFile, passphrase); err != nil {
		return nil, err
	}
	if cert.Leaf, err = x509.ParseCertificate(cert.Certificate[0]); err != nil {
		return nil, ErrBadCertificate
	}
	key, err := loadKey(keyFile, passphrase)
	if err != nil {
		return nil, err
	}
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(cert.Leaf.PublicKey) {
		return nil, ErrKeyMismatch
	}
	cert.PrivateKey = key
	return cert, nil
}

// loadChain returns the certificates in a file, one at least.
func loadChain(file []byte, passphrase func() ([]byte, error)) (chain [][]byte, err error) {
	switch {
	case isPKCS12(file):
		chain, _, err = loadPKCS12(file, passphrase)
		return chain, err
	case IsDER(file):
		if _, err := x509.ParseCertificate(file); err == nil {
			return [][]byte{file}, nil
		}
		return nil, ErrNoCertificate
	}
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			chain = append(chain, block.Bytes)
		}
	}
	if len(chain) == 0 {
		return nil, ErrNoCertificate
	}
	return chain, nil
}

func loadKey(file []byte, passphrase func() ([]byte, error)) (crypto.Signer, error) {
	if isPKCS12(file) {
		_, key, err := loadPKCS12(file, passphrase)
		return key, err
	}
	if IsDER(file) {
		return loadDERKey(file, passphrase)
	}
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		// An EC key file may begin with its parameters, and a certificate may stand before the key.
		if block.Type != "PRIVATE KEY" && !strings.HasSuffix(block.Type, " PRIVATE KEY") {
			continue
		}
		if !isEncrypted(block) {
			return parseKey(block.Bytes)
		}
		secret, err := passphrase()
		if err != nil {
			return nil, err
		}
		return decryptKey(block, secret)
	}
	return nil, ErrNoKey
}

// IsDER reports whether a file is one value in DER, as a certificate or a key is.
func IsDER(file []byte) bool {
	const sequence = 0x30
	return len(file) > 0 && file[0] == sequence && unmarshal(file, new(asn1.RawValue))
}

func loadDERKey(der []byte, passphrase func() ([]byte, error)) (crypto.Signer, error) {
	if key, err := parseKey(der); err == nil {
		return key, nil
	}
	if _, err := x509.ParseCertificate(der); err == nil {
		return nil, ErrNoKey
	}
	if !unmarshal(der, new(encryptedKey)) {
		return nil, ErrBadKey
	}
	secret, err := passphrase()
	if err != nil {
		return nil, err
	}
	return decryptKey(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: der}, secret)
}

func isEncrypted(block *pem.Block) bool {
	return block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != ""
}

func decryptKey(block *pem.Block, secret []byte) (crypto.Signer, error) {
	if block.Type != "ENCRYPTED PRIVATE KEY" {
		// There is no other way to read these files, which OpenSSL wrote until 1.0.
		//lint:ignore SA1019 deprecated for writing new files, and needed to read old ones
		der, err := x509.DecryptPEMBlock(block, secret)
		if errors.Is(err, x509.IncorrectPasswordError) {
			return nil, ErrPassphrase
		}
		if err != nil {
			return nil, ErrBadKey
		}
		key, err := parseKey(der)
		if err != nil {
			return nil, ErrPassphrase // padding that looks right by chance
		}
		return key, nil
	}
	der, err := decryptPKCS8(block.Bytes, secret)
	if err != nil {
		return nil, err
	}
	key, err := parseKey(der)
	if err != nil {
		return nil, ErrPassphrase // padding that looks right by chance
	}
	return key, nil
}

// parseKey reads a key in one of the three forms that a PEM block may hold.
func parseKey(der []byte) (crypto.Signer, error) {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return asSigner(key)
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key, nil
	}
	return nil, ErrBadKey
}

func asSigner(key any) (crypto.Signer, error) {
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return key, nil
	case *ecdsa.PrivateKey:
		return key, nil
	case ed25519.PrivateKey:
		return key, nil
	}
	return nil, ErrBadKey
}
