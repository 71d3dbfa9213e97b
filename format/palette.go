package format

import (
	"bytes"
	"strings"

	"github.com/fatih/color"

	"wsline/format/fit"
)

// Palette is the colours of one printer. The zero value paints nothing.
//
// A palette is on or off for itself: neither the environment nor color.NoColor changes it.
type Palette struct {
	In, Out     Paint // text and binary messages, by direction
	Control     Paint // ping, pong, close
	Status      Paint // "* " lines
	Error, Hint Paint
	Faint       Paint // times, offsets, what was left out

	Key, String, Number, Literal Paint // of JSON
	Name                         Paint // of one of several connections
}

// NewPalette returns the palette in which colours are on, or the one in which they are off.
func NewPalette(on bool) Palette {
	if !on {
		return Palette{}
	}
	return Palette{
		In:      newPaint(color.FgCyan),
		Out:     newPaint(color.FgGreen),
		Control: newPaint(color.FgMagenta),
		Status:  newPaint(color.Faint), // bright black is the background of some themes
		Error:   newPaint(color.FgRed, color.Bold),
		Hint:    newPaint(color.FgYellow),
		Faint:   newPaint(color.Faint),
		Key:     newPaint(color.FgHiBlue),
		String:  newPaint(color.FgGreen),
		Number:  newPaint(color.FgYellow),
		Literal: newPaint(color.FgMagenta),
		Name:    namePaint(0),
	}
}

// namePaint is the colour of a name; those of connections that were opened one after the other differ.
func namePaint(i int) Paint {
	return newPaint(color.FgHiYellow+[]color.Attribute{0, 2, 1, 3}[i%4], color.Bold)
}

// lines paints each of the lines in dst[from:], which have no colours.
func (p Paint) lines(dst []byte, from int) []byte {
	if p == (Paint{}) {
		return dst
	}
	text := bytes.Clone(dst[from:])
	dst = dst[:from]
	for line := range bytes.Lines(text) {
		dst = append(p.Append(dst, string(bytes.TrimSuffix(line, []byte("\n")))), '\n')
	}
	return dst
}

// Paint is one colour: the SGR sequences before and after what is painted. The zero value paints
// nothing.
type Paint struct{ open, end string }

func newPaint(attributes ...color.Attribute) Paint {
	c := color.New(attributes...)
	c.EnableColor()
	open, end, _ := strings.Cut(c.Sprint("|"), "|")
	return Paint{open, end}
}

// Append appends text in this colour. The text must be safe already: see Escape.
func (p Paint) Append(dst []byte, text string) []byte {
	dst = append(dst, p.open...)
	dst = append(dst, text...)
	return append(dst, p.end...)
}

func (p Paint) fit() fit.Paint { return fit.Paint{Open: p.open, End: p.end} }
