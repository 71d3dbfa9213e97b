package script

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/dial"
	"wsline/internal/wstest"
	"wsline/repl/command"
	"wsline/script/report"
	"wsline/script/wst"
	"wsline/session"
)

func login(t *testing.T, text string) *wst.Conversation {
	t.Helper()
	c, err := wst.Parse("login.wst", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A login runs on a connection that stays open, with variables of others.
func TestLogin(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"well", "> hello ${who}\n< hello ann\n> /set x 1\n", ""},
		{"captures", "> {\"id\":7}\n< {\"id\":\"...\"}\n> /capture id .id\n> id ${id}\n< id 7\n", ""},
		{"what comes later stays", "> one\n> two\n< one\n", ""},
		{"skipped", "> /skip not here\n< never\n", ""},
		{"otherwise", "> one\n< two\n", `login.wst:2: character 1: expected "two", got "one"`},
		{"late", "> /timeout 1s\n< two\n", "login.wst:2: a text message did not come within 1s"},
		{"ended", "> end\n< two\n", "login.wst:2: the connection ended before a text message came"},
		{"unknown", "> ${nobody}\n", `login.wst:1: the variable "nobody" has no value`},
		{"another", "> /include other.wst\n", "login.wst:1: cannot read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := NewLogin()
				connect := connectTo(t, func(p *wstest.Peer) {
					for {
						_, payload, err := p.ReadFrame()
						if err != nil || string(payload) == "end" {
							return
						}
						_ = p.Text(string(payload))
					}
				})
				s, err := connect(t.Context(), nil, l.Event)
				if err != nil {
					t.Fatal(err)
				}
				between := 0
				r := &Runner{
					Vars: func() *wst.Vars {
						v := &wst.Vars{}
						_ = v.Set("who", "ann")
						return v
					},
					Between: func(*wst.Vars) { between++ },
				}
				err = r.RunOn(t.Context(), login(t, tt.text), l, s)
				l.Leave()
				got := ""
				var f *report.Failure
				if errors.As(err, &f) {
					got = f.Fault().Message
				}
				if got != tt.want && (tt.want == "" || !strings.HasPrefix(got, tt.want)) || between == 0 {
					t.Errorf("%v: %s, want %s", err, got, tt.want)
				}
				if tt.name != "ended" && s.Send(1, []byte("goes on")) != nil {
					t.Error("the connection does not go on")
				}
				s.Drop()
				<-s.Done()
			})
		})
	}
}

// It ends with its context.
func TestLoginIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLogin()
		s, err := connectTo(t, func(p *wstest.Peer) { p.ReadFrame() })(t.Context(), nil, l.Event)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		r := &Runner{Vars: func() *wst.Vars { return &wst.Vars{} }}
		if err := r.RunOn(ctx, login(t, "< never\n"), l, s); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		s.Drop()
		<-s.Done()
	})
}

func TestCheckLogin(t *testing.T) {
	for text, want := range map[string]string{
		"> hi\n< hi\n":          "",
		"> /connect ws://h\n":   "login.wst:1:1: the connection is open already: /connect has no place here",
		"> hi\nbob> hi\n":       "login.wst:2:1: there is one connection here, without a name",
		"> /exec rm\n":          "login.wst:1:1: /exec has no place here",
		"> hi\n> /save a.wst\n": "login.wst:2:1: /save has no place here",
	} {
		got := ""
		if err := CheckLogin(login(t, text)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// connectTo opens sessions to a peer in memory.
func connectTo(t *testing.T, play func(p *wstest.Peer)) command.Connector {
	return func(ctx context.Context, _ []string, handle func(*session.Event)) (*session.Session, error) {
		cfg := session.Config{Dial: dial.Config{
			URL: &url.URL{Scheme: "ws", Host: "test"},
			NetDial: func(context.Context, string, string) (net.Conn, error) {
				return wstest.Pipe(t, func(p *wstest.Peer) {
					if p.Accept() == nil {
						play(p)
					}
				}), nil
			},
		}}
		return session.Open(ctx, &cfg, handle)
	}
}
