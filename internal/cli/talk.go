package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"wsline/format"
	"wsline/repl"
	"wsline/session"
)

// runTalk is a conversation that is typed.
func runTalk(ctx context.Context, env *Env, c *config, conn *connector) error {
	term, err := env.Terminal()
	if err != nil {
		return fmt.Errorf("the terminal cannot be used: %w", cause(err))
	}
	window := watchWindow(env)
	defer window.stop()
	term.OnResize = window.onResize
	scene := talkScene(env, c)
	t := &repl.Talk{
		Term: term, Look: talkLook(c, scene), Views: c.views(env, scene),
		OnOpen:  messages(c, c.onOpen),
		Connect: conn.command, CheckConnect: conn.check, CompleteConnect: completeConnect,
		Unquote: format.Unquote, ExitOnClose: c.exitOnClose, NoSlash: !c.slash,
		HistoryFile: historyFile(env.Getenv, runtime.GOOS), Home: env.Getenv("HOME"),
		Editor: editor(env.Getenv), Signals: window.signals,
		Extra: c.keeper.extra(),
		Tap: func(ev *session.Event) {
			c.recorder.event(ev)
			c.keeper.event(ev)
		},
	}
	if !env.StdoutTerminal {
		t.Out, t.Print = env.Stdout, received(c.payloads().Event)
	}
	conn.resolver.ask = func(prompt string) (string, error) { return t.AskSecret(ctx, prompt) }
	return resultError(t.Run(ctx))
}

// talkScene shows the conversation on the terminal. Where stdout is not the terminal it gets the
// messages, and the terminal the rest.
func talkScene(env *Env, c *config) *scene {
	color := c.look.stdoutColor
	if !env.StdoutTerminal {
		color = c.look.stderrColor
	}
	return newScene(env, c, color)
}

func talkLook(c *config, s *scene) repl.Look {
	return repl.Look{
		Event: func(dst []byte, ev *session.Event) []byte {
			for _, text := range []string{c.recorder.trouble(), c.sieve.trouble()} {
				if text != "" {
					dst = s.talk.Error(dst, text, "")
				}
			}
			return s.event(c, dst, ev)
		},
		Sent: s.talk.Sent, Status: s.talk.Status, Prompt: s.talk.Prompt,
		Error: func(dst []byte, err error) []byte { return s.failure(c, dst, err) },
	}
}

func completeConnect(word string) (words []string) {
	if !strings.HasPrefix(word, "-") {
		return append(endpoints(), "ws://", "wss://")
	}
	for _, name := range longNames(connectGroups()) {
		words = append(words, "--"+name)
	}
	return words
}

func editor(getenv func(string) string) string {
	if e := getenv("VISUAL"); e != "" {
		return e
	}
	return getenv("EDITOR")
}

// historyFile is where the XDG base directory specification puts state, "" when there is no such
// place.
func historyFile(getenv func(string) string, goos string) string {
	state := getenv("XDG_STATE_HOME")
	home := getenv("HOME")
	switch {
	case filepath.IsAbs(state):
	case goos == "windows":
		state = getenv("LocalAppData")
	case home != "":
		state = filepath.Join(home, ".local", "state")
	}
	if !filepath.IsAbs(state) {
		return ""
	}
	return filepath.Join(state, "wsline", "history")
}

// A window passes signals on: a new size to whoever asked for it, all others to the talk.
type window struct {
	signals  chan os.Signal
	register chan func()
	quit     chan struct{}
	done     chan struct{}
}

func watchWindow(env *Env) *window {
	w := &window{
		signals: make(chan os.Signal, 4), register: make(chan func()),
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	changes := make(chan os.Signal, 4)
	if list := windowSignals(); env.Notify != nil && len(list) > 0 { // none would mean all
		env.Notify(changes, list...)
	}
	go w.run(env.Signals, changes)
	return w
}

func (w *window) run(signals, changes <-chan os.Signal) {
	defer close(w.done)
	resized := func() {}
	for {
		select {
		case s := <-signals:
			w.pass(s)
		case s := <-changes:
			if isResize(s) {
				resized()
			} else {
				w.pass(s)
			}
		case resized = <-w.register:
		case <-w.quit:
			return
		}
	}
}

// pass drops a signal when four wait already: a fifth would say nothing new.
func (w *window) pass(s os.Signal) {
	select {
	case w.signals <- s:
	default:
	}
}

// onResize has f called for every new size until stop is called, after which it is not running.
func (w *window) onResize(f func()) (stop func()) {
	w.set(f)
	return func() { w.set(func() {}) }
}

func (w *window) set(f func()) {
	select {
	case w.register <- f:
	case <-w.done:
	}
}

func (w *window) stop() {
	close(w.quit)
	<-w.done
}
