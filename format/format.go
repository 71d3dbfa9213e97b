// Package format is how events look: on a terminal, in a saved conversation, in a pipe.
//
// Its printers are functions of events. They append to a byte slice, write nothing, start no
// goroutine, read neither the environment nor the clock, and decide nothing: the exit code is not
// theirs. What a printer returns holds nothing of the event, whose payload may be reused after
// the call.
//
// What a peer sends is untrusted: whatever Talk prints can neither move the cursor nor look like
// something else than it is. See Escape for what counts as unsafe. Pipe alone passes on the exact
// bytes.
//
// No printer may be used concurrently with a change of its fields; Talk has none and may be shared.
package format

import "fmt"

// Style is how a talk looks. The zero value is plain text without colour, JSON laid out when it
// is small.
type Style struct {
	Color      bool   // SGR sequences tell the kinds of lines apart; the marks do so without
	Faint      bool   // with Color all of an event is, as what a person need not look at
	Pretty     Pretty // which JSON is laid out over several lines
	Timestamps bool   // each event begins with its time, "15:04:05.000 "; its other lines are indented
	Width      int    // columns of the terminal, 0 for unknown: a narrow one has narrow hexdumps
	// Wrap tells how wide the terminal is now, in columns: longer lines are broken there, and
	// indented, since what a peer sent must never stand in the first column. nil, or 0: they stay
	// whole.
	Wrap      func() int
	Name      string // of the connection, before each mark; "" for the only one
	NameColor int    // which of its colours the name has
	Frames    Frames // how frames are shown, until SetFrames says otherwise
	Whole     bool   // of messages nothing is left out, and JSON of any size is laid out
	Live      *Live  // stands for Pretty and Timestamps; nil: those stay
	Secrets   bool   // secrets in URLs and subprotocols are shown: see hide.URL
}

// Pretty says which text messages are laid out as JSON. Only whole objects and arrays ever are.
type Pretty uint8

const (
	// PrettyFit lays out those of at most 64 KiB; where lines are wrapped, what fits into a row stands
	// on one.
	PrettyFit    Pretty = iota
	PrettyAlways        // those of any size, each member on a row of its own
	PrettyNever         // none: all text is shown as it was sent
)

// fitPretty is the most bytes of JSON that PrettyFit lays out.
const fitPretty = 64 << 10

// ParsePretty reads "fit", "always" or "never", and "auto", which is "fit".
func ParsePretty(s string) (Pretty, error) {
	switch s {
	case "fit", "auto":
		return PrettyFit, nil
	case "always":
		return PrettyAlways, nil
	case "never":
		return PrettyNever, nil
	}
	return 0, fmt.Errorf("%q is not fit, always or never", s)
}

// String is the word that ParsePretty reads.
func (p Pretty) String() string {
	switch p {
	case PrettyFit:
		return "fit"
	case PrettyAlways:
		return "always"
	case PrettyNever:
		return "never"
	}
	return fmt.Sprintf("Pretty(%d)", uint8(p))
}

// wants reports whether p bytes of JSON are laid out.
func (p Pretty) wants(size int) bool {
	return p == PrettyAlways || p == PrettyFit && size <= fitPretty
}
