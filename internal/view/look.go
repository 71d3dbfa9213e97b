// Package view is how a command shows what happens: the flags about it, what they come to with the
// environment and the streams, and the conversation as it stands on a stream. How each thing looks
// is format's; what happens is the session's.
package view

import (
	"time"

	"wsline/format"
	"wsline/internal/env"
	"wsline/internal/flags"
	"wsline/internal/query"
	"wsline/internal/version"
)

// Options are the flags about how things are shown, as they were typed. Not every command has rows
// for all of them.
type Options struct {
	JSON             bool
	Filter           *query.Query // nil: none
	Frames           string       // "lines" or "hex"; "" for none
	Verbose, Secrets bool

	Pretty              format.Pretty
	BinaryOut           format.BinaryOut
	exact               bool   // --binary-out was given
	Color               string // "auto", "always" or "never"
	NoColor, Timestamps bool

	events *format.JSON
}

// New holds the defaults.
func New() Options { return Options{Color: "auto"} }

// Rows say how messages are shown, those of a connection and those of a recording.
func (o *Options) Rows() []flags.Row {
	binary := flags.Parsed(&o.BinaryOut, format.ParseBinaryOut).Suggest("raw", "hex", "base64")
	binary.Tell(func(string) { o.exact = true })
	return append(append([]flags.Row{
		{Name: "pretty", Arg: "WHEN", Summary: "lay out JSON: fit, always or never",
			Detail: "`fit` (or `auto`) does so on a terminal only, and up to 64 KiB: an object or array " +
				"stands on one row where that has room for it. `always` gives each member a row of its own.",
			Value: flags.Parsed(&o.Pretty, format.ParsePretty).Suggest("fit", "always", "never")},
		{Name: "timestamps", Short: "t", Summary: "show the time of each line on a terminal",
			Value: flags.Switch(&o.Timestamps)},
	}, o.ColorRows()...), flags.Row{
		Name: "binary-out", Arg: "FORM", Summary: "print binary messages as raw, hex or base64",
		Detail: "Where stdout is not a terminal. With `raw` nothing is printed after a binary message.",
		Value:  binary,
	})
}

// ColorRows are for colour.
func (o *Options) ColorRows() []flags.Row {
	return []flags.Row{
		{Name: "color", Arg: "WHEN", Summary: "auto, always or never",
			Detail: "`auto` heeds `NO_COLOR`, `FORCE_COLOR`, and `TERM` where it is `dumb` or, " +
				"on Unix, not set. Messages that go to a pipe or a file are never coloured.",
			Value: flags.Choice(&o.Color, "auto", "always", "never")},
		{Name: "no-color", Summary: "the same as --color never",
			Value: flags.Switch(&o.NoColor)},
	}
}

// FilterRow is for a filter.
func (o *Options) FilterRow() flags.Row {
	return flags.Row{Name: "filter", Arg: "JQ",
		Summary: "print what a jq expression makes of JSON messages",
		Detail: "`--filter 'select(.type == \"trade\") | .price'` prints the prices of the trades " +
			"alone. What is not JSON is passed over. `--count` and `--expect` look at what is printed.",
		Value: flags.Parsed(&o.Filter, query.Compile)}
}

// FramesRow is for the frames of a connection.
func (o *Options) FramesRow() flags.Row {
	return flags.Row{Name: "frames", Arg: "hex", MayLackArg: true,
		Summary: "show each frame, both ways; as a hexdump too",
		Detail: "As its bytes were on the wire. On stderr, or in the conversation on a terminal, or " +
			"with `--json` as events. A frame that breaks the RFC is marked with the rule that it breaks.",
		Value: flags.ChoiceOr(&o.Frames, "lines", "hex")}
}

// Events prints the events of the program's run, errors too, as lines of JSON; nil without JSON. It
// is the same one each time; the first call comes before anything runs.
func (o *Options) Events() *format.JSON {
	if o.events == nil && o.JSON {
		o.events = &format.JSON{
			Program: version.Program(), Start: time.Now(), Secrets: o.Secrets, Now: time.Now,
		}
	}
	return o.events
}

// A Look is how things are shown, as decided by the flags, the environment and the streams.
type Look struct {
	Pretty                   format.Pretty
	BinaryOut                format.BinaryOut
	Exact                    bool // nothing stands behind a binary message that is written as it is
	Timestamps               bool
	StdoutColor, StderrColor bool
	Verbose, Secrets         bool
}

// Look decides.
func (o *Options) Look(e *env.Env) Look {
	return Look{
		Pretty: o.Pretty, BinaryOut: o.BinaryOut, Exact: o.exact, Timestamps: o.Timestamps,
		StdoutColor: o.WantsColor(e, e.StdoutTerminal),
		StderrColor: o.WantsColor(e, e.StderrTerminal),
		Verbose:     o.Verbose, Secrets: o.Secrets,
	}
}

// WantsColor decides for one stream. The flags win over the environment (no-color.org,
// force-color.org).
func (o *Options) WantsColor(e *env.Env, terminal bool) bool {
	switch {
	case o.NoColor || o.Color == "never":
		return false
	case o.Color == "always":
		return true
	case e.Getenv("NO_COLOR") != "":
		return false
	case forced(e.Getenv("FORCE_COLOR")):
		return true
	}
	return terminal && !e.IsPlain()
}

func forced(value string) bool { return value != "" && value != "0" && value != "false" }

// Style is that of a stream in colour or not, on a terminal or not.
func (l Look) Style(e *env.Env, color, terminal bool) format.Style {
	columns, _ := e.Size()
	return format.Style{
		Color: color, Pretty: l.Pretty, Timestamps: l.Timestamps, Width: columns,
		Wrap: Columns(e, terminal), Live: format.NewLive(l.Pretty, l.Timestamps),
	}
}

// Columns tells how wide the terminal is at the time, for format.Wrap; it is nil where there is
// none.
func Columns(e *env.Env, terminal bool) func() int {
	if !terminal {
		return nil
	}
	return func() int { columns, _ := e.Size(); return columns }
}

// Shake is how handshakes look on such a stream.
func (l Look) Shake(e *env.Env, color, terminal bool) format.HandshakeStyle {
	return format.HandshakeStyle{
		Secrets: l.Secrets, Color: color, Now: time.Now(), Wrap: Columns(e, terminal),
	}
}

// Payloads prints the exact bytes of messages, with end behind each.
func (l Look) Payloads(end string) *format.Pipe {
	return &format.Pipe{
		Binary: l.BinaryOut, Pretty: l.Pretty == format.PrettyAlways, End: end, Exact: l.Exact,
	}
}

// Conflict is that of two wishes for colour.
func (o *Options) Conflict() flags.Conflict {
	return flags.Conflict{When: o.NoColor && o.Color == "always",
		Text: "--color always and --no-color contradict each other", Hint: "choose one"}
}
