// Package head keeps the beginning of what is written to it, such as what a program prints.
package head

// A Writer keeps the first Max bytes of what is written to it, and never fails.
type Writer struct {
	Max   int
	Text  []byte
	IsCut bool // there was more
}

// Write keeps what there is room for.
func (w *Writer) Write(p []byte) (int, error) {
	n := min(len(p), w.Max-len(w.Text))
	w.Text = append(w.Text, p[:n]...)
	w.IsCut = w.IsCut || n < len(p)
	return len(p), nil
}
