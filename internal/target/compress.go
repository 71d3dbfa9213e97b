package target

import (
	"fmt"
	"strconv"
	"strings"

	"wsline/internal/dial"
)

// compression is what --compress asks for.
type compression struct {
	on             bool
	server, client int // bits of the windows, as in dial.Config
}

func (c *compression) apply(d *dial.Config) {
	d.Compress, d.ServerWindowBits, d.ClientWindowBits = c.on, c.server, c.client
}

// parseCompression reads the argument of --compress: which windows are spoken of.
func parseCompression(s string) (c compression, err error) {
	if on, err := strconv.ParseBool(s); err == nil && s != "0" && s != "1" {
		return compression{on: on}, nil
	}
	c.on = true
	for part := range strings.SplitSeq(s, ",") {
		side, bits, sided := strings.Cut(part, ":")
		if !sided {
			bits = part
		}
		n, err := strconv.Atoi(bits)
		isWindow := err == nil && dial.MinWindowBits <= n && n <= dial.MaxWindowBits
		switch {
		case part == "bits":
			c.client = dial.AnyWindowBits
		case isWindow && side == "client":
			c.client = n
		case isWindow && side == "server":
			c.server = n
		case isWindow && !sided:
			c.client, c.server = n, n
		default:
			return c, fmt.Errorf("%q is not bits, 8 to 15, client:N or server:N", part)
		}
	}
	return c, nil
}
