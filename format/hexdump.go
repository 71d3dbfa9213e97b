package format

import (
	"encoding/hex"

	"wsline/internal/plural"
)

const (
	// dumpLimit is the most bytes of a binary message that a talk shows.
	dumpLimit = 4 << 10

	// dumpWidth is the width of a hexdump with 16 bytes a line.
	dumpWidth = 80
)

// appendDump appends p as "hexdump -C" does, in lines indented by two spaces: the offset, up to
// 16 bytes (8 on a narrow terminal), and their printable ASCII characters. Bytes beyond dumpLimit
// are only counted, unless all is wanted.
func appendDump(dst, p []byte, pal *Palette, width int, whole bool) []byte {
	row, all := 16, len(p)
	if 0 < width && width < dumpWidth {
		row = 8
	}
	if !whole {
		p = p[:min(all, dumpLimit)]
	}
	for at := 0; at < len(p); at += row {
		dst = append(dst, "  "...)
		dst = append(dst, pal.Faint.open...)
		dst = appendHex(dst, rune(at), 8)
		dst = append(dst, pal.Faint.end...)
		dst = appendDumpRow(dst, p[at:min(at+row, len(p))], row, pal)
	}
	return appendMore(dst, all-len(p), pal)
}

func appendDumpRow(dst, p []byte, row int, pal *Palette) []byte {
	for i := range row {
		if i%8 == 0 {
			dst = append(dst, ' ')
		}
		if i < len(p) {
			dst = append(dst, ' ')
			dst = hex.AppendEncode(dst, p[i:i+1])
		} else {
			dst = append(dst, "   "...)
		}
	}
	dst = append(dst, "  |"...)
	dst = append(dst, pal.In.open...)
	for _, c := range p {
		if c < ' ' || c > '~' {
			c = '.'
		}
		dst = append(dst, c)
	}
	dst = append(dst, pal.In.end...)
	return append(dst, "|\n"...)
}

// appendMore appends a line that says how many bytes have been left out, if any.
func appendMore(dst []byte, n int, pal *Palette) []byte {
	if n == 0 {
		return dst
	}
	dst = append(dst, "  "...)
	dst = pal.Faint.Append(dst, "… "+plural.Of(n, "more byte"))
	return append(dst, '\n')
}
