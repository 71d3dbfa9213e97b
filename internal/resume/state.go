package resume

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"wsline/internal/exit"
)

const (
	// maxState is how many bytes a file of values may have.
	maxState = 16 << 20
	// saveTime is how far apart two writes of the file are at least, but for the last.
	saveTime = 200 * time.Millisecond
)

func readState(path string) ([]byte, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, exit.Usagef("", "--state: %q cannot be read: %v", path, exit.Cause(err))
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, exit.Usagef("", "--state: %q is not a regular file", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxState+1))
	switch {
	case err != nil:
		return nil, exit.Usagef("", "--state: %q cannot be read: %v", path, exit.Cause(err))
	case len(text) > maxState:
		return nil, exit.Usagef("", "--state: %q has more than 16 MiB", path)
	}
	return text, nil
}

// eachMember calls do for each member of an object. An error comes with the line that it is about.
func eachMember(text []byte, do func(name string, value []byte) error) (line int, err error) {
	in := json.NewDecoder(bytes.NewReader(text))
	at := func(offset int64) int {
		return 1 + bytes.Count(text[:min(int(offset), len(text))], []byte("\n"))
	}
	fail := func(err error) (int, error) {
		var syntax *json.SyntaxError
		switch {
		case errors.As(err, &syntax):
			return at(syntax.Offset), err
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return at(int64(len(bytes.TrimRight(text, " \t\r\n")))), errors.New("it ends too early")
		}
		return at(in.InputOffset()), err
	}
	token, err := in.Token()
	if err != nil {
		return fail(err)
	}
	if token != json.Delim('{') {
		return fail(errors.New("it is not an object of names and values"))
	}
	for in.More() {
		token, err := in.Token()
		if err != nil {
			return fail(err)
		}
		line := at(in.InputOffset())
		name, isName := token.(string)
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return fail(err)
		}
		if !isName {
			return line, errors.New("it is not an object of names and values")
		}
		if err := do(name, value); err != nil {
			return line, err
		}
	}
	if _, err := in.Token(); err != nil {
		return fail(err)
	}
	if _, err := in.Token(); err != io.EOF {
		return at(in.InputOffset()), errors.New("something stands behind the object")
	}
	return 0, nil
}

// A State writes values to a file: soon after they have changed, and at the end. A write that fails does
// not end anything: it is told once, tried again with the next values, and an error at the end. nil
// writes nothing. It may be used concurrently.
type State struct {
	path string
	lock io.Closer

	wake, finish, finished chan struct{}

	mu     sync.Mutex
	values map[string]string // as JSON
	dirty  bool              // they are not in the file
	failed error             // of the last write
	told   bool
}

// Start takes the file, which holds values, for this program alone, and begins. Finish ends it.
func Start(path string, values map[string]string) (*State, error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // what a link names is replaced, and not the link
	}
	lock, err := lockFile(path + ".lock")
	switch {
	case errors.Is(err, errLocked):
		return nil, fmt.Errorf("--state: another wsline keeps its values in %q", path)
	case err != nil:
		return nil, fmt.Errorf("--state: %q cannot be written: %w", path, exit.Cause(err))
	}
	s := &State{
		path: path, lock: lock, values: map[string]string{}, wake: make(chan struct{}, 1),
		finish: make(chan struct{}), finished: make(chan struct{}),
	}
	maps.Copy(s.values, values)
	go s.run()
	return s, nil
}

// Put has the file hold values soon. Others that it holds stay there.
func (s *State) Put(values map[string]string) {
	s.mu.Lock()
	maps.Copy(s.values, values)
	s.dirty = true
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default: // it is awake
	}
}

func (s *State) run() {
	defer close(s.finished)
	for {
		select {
		case <-s.wake:
			s.save()
		case <-s.finish:
			s.save()
			return
		}
		select {
		case <-time.After(saveTime):
		case <-s.finish:
			s.save()
			return
		}
	}
}

func (s *State) save() {
	s.mu.Lock()
	if !s.dirty {
		s.mu.Unlock()
		return
	}
	s.dirty = false
	text := object(s.values)
	s.mu.Unlock()
	err := replace(s.path, text)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = err
	s.dirty = s.dirty || err != nil
}

// object is one of JSON, with a line for each member.
func object(values map[string]string) []byte {
	var b strings.Builder
	between := "{\n"
	for _, name := range slices.Sorted(maps.Keys(values)) {
		fmt.Fprintf(&b, "%s  %q: %s", between, name, values[name])
		between = ",\n"
	}
	if b.Len() == 0 {
		return []byte("{}\n")
	}
	return []byte(b.String() + "\n}\n")
}

// replace writes a file anew, so that it is whole whenever the program, or the machine, stops.
func replace(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // of mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the other error is the one to tell
	}
	return err
}

// Trouble is what has to be said of a write that failed, once; "" for nothing.
func (s *State) Trouble() string {
	if s == nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil || s.told {
		return ""
	}
	s.told = true
	return s.text()
}

func (s *State) text() string {
	return fmt.Sprintf("--state: %q cannot be written: %v", s.path, exit.Cause(s.failed))
}

// Finish writes what has not been written, and returns the error that the program ends with.
func (s *State) Finish(err error) error {
	if s == nil {
		return err
	}
	close(s.finish)
	<-s.finished
	_ = s.lock.Close()
	switch {
	case s.failed == nil || err != nil && exit.FaultOf(err).Code != exit.OK:
		return err
	case s.told:
		return exit.Told(exit.Own)
	}
	return errors.New(s.text())
}
