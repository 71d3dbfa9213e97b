// Package wire is RFC 6455 framing without I/O: frame headers, masks, close codes, UTF-8 in pieces, and
// the rules that a sequence of frames must keep.
//
// It reads from and appends to byte slices only, imports nothing but the standard library, starts no
// goroutine, and keeps no state but what its types show. None of its types may be used concurrently.
package wire

// Opcode is a frame's opcode (RFC 6455 §5.2).
type Opcode uint8

const (
	OpContinuation Opcode = 0x0
	OpText         Opcode = 0x1
	OpBinary       Opcode = 0x2
	OpClose        Opcode = 0x8
	OpPing         Opcode = 0x9
	OpPong         Opcode = 0xA
)

// MaxHeaderSize is the size of the longest header: 2 bytes, 8 of length, 4 of mask.
const MaxHeaderSize = 14

// MaxControlPayload is the most a control frame may carry (RFC 6455 §5.5).
const MaxControlPayload = 125

// Header is a frame's header.
type Header struct {
	Fin              bool
	RSV1, RSV2, RSV3 bool
	Opcode           Opcode
	Masked           bool
	Key              [4]byte // the masking key, when Masked
	Length           int64   // of the payload, in bytes
}

// StatusCode is a close code (RFC 6455 §7.4).
type StatusCode uint16

// Error is a rule of the protocol that a peer broke, and the code that it is closed with.
type Error struct {
	Code    StatusCode // 1002 or 1007
	Section string     // "RFC 6455 §5.5"
	Text    string     // "control frame longer than 125 bytes"
}

func (e *Error) Error() string { return e.Text + " (" + e.Section + ")" }
