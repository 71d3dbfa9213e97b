package target

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"errors"

	"wsline/internal/exit"
	"wsline/internal/flags"
)

// CertOptions are the flags about a certificate of our own, as they were typed.
type CertOptions struct {
	Cert, Key  string  // files
	Passphrase *string // of the key; nil: not given; "": to be asked for
}

// Check refuses what cannot be meant together.
func (o *CertOptions) Check() error {
	return flags.FirstConflict([]flags.Conflict{
		{When: o.Key != "" && o.Cert == "", Text: "--key is given without --cert",
			Hint: "--cert FILE names the certificate"},
		{When: o.Passphrase != nil && o.Cert == "", Text: "--passphrase is given without --cert",
			Hint: "--cert FILE and --key FILE name what it opens"},
	})
}

// Certificate reads the certificate and its key, and asks for a passphrase that is missing. Errors are
// *exit.UsageError, or those of Ask.
func (r *Resolver) Certificate(o *CertOptions) (*tls.Certificate, error) {
	cert, err := flags.ReadFile("--cert", o.Cert)
	if err != nil {
		return nil, err
	}
	flag, path, key := "--cert", o.Cert, cert
	if o.Key != "" {
		flag, path = "--key", o.Key
		if key, err = flags.ReadFile(flag, path); err != nil {
			return nil, err
		}
	}
	c, err := loadCertificate(cert, key, func() ([]byte, error) {
		if o.Passphrase != nil && *o.Passphrase != "" {
			return []byte(*o.Passphrase), nil
		}
		p, err := r.secret("passphrase of the key: ", "--passphrase=P gives it")
		return []byte(p), err
	})
	switch {
	case errors.Is(err, errNoCertificate), errors.Is(err, errBadCertificate):
		return nil, exit.Usagef(pemHint, "--cert %q: %v", o.Cert, err)
	case errors.Is(err, errNoKey):
		return nil, exit.Usagef("--key FILE names the key", "%s %q: %v", flag, path, err)
	case errors.Is(err, errBadKey), errors.Is(err, errKeyMismatch),
		errors.Is(err, errPassphrase):
		return nil, exit.Usagef("", "%s %q: %v", flag, path, err)
	}
	return c, err
}

const pemHint = "a PEM file has -----BEGIN CERTIFICATE-----"

func hasCertificate(b []byte) bool {
	for len(b) > 0 {
		block, rest := pem.Decode(b)
		if block == nil {
			return false
		}
		if block.Type == "CERTIFICATE" {
			return true
		}
		b = bytes.TrimSpace(rest)
	}
	return false
}
