package line

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	historyEntries = 1000
	historyEntry   = 64 << 10 // bytes of the longest line that is kept
	historyRead    = 8 << 20  // bytes read from the end of the file
)

// History are the lines that have been typed, oldest first, kept in a file when it has a path: those
// for the place that is typed to now behind all others. Several programs may append to the file at
// once.
type History struct {
	path   string
	refuse func(line string) bool // says that a line is not to be kept; nil: none is refused
	lines  []string
	places []string // for each of the lines where it was typed to, "" for nowhere in particular
	place  string   // the one that is typed to now
}

var errNoFile = errors.New("it is not a file")

// OpenHistory reads the file; a missing one is empty, and with "" there is none. What refuse says
// true of is not kept; nil: nothing is refused. The History can be used also when there is an error.
func OpenHistory(path string, refuse func(line string) bool) (*History, error) {
	h := &History{path: path, refuse: refuse}
	if path == "" {
		return h, nil
	}
	if info, err := os.Stat(path); err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0 {
		h.path = "" // who opens one waits for who writes to it
		return h, errNoFile
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	defer f.Close()
	total, err := h.read(f)
	if err == nil && total > 2*historyEntries {
		_ = h.compact() // Windows replaces no open file: then it stays long, and is read all the same
	}
	return h, err
}

// read takes the last entries of f and returns how many it has.
func (h *History) read(f *os.File) (total int, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	skip := info.Size() - historyRead
	if skip > 0 {
		if _, err = f.Seek(skip, io.SeekStart); err != nil {
			return 0, err
		}
	}
	data, err := io.ReadAll(io.LimitReader(f, historyRead))
	if skip > 0 { // the first line is cut
		data = data[bytes.IndexByte(data, '\n')+1:]
	}
	h.lines, h.places = nil, nil
	for line := range strings.SplitSeq(string(data), "\n") {
		if line != "" {
			h.append(decodeEntry(line))
		}
	}
	total = len(h.lines)
	h.bound()
	return total, err
}

func (h *History) append(line, place string) {
	h.lines, h.places = append(h.lines, line), append(h.places, place)
}

func (h *History) bound() {
	if n := len(h.lines) - historyEntries; n > 0 {
		h.lines, h.places = slices.Delete(h.lines, 0, n), slices.Delete(h.places, 0, n)
	}
}

// at makes a place the one that is typed to: its lines stand behind all others. It returns where each
// line stands now.
func (h *History) at(place string) (moved []int) {
	h.place = place
	moved = make([]int, len(h.lines))
	lines, places := h.lines, h.places
	h.lines, h.places = make([]string, 0, len(lines)), make([]string, 0, len(lines))
	for _, isOwn := range []bool{false, true} {
		for i, line := range lines {
			if (place != "" && places[i] == place) == isOwn {
				moved[i] = len(h.lines)
				h.append(line, places[i])
			}
		}
	}
	return moved
}

// add keeps a line that was typed to a place, unless it is not to be kept or is the same as the last.
func (h *History) add(line, place string) error {
	if !h.isKept(line) || h.isLast(line, place) {
		return nil
	}
	h.append(line, place)
	h.bound()
	if h.path == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return err
	}
	return h.locked(func(f *os.File) error {
		_, err := f.WriteString(encodeEntry(line, place) + "\n")
		return err
	})
}

func (h *History) isLast(line, place string) bool {
	last := len(h.lines) - 1
	return last >= 0 && h.lines[last] == line && h.places[last] == place
}

// compact rewrites the file with its last entries only.
func (h *History) compact() error {
	return h.locked(func(f *os.File) error {
		if total, err := h.read(f); err != nil || total <= 2*historyEntries {
			return err // somebody else did it
		}
		path, err := filepath.EvalSymlinks(h.path) // a link stays one: its file is replaced
		if err != nil {
			return err
		}
		tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
		if err != nil {
			return err
		}
		defer os.Remove(tmp.Name())
		var b strings.Builder
		for i, line := range h.lines {
			b.WriteString(encodeEntry(line, h.places[i]) + "\n")
		}
		_, err = tmp.WriteString(b.String())
		if err = errors.Join(err, tmp.Close()); err != nil {
			return err
		}
		return os.Rename(tmp.Name(), path)
	})
}

// locked runs do with the file open for appending and locked. A file that was replaced while the
// lock was waited for is opened anew.
func (h *History) locked(do func(*os.File) error) error {
	for {
		f, err := os.OpenFile(h.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		same, err := h.lock(f)
		if err == nil && same {
			err = do(f)
		}
		err = errors.Join(err, f.Close()) // gives the lock back
		if err != nil || same {
			return err
		}
	}
}

// lock locks f and says whether it still is the history's file.
func (h *History) lock(f *os.File) (bool, error) {
	if err := lockFile(f); err != nil {
		return false, err
	}
	open, err := f.Stat()
	if err != nil {
		return false, err
	}
	if open.Mode().IsRegular() && open.Mode().Perm()&0o077 != 0 {
		_ = f.Chmod(0o600) // not to be had on Windows, where modes are not kept
	}
	named, err := os.Stat(h.path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(open, named), err
}

// An entry is one line of the file: line ends and backslashes are escaped. Before it is its place,
// as "\@PLACE ", which nothing that is escaped begins with.
func encodeEntry(line, place string) string {
	entry := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(line)
	if place != "" {
		entry = placeMark + place + " " + entry
	}
	return entry
}

const placeMark = `\@`

func decodeEntry(entry string) (line, place string) {
	if marked, isMarked := strings.CutPrefix(entry, placeMark); isMarked {
		place, entry, _ = strings.Cut(marked, " ")
	}
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(entry), place
}

// isKept says whether a line goes into the history: not when it is empty, begins with a blank, is
// very long, or is refused.
func (h *History) isKept(line string) bool {
	return strings.TrimSpace(line) != "" && !strings.ContainsRune(" \t\n\r", rune(line[0])) &&
		len(line) <= historyEntry && (h.refuse == nil || !h.refuse(line))
}
