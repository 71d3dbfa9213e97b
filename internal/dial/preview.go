package dial

import (
	"crypto/rand"
	"encoding/base64"
)

// Preview returns the upgrade request that Dial would send first, with a fresh key, and connects to
// nothing. Errors are *exit.UsageError.
func Preview(cfg *Config) ([]byte, error) {
	if err := checkConfig(cfg); err != nil {
		return nil, err
	}
	nonce := make([]byte, 16) // RFC 6455 §4.1
	rand.Read(nonce)
	a := &attempt{cfg: withoutOwn(cfg), addr: hostPort(cfg.URL)}
	return a.request(a.fields(base64.StdEncoding.EncodeToString(nonce))), nil
}
