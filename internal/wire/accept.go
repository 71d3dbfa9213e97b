package wire

import (
	"crypto/sha1"
	"encoding/base64"
)

// Accept returns the Sec-WebSocket-Accept that a Sec-WebSocket-Key calls for (RFC 6455 §4.2.2).
func Accept(key string) string {
	h := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(h[:])
}
