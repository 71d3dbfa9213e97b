package target

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"wsline/internal/exit"
	"wsline/internal/flags"
	"wsline/internal/target/keyfile"
	"wsline/internal/words"
)

// CertOptions are the flags about a certificate of our own, as they were typed.
type CertOptions struct {
	Cert, Key  string  // files
	Passphrase *string // of the key; nil: not given; "": to be asked for
}

// Check refuses what cannot be meant together.
func (o *CertOptions) Check() error { return flags.FirstConflict(o.conflicts()) }

func (o *CertOptions) conflicts() []flags.Conflict {
	return []flags.Conflict{
		{When: o.Key != "" && o.Cert == "", Text: "--key is given without --cert",
			Hint: "--cert FILE names the certificate"},
		{When: o.Passphrase != nil && o.Cert == "", Text: "--passphrase is given without --cert",
			Hint: "--cert FILE and --key FILE name what it opens"},
	}
}

// Certificate reads the certificate and its key, and asks for a passphrase that is missing. Errors are
// *exit.UsageError, or those of Ask.
func (r *Resolver) Certificate(o *CertOptions) (*tls.Certificate, error) {
	cert, err := readCert("--cert", o.Cert)
	if err != nil {
		return nil, err
	}
	flag, path, key := "--cert", o.Cert, cert
	if o.Key != "" {
		flag, path = "--key", o.Key
		if key, err = readCert(flag, path); err != nil {
			return nil, err
		}
	}
	c, err := keyfile.Load(cert, key, func() ([]byte, error) {
		if o.Passphrase != nil && *o.Passphrase != "" {
			return []byte(*o.Passphrase), nil
		}
		p, err := r.secret("passphrase of the key: ", "--passphrase=P gives it")
		return []byte(p), err
	})
	var algorithm keyfile.Unreadable
	var pfx keyfile.PKCS12Error
	switch {
	case errors.As(err, &algorithm):
		return nil, exit.Usagef(algorithm.Fix(words.ShellQuote(path)), "%s %q: %v", flag, path, err)
	case errors.As(err, &pfx):
		return nil, exit.Usagef("openssl pkcs12 -in FILE -out NEW.pem makes PEM of it",
			"%s %q: %v", flag, path, err)
	case errors.Is(err, keyfile.ErrNoCertificate), errors.Is(err, keyfile.ErrBadCertificate):
		return nil, exit.Usagef(pemHint, "--cert %q: %v", o.Cert, err)
	case errors.Is(err, keyfile.ErrNoKey):
		return nil, exit.Usagef("--key FILE names the key", "%s %q: %v", flag, path, err)
	case errors.Is(err, keyfile.ErrBadKey), errors.Is(err, keyfile.ErrKeyMismatch),
		errors.Is(err, keyfile.ErrPassphrase):
		return nil, exit.Usagef("", "%s %q: %v", flag, path, err)
	}
	return c, err
}

// readCert reads a file of certificates or keys, without what editors may have put before PEM.
func readCert(flag, path string) ([]byte, error) {
	file, err := flags.ReadFile(flag, path)
	if err != nil || keyfile.IsDER(file) {
		return file, err
	}
	return flags.Decode(flag, path, file)
}

const pemHint = "a PEM file has -----BEGIN CERTIFICATE-----"

// authorities reads the certificates in a file, PEM or DER, and returns them in PEM form. Those that
// cannot be read are left out, with a notice that says so.
func authorities(flag, path string) (pool []byte, notice string, err error) {
	file, err := readCert(flag, path)
	if err != nil {
		return nil, "", err
	}
	if keyfile.IsDER(file) {
		file = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: file})
	}
	all, skipped, cause := 0, 0, ""
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		all++
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			skipped++
			cause = strings.TrimPrefix(err.Error(), "x509: ")
			continue
		}
		pool = append(pool, pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes})...)
	}
	switch {
	case all == 0:
		return nil, "", exit.Usagef(pemHint, "%s: there is no certificate in %q", flag, path)
	case skipped == all:
		return nil, "", exit.Usagef("", "%s: no certificate in %q can be read: %s", flag, path, cause)
	case skipped > 0:
		notice = fmt.Sprintf("left out %d of the %d certificates in %q: %s", skipped, all, path, cause)
	}
	return pool, notice, nil
}
