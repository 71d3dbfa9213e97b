package dial

import (
	"fmt"
	"strconv"

	"wsline/internal/dial/field"
)

const deflate = "permessage-deflate" // RFC 7692 §7

// The parameters of permessage-deflate (RFC 7692 §7.1).
const (
	serverForgets = "server_no_context_takeover"
	clientForgets = "client_no_context_takeover"
	serverBits    = "server_max_window_bits"
	clientBits    = "client_max_window_bits"
)

// The bits of the size of a window (RFC 7692 §7.1.2), and those of who may choose any.
const (
	MinWindowBits = 8
	MaxWindowBits = 15
	AnyWindowBits = -1
)

// Deflate is with what permessage-deflate is in use (RFC 7692 §7.1).
type Deflate struct {
	ServerForgets, ClientForgets bool // each message is compressed on its own
	ServerBits, ClientBits       int  // of the largest window that may be compressed with
}

// Deflate is what was agreed on, and without any agreement what that would be by default.
func (hs *Handshake) Deflate() Deflate {
	d := Deflate{ServerBits: MaxWindowBits, ClientBits: MaxWindowBits}
	offered, _ := field.Extensions([]string{hs.OfferedExtensions})
	for _, e := range offered {
		if n := windowBits(e.Param(clientBits)); e.Name == deflate && n > 0 {
			d.ClientBits = min(d.ClientBits, n) // what was said to be enough is kept to (§7.1.2.2)
		}
	}
	chosen, _ := field.Extensions([]string{hs.Extensions})
	for _, e := range chosen {
		for _, p := range e.Params {
			switch p.Name {
			case serverForgets:
				d.ServerForgets = true
			case clientForgets:
				d.ClientForgets = true
			case serverBits:
				d.ServerBits = min(d.ServerBits, windowBits(p.Value))
			case clientBits:
				d.ClientBits = min(d.ClientBits, windowBits(p.Value))
			}
		}
	}
	return d
}

// windowBits is the value of a parameter that has one of 8 to 15 without leading zeros, 0 for another.
func windowBits(value string) int {
	n, err := strconv.Atoi(value)
	if err != nil || n < MinWindowBits || n > MaxWindowBits || value != strconv.Itoa(n) {
		return 0
	}
	return n
}

// deflateOffer is what is offered for Config.Compress.
func (cfg *Config) deflateOffer() string {
	offer := deflate
	if n := cfg.ServerWindowBits; n > 0 {
		offer += fmt.Sprintf("; %s=%d", serverBits, n)
	}
	switch n := cfg.ClientWindowBits; {
	case n == AnyWindowBits:
		offer += "; " + clientBits
	case n > 0:
		offer += fmt.Sprintf("; %s=%d", clientBits, n)
	}
	return offer
}

// isDeflateParam reports whether p is a parameter of an offer, or of an answer, in which the client's
// window has a value (RFC 7692 §7.1.2.2).
func isDeflateParam(p field.Param, offered bool) bool {
	switch p.Name {
	case serverForgets, clientForgets:
		return p.Value == ""
	case clientBits:
		return windowBits(p.Value) > 0 || offered && p.Value == ""
	case serverBits:
		return windowBits(p.Value) > 0
	}
	return false
}

// unfit says what of an answer, whose parameters are good ones, does not go with an offer. A server may
// limit its own window and ask for no context takeover without having been offered that (RFC 7692
// §7.1.1, §7.1.2.1), but not limit the client's window (§7.1.2.2). What it was asked to do itself it
// must say that it does, with a window that is no larger.
func unfit(answer, offered field.Extension) (bad, why string) {
	if answer.Has(clientBits) && !offered.Has(clientBits) {
		return deflate + "; " + field.Param{Name: clientBits, Value: answer.Param(clientBits)}.String(), ""
	}
	most, got := windowBits(offered.Param(serverBits)), windowBits(answer.Param(serverBits))
	switch {
	case most == 0 || 0 < got && got <= most:
		return "", ""
	case got == 0:
		return answer.String(), " without the " + serverBits + " that was asked for"
	}
	return answer.String(), ", whose " + serverBits + " is more than " + strconv.Itoa(most)
}
