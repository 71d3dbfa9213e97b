package keyfile

import (
	"bytes"
	"crypto/aes"
	"crypto/des"
	"crypto/ecdsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"hash"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/scrypt"

	"wsline/internal/wstest"
)

// Each pseudorandom function and each cipher of RFC 8018 §B that the standard library has.
func TestDecryptPKCS8(t *testing.T) {
	key := wstest.NewCA(t).Client(t).PrivateKey.(*ecdsa.PrivateKey)
	prf := func(n int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 2, n} }
	aesCBC := func(n int) asn1.ObjectIdentifier {
		return asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, n}
	}
	with := func(prf, cipher asn1.ObjectIdentifier, h func() hash.Hash, size int) wstest.Encryption {
		return wstest.Encryption{PRF: prf, Hash: h, Cipher: cipher, KeySize: size, Block: aes.NewCipher}
	}
	tripleDES := with(prf(9), asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7}, sha256.New, 24)
	tripleDES.Block = des.NewTripleDESCipher
	singleDES := with(prf(9), asn1.ObjectIdentifier{1, 3, 14, 3, 2, 7}, sha256.New, 8)
	singleDES.Block = des.NewCipher
	for name, e := range map[string]wstest.Encryption{
		"hmacWithSHA1":       with(nil, aesCBC(2), sha1.New, 16),
		"hmacWithSHA1 named": with(prf(7), aesCBC(22), sha1.New, 24),
		"hmacWithSHA224":     with(prf(8), aesCBC(42), sha256.New224, 32),
		"hmacWithSHA256":     with(prf(9), aesCBC(42), sha256.New, 32),
		"hmacWithSHA384":     with(prf(10), aesCBC(42), sha512.New384, 32),
		"hmacWithSHA512":     with(prf(11), aesCBC(42), sha512.New, 32),
		"hmacWithSHA512-224": with(prf(12), aesCBC(42), sha512.New512_224, 32),
		"hmacWithSHA512-256": with(prf(13), aesCBC(42), sha512.New512_256, 32),
		"3DES":               tripleDES,
		"DES":                singleDES,
	} {
		file := wstest.EncryptedKeyPEM(t, key, "open", e)
		for secret, want := range map[string]error{"open": nil, "shut": ErrPassphrase, "": ErrPassphrase} {
			got, err := loadKey(file, func() ([]byte, error) { return []byte(secret), nil })
			if !errors.Is(err, want) || err == nil && !key.Equal(got) {
				t.Errorf("%s with %q: %v, %v", name, secret, got, err)
			}
		}
	}
}

// What cannot be read is named, and no passphrase is blamed.
func TestUnreadableKey(t *testing.T) {
	key := wstest.NewCA(t).Client(t).PrivateKey
	const (
		modern = "openssl pkey -in FILE -aes256 -out NEW encrypts it with AES"
		old    = "openssl pkey -in FILE -aes256 -out NEW -provider legacy -provider default " +
			"encrypts it with AES"
	)
	for oid, want := range map[string][2]string{
		"1.2.410.200046.1.1.12": {"ARIA-256-CBC", modern},
		"1.2.840.113549.3.2":    {"RC2-CBC", old},
		"1.2.3.4":               {"the algorithm 1.2.3.4", modern},
	} {
		e := wstest.AES256()
		e.Cipher = parseOID(oid)
		file := wstest.EncryptedKeyPEM(t, key, "open", e)
		_, err := loadKey(file, func() ([]byte, error) { return []byte("open"), nil })
		var unread Unreadable
		if !errors.As(err, &unread) || unread.Fix("FILE") != want[1] || err.Error() !=
			"the private key is encrypted with "+want[0]+", which wsline cannot read" {
			t.Errorf("%s: %v, %s", oid, err, unread.Fix("FILE"))
		}
	}
	e := wstest.AES256()
	e.PRF = parseOID("1.2.840.113549.2.6")
	_, err := loadKey(wstest.EncryptedKeyPEM(t, key, "open", e),
		func() ([]byte, error) { return []byte("open"), nil })
	if !errors.Is(err, Unreadable{"1.2.840.113549.2.6"}) {
		t.Errorf("%v", err)
	}
	pbes1, _ := asn1.Marshal(struct {
		Algorithm struct{ Algorithm asn1.ObjectIdentifier }
		Data      []byte
	}{struct{ Algorithm asn1.ObjectIdentifier }{parseOID("1.2.840.113549.1.5.3")}, []byte("x")})
	if _, err := decryptPKCS8(pbes1, []byte("open")); !errors.Is(err, Unreadable{"1.2.840.113549.1.5.3"}) {
		t.Errorf("PBES1: %v", err)
	}
}

func parseOID(s string) (oid asn1.ObjectIdentifier) {
	for part := range strings.SplitSeq(s, ".") {
		n := 0
		for _, c := range part {
			n = n*10 + int(c-'0')
		}
		oid = append(oid, n)
	}
	return oid
}

// A file that was cut or changed is an error, whatever it says.
func TestBrokenPKCS8(t *testing.T) {
	key := wstest.NewCA(t).Client(t).PrivateKey
	block, _ := pem.Decode(wstest.EncryptedKeyPEM(t, key, "open", wstest.AES256()))
	for i := range block.Bytes {
		if _, err := decryptPKCS8(block.Bytes[:i], []byte("open")); !errors.Is(err, ErrBadKey) {
			t.Errorf("the first %d bytes: %v", i, err)
		}
	}
	for i := range 120 { // all before the key itself
		for _, with := range []byte{0x01, 0x20, 0x80, 0xff} {
			changed := bytes.Clone(block.Bytes)
			changed[i] ^= with
			if plain, err := decryptPKCS8(changed, []byte("open")); err == nil && len(plain) == 0 {
				t.Errorf("byte %d: no error", i)
			}
		}
	}
	for _, p := range []scryptParams{
		{N: 1 << 30, R: 1 << 20, P: 1}, {N: 3, R: 1, P: 1}, {N: 2, R: 0, P: 1}, {N: 2, R: 1, P: 1 << 30},
	} {
		der, _ := asn1.Marshal(p)
		id := encryptedKey{}.Algorithm
		id.Algorithm, id.Parameters.FullBytes = parseOID(oidScrypt), der
		if _, err := deriveKey(id, []byte("open"), 32); !errors.Is(err, ErrBadKey) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

func TestScrypt(t *testing.T) {
	der, _ := asn1.Marshal(scryptParams{Salt: []byte("salt"), N: 16, R: 8, P: 1})
	id := encryptedKey{}.Algorithm
	id.Algorithm, id.Parameters.FullBytes = parseOID(oidScrypt), der
	want, _ := scrypt.Key([]byte("open"), []byte("salt"), 16, 8, 1, 32)
	if got, err := deriveKey(id, []byte("open"), 32); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%x, %v, want %x", got, err, want)
	}
}

// What OpenSSL writes.
func TestOpenSSLKeys(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("WSLINE_REQUIRE_LIVE") == "1" {
			t.Fatal("openssl is missing, and WSLINE_REQUIRE_LIVE is set")
		}
		t.Skip("openssl is missing")
	}
	dir := t.TempDir()
	client := wstest.NewCA(t).Client(t)
	plain := filepath.Join(dir, "plain.key")
	if err := os.WriteFile(plain, wstest.KeyPEM(t, client), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, how := range []string{
		"-v2 aes-256-cbc", "-v2 aes-256-cbc -v2prf hmacWithSHA512", "-v2 aes-192-cbc -v2prf hmacWithSHA384",
		"-v2 des3 -v2prf hmacWithSHA1", "-scrypt",
	} {
		file := filepath.Join(dir, "encrypted.key")
		args := append(strings.Fields("pkcs8 -topk8 -passout pass:open -in"), plain, "-out", file)
		if out, err := exec.Command(openssl, append(args, strings.Fields(how)...)...).CombinedOutput(); err != nil {
			t.Logf("%s: this openssl does not: %s", how, out)
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := loadKey(text, func() ([]byte, error) { return []byte("open"), nil })
		if err != nil || !client.PrivateKey.(*ecdsa.PrivateKey).Equal(got) {
			t.Errorf("%s: %v", how, err)
		}
	}
}
