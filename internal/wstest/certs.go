package wstest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"
)

// CA signs certificates for a test. Its times are those of the test's clock, so in a
// testing/synctest bubble it must be made there.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewCA makes a certificate authority.
func NewCA(t testing.TB) *CA {
	t.Helper()
	ca := &CA{key: newKey(t)}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "wstest CA"},
		NotBefore:             time.Now().Add(-24 * time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	ca.cert = sign(t, template, template, ca.key, ca.key)
	return ca
}

// PEM is the authority's own certificate, for a client that is to trust it.
func (ca *CA) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw})
}

// Pool is the authority's own certificate, for a tls.Config.
func (ca *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	return pool
}

// CertOption changes a certificate before it is signed.
type CertOption func(*x509.Certificate)

// For makes a certificate one for these names and addresses, instead of localhost, 127.0.0.1 and
// ::1.
func For(names ...string) CertOption {
	return func(c *x509.Certificate) {
		c.DNSNames, c.IPAddresses = nil, nil
		for _, name := range names {
			if ip := net.ParseIP(name); ip != nil {
				c.IPAddresses = append(c.IPAddresses, ip)
			} else {
				c.DNSNames = append(c.DNSNames, name)
			}
		}
	}
}

// Expired makes a certificate one that expired an hour ago.
func Expired() CertOption {
	return func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }
}

// NotYetValid makes a certificate one that becomes valid in an hour.
func NotYetValid() CertOption {
	return func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }
}

// SignedWithSHA1 makes a certificate one whose signature nobody should trust.
func SignedWithSHA1() CertOption {
	return func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }
}

// NegativeSerial is a certificate with a negative serial number, which is wrong (RFC 5280 §4.1.2.2)
// and in use. Its signature no longer fits.
func (ca *CA) NegativeSerial(t testing.TB) tls.Certificate {
	t.Helper()
	cert := ca.Server(t, func(c *x509.Certificate) { c.SerialNumber = big.NewInt(0x7f) })
	const version, serial = "\xa0\x03\x02\x01\x02", "\x02\x01"
	der := bytes.Replace(cert.Certificate[0], []byte(version+serial+"\x7f"),
		[]byte(version+serial+"\xff"), 1)
	cert.Certificate = [][]byte{der}
	return cert
}

// SelfSigned makes a server's certificate that is signed by itself: as Server's but for that.
func SelfSigned(t testing.TB, opts ...CertOption) tls.Certificate {
	t.Helper()
	template, key := newTemplate(x509.ExtKeyUsageServerAuth, opts), newKey(t)
	leaf := sign(t, template, template, key, key)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
}

// Server signs a server's certificate: valid, for localhost, 127.0.0.1 and ::1, but for the
// options.
func (ca *CA) Server(t testing.TB, opts ...CertOption) tls.Certificate {
	t.Helper()
	return ca.issue(t, x509.ExtKeyUsageServerAuth, opts)
}

// Client signs a client's certificate.
func (ca *CA) Client(t testing.TB, opts ...CertOption) tls.Certificate {
	t.Helper()
	return ca.issue(t, x509.ExtKeyUsageClientAuth, opts)
}

// ServerConfig is a server's configuration with a certificate as Server makes it.
func (ca *CA) ServerConfig(t testing.TB, opts ...CertOption) *tls.Config {
	t.Helper()
	return &tls.Config{Certificates: []tls.Certificate{ca.Server(t, opts...)}}
}

func (ca *CA) issue(t testing.TB, usage x509.ExtKeyUsage, opts []CertOption) tls.Certificate {
	t.Helper()
	key := newKey(t)
	leaf := sign(t, newTemplate(usage, opts), ca.cert, key, ca.key)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
}

func newTemplate(usage x509.ExtKeyUsage, opts []CertOption) *x509.Certificate {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: "wstest"},
		NotBefore:    time.Now().Add(-12 * time.Hour),
		NotAfter:     time.Now().Add(12 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{usage},
	}
	For("localhost", "127.0.0.1", "::1")(template)
	for _, opt := range opts {
		opt(template)
	}
	return template
}

// CertPEM is a certificate as it stands in a file.
func CertPEM(cert tls.Certificate) []byte {
	var b []byte
	for _, der := range cert.Certificate {
		b = append(b, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return b
}

// KeyPEM is a certificate's private key as it stands in a file, in PKCS#8 and not encrypted.
func KeyPEM(t testing.TB, cert tls.Certificate) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(
	t testing.TB, template, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey,
) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}
