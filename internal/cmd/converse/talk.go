package converse

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"wsline/format"
	"wsline/internal/cmd"
	"wsline/internal/exit"
	"wsline/internal/profile"
	"wsline/internal/reconnect"
	"wsline/internal/target"
	"wsline/internal/view"
	"wsline/repl"
	"wsline/repl/command"
	"wsline/session"
)

// talk is a conversation that is typed.
func (t *talking) talk(ctx context.Context) error {
	e := t.env
	term, err := e.Terminal()
	if err != nil {
		return fmt.Errorf("the terminal cannot be used: %w", exit.Cause(err))
	}
	window := e.Watch()
	defer window.Stop()
	term.OnResize = window.OnResize
	scene := t.talkScene(format.Style{})
	first := scene
	if t.as != "" {
		first = t.talkScene(format.Style{Name: t.as, Live: scene.Style.Live})
	}
	all := &scenes{name: t.as, first: first, plain: scene, make: t.talkScene}
	talk := &repl.Talk{
		Term: term, Look: t.talkLook(all), Views: t.views(scene), Suggest: t.suggest,
		OnOpen: t.messages(t.onOpen), Fragment: t.fragment,
		Connect: t.conn.command, CheckConnect: t.conn.check, CompleteConnect: completeConnect(t.conn.Profiles),
		Unquote: format.Unquote, ExitOnClose: t.exitOnClose, NoSlash: !t.slash,
		HistoryFile: e.HistoryFile(), Home: e.Getenv("HOME"),
		Editor: e.Editor(), Pager: e.Getenv("PAGER"), Signals: window.Signals,
		Extra: t.extra(), Name: t.as, Place: t.conn.place, Snippets: e.SnippetFolder(),
		QuietReplies: t.quietReplies,
		Tap: func(ev *session.Event) {
			t.recorder.Event(t.resume.kept(ev))
			t.keeper.event(ev)
		},
	}
	t.resumeTalk(talk)
	if !e.StdoutTerminal {
		payloads := t.payloads()
		talk.Out, talk.Print = e.Stdout, received(payloads.Event)
		talk.PassOn = func(pass func([]byte) []byte) { payloads.Pass = pass }
	}
	if t.policy != nil {
		d := &dialers{t, map[string]*reconnect.Dialer{}}
		talk.Connect, talk.Again = d.connect, d.again
	}
	t.conn.Resolver.Ask = func(prompt string) (string, error) { return talk.AskSecret(ctx, prompt) }
	return cmd.Result(talk.Run(ctx))
}

// talkScene shows the conversation on the terminal. Where stdout is not the terminal it gets the
// messages, and the terminal the rest.
func (t *talking) talkScene(style format.Style) *view.Scene {
	color := t.look.StdoutColor
	if !t.env.StdoutTerminal {
		color = t.look.StderrColor
	}
	return t.look.SceneOf(style, t.env, t.frames, color, true)
}

// scenes are how the connections of a talk look, each with its name before its marks.
type scenes struct {
	name  string // of the first
	first *view.Scene
	plain *view.Scene // of what is about none of them
	make  func(format.Style) *view.Scene

	mu    sync.Mutex
	named map[string]*view.Scene
}

func (s *scenes) of(name string) *view.Scene {
	if name == s.name {
		return s.first
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	scene := s.named[name]
	if scene == nil {
		if s.named == nil {
			s.named = map[string]*view.Scene{}
		}
		scene = s.make(format.Style{Name: name, NameColor: len(s.named) + 1, Live: s.plain.Style.Live})
		s.named[name] = scene
	}
	return scene
}

func (t *talking) talkLook(all *scenes) repl.Look {
	s := all.plain
	return repl.Look{
		Event: func(dst []byte, ev *session.Event) []byte {
			for _, text := range []string{t.recorder.Trouble(), t.sieve.Trouble(), t.state.Trouble()} {
				if text != "" {
					dst = s.Talk.Error(dst, text, "")
				}
			}
			return all.of(ev.Conn).Event(dst, ev)
		},
		Whole: view.Whole(s.Style),
		Sent: func(dst []byte, ev *session.Event) []byte {
			return all.of(ev.Conn).Talk.Event(dst, ev)
		},
		Prompt: func(name string, connected bool) string {
			return all.of(name).Talk.Prompt(connected)
		},
		Status: s.Talk.Status, Stamp: s.Talk.Stamp,
		Error: s.Failure,
	}
}

// suggest is what the demo understands, for who has typed something else.
func (t *talking) suggest(typed string) string {
	_, text, isCommand := command.Parse(typed)
	if t.conn.Target.Endpoint != "demo:" || isCommand || json.Valid([]byte(text)) {
		return ""
	}
	return `the demo answers JSON: try {"text":"hello"}`
}

// completeConnect tells the words that a /connect may go on with.
func completeConnect(profiles *profile.Book) func(word string) []string {
	return func(word string) (words []string) {
		if strings.HasPrefix(word, "-") {
			for _, name := range target.Names() {
				words = append(words, "--"+name)
			}
			return words
		}
		profiles.Forget()
		for _, name := range profiles.Names() {
			words = append(words, "@"+name)
		}
		return slices.Concat(target.Endpoints(), []string{"ws://", "wss://"}, words)
	}
}
