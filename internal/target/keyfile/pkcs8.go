package keyfile

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"hash"

	"golang.org/x/crypto/scrypt"
)

// encryptedKey is the EncryptedPrivateKeyInfo of RFC 5958 §3.
type encryptedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

// pbes2Params, pbkdf2Params and scryptParams are those of RFC 8018 §A.4, §A.2 and RFC 7914 §7.
type (
	pbes2Params struct{ KDF, Cipher pkix.AlgorithmIdentifier }

	pbkdf2Params struct {
		Salt       []byte
		Iterations int
		KeyLength  int                      `asn1:"optional"`
		PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
	}

	scryptParams struct {
		Salt      []byte
		N, R, P   int
		KeyLength int `asn1:"optional"`
	}
)

const (
	oidPBES2  = "1.2.840.113549.1.5.13"
	oidPBKDF2 = "1.2.840.113549.1.5.12"
	oidScrypt = "1.3.6.1.4.1.11591.4.11"
	hmacSHA1  = "1.2.840.113549.2.7" // what is meant when no other one is named
)

// prfs are the pseudorandom functions of RFC 8018 §B.1.2.
var prfs = map[string]func() hash.Hash{
	hmacSHA1:              sha1.New,
	"1.2.840.113549.2.8":  sha256.New224,
	"1.2.840.113549.2.9":  sha256.New,
	"1.2.840.113549.2.10": sha512.New384,
	"1.2.840.113549.2.11": sha512.New,
	"1.2.840.113549.2.12": sha512.New512_224,
	"1.2.840.113549.2.13": sha512.New512_256,
}

// ciphers are those of RFC 8018 §B.2 that the standard library has, in CBC mode.
var ciphers = map[string]struct {
	keySize int
	block   func(key []byte) (cipher.Block, error)
}{
	"2.16.840.1.101.3.4.1.2":  {16, aes.NewCipher},
	"2.16.840.1.101.3.4.1.22": {24, aes.NewCipher},
	"2.16.840.1.101.3.4.1.42": {32, aes.NewCipher},
	"1.2.840.113549.3.7":      {24, des.NewTripleDESCipher},
	"1.3.14.3.2.7":            {8, des.NewCipher},
}

// Limits on what a file may ask for: more than anyone uses, and less than a minute or a machine's
// memory.
const (
	maxIterations = 20_000_000
	maxScrypt     = 1 << 30 // bytes
)

// decryptPKCS8 returns the private key that a PKCS#8 file holds encrypted with PBES2 (RFC 8018 §6.2).
// Errors are ErrBadKey, ErrPassphrase and an Unreadable.
func decryptPKCS8(der, secret []byte) ([]byte, error) {
	var info encryptedKey
	var params pbes2Params
	if !unmarshal(der, &info) {
		return nil, ErrBadKey
	}
	if oid := info.Algorithm.Algorithm.String(); oid != oidPBES2 {
		return nil, Unreadable{oid}
	}
	if !unmarshal(info.Algorithm.Parameters.FullBytes, &params) {
		return nil, ErrBadKey
	}
	oid := params.Cipher.Algorithm.String()
	c, known := ciphers[oid]
	if !known {
		return nil, Unreadable{oid}
	}
	key, err := deriveKey(params.KDF, secret, c.keySize)
	if err != nil {
		return nil, err
	}
	block, err := c.block(key)
	var iv []byte
	size := len(info.Data)
	if err != nil || !unmarshal(params.Cipher.Parameters.FullBytes, &iv) ||
		len(iv) != block.BlockSize() || size == 0 || size%block.BlockSize() != 0 {
		return nil, ErrBadKey
	}
	plain := make([]byte, size)
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, info.Data)
	return unpad(plain, block.BlockSize())
}

// unpad takes off the padding of RFC 8018 §6.1.1. Another one means that the key was another.
func unpad(plain []byte, blockSize int) ([]byte, error) {
	n := int(plain[len(plain)-1])
	if n == 0 || n > blockSize || !bytes.HasSuffix(plain, bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, ErrPassphrase
	}
	return plain[:len(plain)-n], nil
}

func deriveKey(kdf pkix.AlgorithmIdentifier, secret []byte, size int) ([]byte, error) {
	switch oid := kdf.Algorithm.String(); oid {
	case oidPBKDF2:
		var p pbkdf2Params
		if !unmarshal(kdf.Parameters.FullBytes, &p) ||
			p.Iterations < 1 || p.Iterations > maxIterations {
			return nil, ErrBadKey
		}
		prf := hmacSHA1
		if p.PRF.Algorithm != nil {
			prf = p.PRF.Algorithm.String()
		}
		h, known := prfs[prf]
		if !known {
			return nil, Unreadable{prf}
		}
		return pbkdf2.Key(h, string(secret), p.Salt, p.Iterations, size)
	case oidScrypt:
		var p scryptParams
		if !unmarshal(kdf.Parameters.FullBytes, &p) || p.N < 2 || p.R < 1 || p.P < 1 ||
			p.N > maxScrypt || p.R > maxScrypt/128/p.N || p.P > 64 {
			return nil, ErrBadKey
		}
		key, err := scrypt.Key(secret, p.Salt, p.N, p.R, p.P, size)
		if err != nil {
			return nil, ErrBadKey
		}
		return key, nil
	default:
		return nil, Unreadable{oid}
	}
}

// unmarshal reads DER into v, and reports whether there was that and nothing more.
func unmarshal(der []byte, v any) bool {
	rest, err := asn1.Unmarshal(der, v)
	return err == nil && len(rest) == 0
}

// Unreadable is the error for a key that is encrypted in a way which is known by its name at most.
type Unreadable struct{ oid string }

func (e Unreadable) Error() string {
	name := names[e.oid].name
	if name == "" {
		name = "the algorithm " + e.oid
	}
	return "the private key is encrypted with " + name + ", which wsline cannot read"
}

// Fix is how the key in a file becomes one that can be read.
func (e Unreadable) Fix(path string) string {
	command := "openssl pkey -in " + path + " -aes256 -out NEW"
	if names[e.oid].isOld {
		command += " -provider legacy -provider default"
	}
	return command + " encrypts it with AES"
}

// names are of algorithms that OpenSSL can encrypt keys with, and wsline cannot read: PBES1 (RFC 8018
// §A.3), those of PKCS#12 (RFC 7292 §C), other ciphers and pseudorandom functions. OpenSSL 3 has the
// old ones in a provider of their own.
var names = map[string]struct {
	name  string
	isOld bool
}{
	"1.2.840.113549.1.5.1":      {"PBE-MD2-DES", true},
	"1.2.840.113549.1.5.3":      {"PBE-MD5-DES", true},
	"1.2.840.113549.1.5.4":      {"PBE-MD2-RC2-64", true},
	"1.2.840.113549.1.5.6":      {"PBE-MD5-RC2-64", true},
	"1.2.840.113549.1.5.10":     {"PBE-SHA1-DES", true},
	"1.2.840.113549.1.5.11":     {"PBE-SHA1-RC2-64", true},
	"1.2.840.113549.1.12.1.1":   {"PBE-SHA1-RC4-128", true},
	"1.2.840.113549.1.12.1.2":   {"PBE-SHA1-RC4-40", true},
	"1.2.840.113549.1.12.1.3":   {"PBE-SHA1-3DES", false},
	"1.2.840.113549.1.12.1.4":   {"PBE-SHA1-2DES", false},
	"1.2.840.113549.1.12.1.5":   {"PBE-SHA1-RC2-128", true},
	"1.2.840.113549.1.12.1.6":   {"PBE-SHA1-RC2-40", true},
	"1.2.410.200046.1.1.2":      {"ARIA-128-CBC", false},
	"1.2.410.200046.1.1.7":      {"ARIA-192-CBC", false},
	"1.2.410.200046.1.1.12":     {"ARIA-256-CBC", false},
	"1.2.392.200011.61.1.1.1.2": {"CAMELLIA-128-CBC", false},
	"1.2.392.200011.61.1.1.1.3": {"CAMELLIA-192-CBC", false},
	"1.2.392.200011.61.1.1.1.4": {"CAMELLIA-256-CBC", false},
	"1.2.840.113549.3.2":        {"RC2-CBC", true},
	"1.2.410.200004.1.4":        {"SEED-CBC", true},
	"1.3.6.1.4.1.3029.1.2":      {"BF-CBC", true},
	"1.2.840.113549.2.6":        {"hmacWithMD5", false},
	"2.16.840.1.101.3.4.2.13":   {"hmacWithSHA3-224", false},
	"2.16.840.1.101.3.4.2.14":   {"hmacWithSHA3-256", false},
	"2.16.840.1.101.3.4.2.15":   {"hmacWithSHA3-384", false},
	"2.16.840.1.101.3.4.2.16":   {"hmacWithSHA3-512", false},
}
