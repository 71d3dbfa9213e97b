package target

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"strings"

	"github.com/youmark/pkcs8"
)

// Errors of loadCertificate.
var (
	errNoCertificate    = errors.New("no certificate in the file")
	errBadCertificate   = errors.New("the certificate cannot be read")
	errNoKey            = errors.New("no private key in the file")
	errBadKey           = errors.New("the private key cannot be read")
	errKeyMismatch      = errors.New("the private key does not belong to the certificate")
	errPassphraseNeeded = errors.New("the private key is encrypted")
	errPassphrase       = errors.New("wrong passphrase")
)

// loadCertificate reads a client certificate, its chain behind it, and its private key, all in PEM
// form. An empty keyPEM means that the key stands in certPEM too. An encrypted key (PKCS#8 with
// PBES2, or the old form with a DEK-Info) makes it call passphrase, once; nil makes that
// errPassphraseNeeded. Errors are those above, or passphrase's own.
func loadCertificate(
	certPEM, keyPEM []byte, passphrase func() ([]byte, error),
) (*tls.Certificate, error) {
	if len(bytes.TrimSpace(keyPEM)) == 0 {
		keyPEM = certPEM
	}
	cert := new(tls.Certificate)
	for block, rest := pem.Decode(certPEM); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			cert.Certificate = append(cert.Certificate, block.Bytes)
		}
	}
	if len(cert.Certificate) == 0 {
		return nil, errNoCertificate
	}
	var err error
	if cert.Leaf, err = x509.ParseCertificate(cert.Certificate[0]); err != nil {
		return nil, errBadCertificate
	}
	key, err := loadKey(keyPEM, passphrase)
	if err != nil {
		return nil, err
	}
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(cert.Leaf.PublicKey) {
		return nil, errKeyMismatch
	}
	cert.PrivateKey = key
	return cert, nil
}

func loadKey(keyPEM []byte, passphrase func() ([]byte, error)) (crypto.Signer, error) {
	for block, rest := pem.Decode(keyPEM); block != nil; block, rest = pem.Decode(rest) {
		// An EC key file may begin with its parameters, and a certificate may stand before the key.
		if block.Type != "PRIVATE KEY" && !strings.HasSuffix(block.Type, " PRIVATE KEY") {
			continue
		}
		if !isEncrypted(block) {
			return parseKey(block.Bytes)
		}
		if passphrase == nil {
			return nil, errPassphraseNeeded
		}
		secret, err := passphrase()
		if err != nil {
			return nil, err
		}
		return decryptKey(block, secret)
	}
	return nil, errNoKey
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
			return nil, errPassphrase
		}
		if err != nil {
			return nil, errBadKey
		}
		key, err := parseKey(der)
		if err != nil {
			return nil, errPassphrase // padding that looks right by chance
		}
		return key, nil
	}
	if !isPBES2(block.Bytes) {
		return nil, errBadKey
	}
	if len(secret) == 0 {
		return nil, errPassphrase // to the library an empty one means a key in the clear
	}
	key, _, err := pkcs8.ParsePrivateKey(block.Bytes, secret)
	if err != nil {
		return nil, errPassphrase
	}
	return asSigner(key)
}

// isPBES2 reports whether a PKCS#8 file is encrypted in the way that the library knows (RFC 8018
// §6.2): an error of the library for such a file means the passphrase.
func isPBES2(der []byte) bool {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	rest, err := asn1.Unmarshal(der, &info)
	return err == nil && len(rest) == 0 &&
		info.Algorithm.Algorithm.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13})
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
	return nil, errBadKey
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
	return nil, errBadKey
}
