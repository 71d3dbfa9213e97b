// Package wire is RFC 6455 framing without I/O: frame headers, masks, close codes, UTF-8 in
// pieces, and the rules that a sequence of frames must keep.
//
// It reads from and appends to byte slices only, imports nothing but the standard library, starts
// no goroutine, and keeps no state but what its types show. None of its types may be used
// concurrently.
package wire

import "strconv"

// Opcode is a frame's opcode (RFC 6455 §5.2). It has 4 bits.
type Opcode uint8

const (
	OpContinuation Opcode = 0x0
	OpText         Opcode = 0x1
	OpBinary       Opcode = 0x2
	OpClose        Opcode = 0x8
	OpPing         Opcode = 0x9
	OpPong         Opcode = 0xA
)

// IsControl reports whether o is a control opcode, 0x8 to 0xF (RFC 6455 §5.5).
func (o Opcode) IsControl() bool { return o&0x8 != 0 }

// IsReserved reports whether o has no meaning yet: 0x3 to 0x7, and 0xB to 0xF
// (RFC 6455 §5.2).
func (o Opcode) IsReserved() bool { return o&0x7 > OpBinary }

// String returns the opcode's name, such as "text", or "reserved 0x3".
func (o Opcode) String() string {
	switch o {
	case OpContinuation:
		return "continuation"
	case OpText:
		return "text"
	case OpBinary:
		return "binary"
	case OpClose:
		return "close"
	case OpPing:
		return "ping"
	case OpPong:
		return "pong"
	}
	return "reserved 0x" + strconv.FormatUint(uint64(o), 16)
}

// MaxHeaderSize is the size of the longest header: 2 bytes, 8 of length, 4 of mask.
const MaxHeaderSize = 14

// MaxControlPayload is the most a control frame may carry (RFC 6455 §5.5).
const MaxControlPayload = 125

// Message is a whole message, or what is to be one.
type Message struct {
	Opcode  Opcode // OpText or OpBinary
	Payload []byte
}

// Header is a frame's header.
type Header struct {
	Fin              bool
	RSV1, RSV2, RSV3 bool
	Opcode           Opcode
	Masked           bool
	Key              [4]byte // the masking key, when Masked
	Length           int64   // of the payload, in bytes
}

// Error is a rule of the protocol that a peer broke, and the code that it is closed with.
type Error struct {
	Code    StatusCode // 1002 or 1007
	Section string     // "RFC 6455 §5.5"
	Text    string     // "control frame longer than 125 bytes"
}

func (e *Error) Error() string { return e.Text + " (" + e.Section + ")" }

// broken returns a rule broken that is answered with 1002.
func broken(section, text string) *Error {
	return &Error{Code: StatusProtocolError, Section: section, Text: text}
}
