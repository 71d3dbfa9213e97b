// Command plot draws lines on axes that are both logarithmic, as SVG.
//
//	plot TITLE X-AXIS Y-AXIS < points > file.svg
//
// Each line of stdin is a point: the name of its line, x and y, in the order in which the lines go.
package main

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"log"
	"math"
	"os"
	"strconv"
	"strings"
)

const (
	width, height = 640, 400
	left, right   = 80, 120 // margins, the right one with the names
	top, bottom   = 40, 50
)

var colours = []string{"#0969da", "#8250df", "#bf8700", "#1a7f37", "#cf222e"}

type point struct{ x, y float64 }

// axis is from one power of ten to another.
type axis struct{ from, to float64 }

func (a axis) place(v float64) float64 { return (math.Log10(v) - a.from) / (a.to - a.from) }

func (a *axis) take(v float64) {
	a.from, a.to = min(a.from, math.Floor(math.Log10(v))), max(a.to, math.Ceil(math.Log10(v)))
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: plot TITLE X-AXIS Y-AXIS < points > file.svg")
	}
	if err := plot(os.Stdin, os.Stdout, os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func plot(in io.Reader, out io.Writer, titles []string) error {
	var names []string
	lines := map[string][]point{}
	x, y := axis{math.Inf(1), math.Inf(-1)}, axis{math.Inf(1), math.Inf(-1)}
	for s := bufio.NewScanner(in); s.Scan(); {
		f := strings.Fields(s.Text())
		if len(f) != 3 {
			return fmt.Errorf("%q is not a name, x and y", s.Text())
		}
		var p point
		var err error
		if p.x, err = strconv.ParseFloat(f[1], 64); err == nil {
			p.y, err = strconv.ParseFloat(f[2], 64)
		}
		if err != nil || p.x <= 0 || p.y <= 0 {
			return fmt.Errorf("%q has no logarithm", s.Text())
		}
		if lines[f[0]] == nil {
			names = append(names, f[0])
		}
		lines[f[0]] = append(lines[f[0]], p)
		x.take(p.x)
		y.take(p.y)
	}
	if len(names) == 0 {
		return io.ErrUnexpectedEOF
	}
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+
		"\n"+`<rect width="100%%" height="100%%" fill="#fff"/>`+"\n", width, height)
	text(w, width/2, 22, "middle", 15, titles[0])
	text(w, (left+width-right)/2, height-10, "middle", 12, titles[1])
	text(w, left, top-8, "middle", 12, titles[2])
	grid(w, x, y)
	for i, name := range names {
		draw(w, name, lines[name], x, y, colours[i%len(colours)])
	}
	fmt.Fprintln(w, "</svg>")
	return w.Flush()
}

func across(a axis, v float64) float64 { return left + a.place(v)*(width-left-right) }
func up(a axis, v float64) float64     { return height - bottom - a.place(v)*(height-top-bottom) }

func grid(w io.Writer, x, y axis) {
	const line = `<path d="M%.1f %.1fL%.1f %.1f" stroke="#ddd"/>` + "\n"
	for e := x.from; e <= x.to; e++ {
		at := across(x, math.Pow(10, e))
		fmt.Fprintf(w, line, at, float64(top), at, float64(height-bottom))
		text(w, at, height-bottom+18, "middle", 12, strconv.FormatFloat(math.Pow(10, e), 'f', -1, 64))
	}
	for e := y.from; e <= y.to; e++ {
		at := up(y, math.Pow(10, e))
		fmt.Fprintf(w, line, float64(left), at, float64(width-right), at)
		text(w, left-8, at+4, "end", 12, strconv.FormatFloat(math.Pow(10, e), 'f', -1, 64))
	}
}

func draw(w io.Writer, name string, points []point, x, y axis, colour string) {
	var path strings.Builder
	for i, p := range points {
		step := "L"
		if i == 0 {
			step = "M"
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", step, across(x, p.x), up(y, p.y))
		fmt.Fprintf(w, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", across(x, p.x), up(y, p.y), colour)
	}
	fmt.Fprintf(w, `<path d="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", path.String(), colour)
	last := points[len(points)-1]
	fmt.Fprintf(w, `<g fill="%s">`, colour)
	text(w, across(x, last.x)+8, up(y, last.y)+4, "start", 12, name)
	fmt.Fprintln(w, "</g>")
}

func text(w io.Writer, x, y float64, anchor string, size int, s string) {
	fmt.Fprintf(w, `<text x="%.1f" y="%.1f" text-anchor="%s" font-size="%d">%s</text>`+"\n",
		x, y, anchor, size, html.EscapeString(s))
}
