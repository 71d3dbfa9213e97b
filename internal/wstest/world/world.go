// Package world reads and plays what real software answers, as testdata/world has it: one file a
// software, which tells who it is, what it answers to whom, and scenes in which the program meets
// it. A server of a file runs in memory, and in a testing/synctest bubble its minutes take no time.
// Tests alone import it.
//
// A file is a txtar archive. Its comment is lines "name: value" about the software. A file in it
// whose name begins with "answer" is what the server does with a request that meets the conditions
// after that word; the first such one answers. Every other file is a scene.
//
//	answer path=/chat protocol=-
//
// The conditions are NAME=PATTERN or NAME!=PATTERN, of method, path, query, host, origin, protocol
// (one of those offered), version, upgrade, login (Authorization), compress (the extensions) or any
// field as header:NAME. In a pattern * stands for any text; alone it asks for the field to be
// there, and - for its absence. A condition holds no blank.
//
// An answer is one of
//
//	HTTP/1.1 404 Not Found      a head and a body as they stand here, with CRLF for the line ends of
//	Content-Length: ?           the head; ? is the length of the body, and a body after
//	                            Transfer-Encoding: chunked is sent as one chunk
//	body
//
//	end                         no answer: see the steps
//
//	101                         a right upgrade with these fields, and what the server does then
//	Sec-WebSocket-Protocol: mqtt
//
//	text "hello"
//
// Each step is one line: text, ping, pong and raw with a string in Go's spelling; binary with
// hexadecimal digits; read, or read "text", for the next message of the client, or the next that is
// this one; echo for all messages from now on; wait TIME; idle TIME, which waits until so long
// nothing came; silence, for the rest of the time; close, close CODE or close CODE "reason"; end for
// the end of TCP; reset. Pings are answered and Close frames too, as real servers do, but after
// "deaf". After the last step the server goes on reading.
//
// A scene is lines "name: value" (stdin: what is piped in, in Go's spelling, and
// "stdin after" how much later; truth: what a user
// needs to hear), the command line after "$ ", and what the program must say.
package world

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// A Software is one file.
type Software struct {
	Path   string
	Facts  map[string]string // of the comment
	Scenes []*Scene

	rules   []*rule
	archive *txtar.Archive
}

// A Scene is one meeting of the program with the software.
type Scene struct {
	Name  string
	Facts map[string]string
	Args  []string // after the program's name
	Want  string   // what it says, and its exit code

	head string // as it stands before Want
	file int    // its place in the archive
}

// Read reads the files of a folder, in the order of their names.
func Read(folder string) ([]*Software, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no files in %s: %v", folder, err)
	}
	var all []*Software
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		s, err := Parse(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		s.Path = path
		all = append(all, s)
	}
	return all, nil
}

// Parse reads one file.
func Parse(data []byte) (*Software, error) {
	s := &Software{archive: txtar.Parse(data), Facts: map[string]string{}}
	for line := range strings.Lines(string(s.archive.Comment)) {
		if err := addFact(s.Facts, line); err != nil {
			return nil, err
		}
	}
	if s.Facts["software"] == "" {
		return nil, fmt.Errorf("no software: in the comment")
	}
	for i, f := range s.archive.Files {
		if first, rest, _ := strings.Cut(f.Name, " "); first == "answer" {
			r, err := parseRule(rest, string(f.Data))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
			s.rules = append(s.rules, r)
			continue
		}
		scene, err := parseScene(f.Name, string(f.Data))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		scene.file = i
		s.Scenes = append(s.Scenes, scene)
	}
	return s, nil
}

func addFact(facts map[string]string, line string) error {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return nil
	}
	name, value, found := strings.Cut(line, ": ")
	if !found {
		return fmt.Errorf("%q is no name and value", line)
	}
	facts[name] = value
	return nil
}

func parseScene(name, text string) (*Scene, error) {
	s := &Scene{Name: name, Facts: map[string]string{}}
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		s.head += line + "\n"
		text = rest
		command, isCommand := strings.CutPrefix(line, "$ wsline ")
		if !isCommand {
			if err := addFact(s.Facts, line); err != nil {
				return nil, err
			}
			continue
		}
		args, err := words(command)
		if err != nil {
			return nil, err
		}
		s.Args, s.Want = args, text
		return s, nil
	}
	return nil, fmt.Errorf("no line with $ wsline")
}

// words splits a command line at blanks, but not within single quotes.
func words(line string) (list []string, err error) {
	var word strings.Builder
	quoted, begun := false, false
	for _, r := range line {
		switch {
		case r == '\'':
			quoted, begun = !quoted, true
		case r == ' ' && !quoted:
			if begun {
				list = append(list, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if quoted {
		return nil, fmt.Errorf("a quotation is open: %s", line)
	}
	if begun {
		list = append(list, word.String())
	}
	return list, nil
}

// Update puts what the program said into the file.
func (s *Software) Update(scene *Scene, said string) error {
	s.archive.Files[scene.file].Data = []byte(scene.head + strings.TrimRight(said, "\n") + "\n\n")
	return os.WriteFile(s.Path, txtar.Format(s.archive), 0o666)
}
