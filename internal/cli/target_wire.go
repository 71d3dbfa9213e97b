package cli

import (
	"strings"
	"time"

	"wsline/internal/dial"
	"wsline/session"
)

func setPings(s *session.Config, t *typed) {
	s.NoPong = t.noPong
	for _, f := range []struct {
		to   *time.Duration
		from *time.Duration
	}{
		{&s.PongDelay, t.pongDelay}, {&s.PingInterval, t.pingInterval}, {&s.PingTimeout, t.pingTimeout},
	} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
}

// rawHeader takes fields as they stand, which need not be right.
func rawHeader(given []string) (list []dial.Field, err error) {
	for _, s := range given {
		name, value, found := strings.Cut(s, ":")
		switch {
		case !found:
			return nil, usagef("a header field is written 'Name: value'",
				"--raw-header: %q has no colon", s)
		case strings.ContainsAny(s, "\r\n\x00"):
			return nil, usagef("", "--raw-header: %q holds a line end or a NUL", s)
		}
		list = append(list, dial.Field{Name: name, Value: strings.TrimPrefix(value, " ")})
	}
	return list, nil
}
