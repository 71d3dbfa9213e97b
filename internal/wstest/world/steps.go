package world

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsline/internal/wire"
)

// A step is what the server does next.
type step struct {
	verb string
	text string // of a message, a reason
	any  bool   // no text was given
	time time.Duration
	code wire.StatusCode // 1005: none
}

func parseSteps(text string) (list []step, err error) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		s, err := parseStep(line)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		list = append(list, s)
	}
	return list, nil
}

func parseStep(line string) (s step, err error) {
	var rest string
	s.verb, rest, _ = strings.Cut(line, " ")
	s.any = rest == ""
	switch s.verb {
	case "text", "ping", "pong", "raw", "read":
		if !s.any {
			s.text, err = strconv.Unquote(rest)
		}
	case "binary":
		var b []byte
		b, err = hex.DecodeString(strings.ReplaceAll(rest, " ", ""))
		s.text = string(b)
	case "wait", "idle":
		s.time, err = time.ParseDuration(rest)
	case "close":
		s.code = wire.StatusNoStatusRcvd
		if s.any {
			break
		}
		code, reason, found := strings.Cut(rest, " ")
		var n uint64
		n, err = strconv.ParseUint(code, 10, 16)
		if s.code = wire.StatusCode(n); found && err == nil {
			s.text, err = strconv.Unquote(reason)
		}
	default:
		if !slices.Contains([]string{"echo", "silence", "end", "reset", "deaf"}, s.verb) || !s.any {
			err = fmt.Errorf("there is no such step")
		}
	}
	return s, err
}
