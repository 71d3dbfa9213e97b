package line

import "encoding/base64"

// MaxCopy is how many bytes can be copied: xterm and those after it take 100,000 bytes of a sequence.
const MaxCopy = 74994

// Copy asks the terminal to put a text of at most MaxCopy bytes on the clipboard (OSC 52 of xterm).
// Whether it does is not known.
func (s *Screen) Copy(text []byte) error {
	return s.control("\x1b]52;c;" + base64.StdEncoding.EncodeToString(text) + "\a")
}
