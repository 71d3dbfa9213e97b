package line

import "io"

// Terminal is a terminal that lines are edited on.
type Terminal struct {
	// In must end a waiting Read when it is closed. With methods Pause and Resume, as those of
	// Input, it can be lent to an editor, and with File the editor's stdin is that file.
	In            io.ReadCloser
	Out           io.Writer
	Width, Height func() int                               // in cells, 0 when unknown
	MakeRaw       func() (restore func() error, err error) // restore may be called several times
	OnResize      func(func()) (stop func())               // nil: never resized
	Suspend       func() error                             // stops the process; nil: no Ctrl-Z
	// Plain says that it understands no escape sequences, as TERM=dumb does: then it is left in its
	// own mode, which edits and shows what is typed, and there is no line to draw.
	Plain bool
}
