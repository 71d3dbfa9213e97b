package dial

import (
	"maps"
	"slices"
	"strings"

	"wsline/internal/exit"
)

// hide takes out of what a server, or a proxy, said what Config.Hide does. Nothing is decided by it
// any more.
func (cfg *Config) hide(conn *Conn, e *Error) {
	switch {
	case cfg.Hide == nil:
	case conn != nil:
		conn.Handshake.hide(cfg.Hide)
	case e != nil:
		e.hide(cfg.Hide)
	}
}

func (hs *Handshake) hide(by func(text string, isCut bool) string) {
	hs.Response = []byte(by(string(hs.Response), false))
	hs.Header = hideHeader(hs.Header, by)
	hs.AcceptGot = by(hs.AcceptGot, false)
}

// hide changes the texts of which a part is quoted first, so that it is hidden in the quotation
// too.
func (e *Error) hide(by func(text string, isCut bool) string) {
	for _, text := range []*string{&e.Location, &e.Phrase, &e.Got} {
		shown := by(*text, len(*text) >= exit.MaxQuoted)
		if shown != *text {
			e.Text = strings.ReplaceAll(e.Text, exit.Quote(*text), exit.Quote(shown))
			*text = shown
		}
	}
	e.Text = by(e.Text, false)
	e.Foreign = by(e.Foreign, false)
	e.Header = hideHeader(e.Header, by)
	e.Body = []byte(by(string(e.Body), e.BodyCut))
	if e.Handshake != nil {
		e.Handshake.hide(by)
	}
}

// hideHeader leaves the header as it is, which others may have. Of names that are the same when they
// are hidden no value is lost.
func hideHeader(
	header map[string][]string, by func(text string, isCut bool) string,
) map[string][]string {
	if header == nil {
		return nil
	}
	shown := make(map[string][]string, len(header))
	for _, name := range slices.Sorted(maps.Keys(header)) {
		to := by(name, false)
		for _, value := range header[name] {
			shown[to] = append(shown[to], by(value, false))
		}
	}
	return shown
}
