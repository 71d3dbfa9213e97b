package converse

import (
	"time"

	"wsline/format/stats"
	"wsline/internal/dial"
	"wsline/internal/doctor"
	"wsline/internal/hide"
	"wsline/internal/query"
	"wsline/internal/view"
	"wsline/repl"
	"wsline/session"
)

// scene is the conversation on a stream in colour or not, on a terminal or not.
func (t *talking) scene(color, terminal bool) *view.Scene {
	return t.look.Scene(t.env, t.frames, color, terminal)
}

// views are how the answers to commands look.
func (t *talking) views(s *view.Scene) repl.Views {
	v := repl.Views{
		Headers: func(h *dial.Handshake) string {
			return string(s.Talk.Unstamped(nil, h, s.Shake))
		},
		Stats: func(st session.Stats) string {
			columns, _ := t.env.Size()
			return string(stats.Append(nil, st, time.Now(), columns))
		},
		Frames:     func(mode string) { t.frames.Set(mode) },
		KeepFrames: t.record.KeepsFrames(),
		Explain: func(end *session.End) string {
			if t.policy != nil && t.policy.Passes(end) {
				return "" // it goes on
			}
			return doctor.EndHint(end)
		},
		Compile: func(expr string) (repl.Filter, error) {
			q, err := query.Compile(expr)
			if err != nil {
				return nil, err
			}
			return t.sieve.Filter(q), nil
		},
	}
	view.Change(&v, s.Style)
	if !t.look.Secrets {
		v.HideURL = hide.URL
		v.HideProtocol = func(value string) string {
			return hide.Field("Sec-WebSocket-Protocol", value)
		}
	}
	if t.filter != nil {
		v.Filter, v.FilterText = t.sieve.Filter(t.filter), t.filter.String()
	}
	return v
}
