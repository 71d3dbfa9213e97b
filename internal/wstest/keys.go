package wstest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"hash"
	"testing"
)

// Encryption is how a private key is encrypted with PBES2 (RFC 8018 §6.2).
type Encryption struct {
	PRF     asn1.ObjectIdentifier // nil: it is left out, which means HMAC-SHA-1
	Hash    func() hash.Hash      // of the PRF
	Cipher  asn1.ObjectIdentifier
	KeySize int // in bytes
	Block   func(key []byte) (cipher.Block, error)
}

// AES256 is how OpenSSL encrypts unless told otherwise.
func AES256() Encryption {
	return Encryption{
		PRF:  asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9},
		Hash: sha256.New, Cipher: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42},
		KeySize: 32, Block: aes.NewCipher,
	}
}

// EncryptedKeyPEM is a private key as it stands in a file, in PKCS#8 and encrypted.
func EncryptedKeyPEM(t testing.TB, key any, passphrase string, e Encryption) []byte {
	t.Helper()
	plain, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	salt := make([]byte, 16)
	rand.Read(salt)
	secret, err := pbkdf2.Key(e.Hash, passphrase, salt, 10, e.KeySize)
	must(t, err)
	block, err := e.Block(secret)
	must(t, err)
	iv := salt[:block.BlockSize()]
	n := block.BlockSize() - len(plain)%block.BlockSize()
	plain = append(plain, bytes.Repeat([]byte{byte(n)}, n)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(plain, plain)

	type algorithm struct {
		Algorithm  asn1.ObjectIdentifier
		Parameters any
	}
	type pbkdf2Params struct {
		Salt       []byte
		Iterations int
		PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
	}
	params := pbkdf2Params{Salt: salt, Iterations: 10}
	if e.PRF != nil {
		params.PRF = pkix.AlgorithmIdentifier{Algorithm: e.PRF, Parameters: asn1.NullRawValue}
	}
	der, err := asn1.Marshal(struct {
		Algorithm algorithm
		Data      []byte
	}{algorithm{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}, []algorithm{
		{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}, params}, {e.Cipher, iv},
	}}, plain})
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: der})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
