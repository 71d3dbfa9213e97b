package doctor_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"wsline/internal/dial"
	"wsline/internal/dial/uri"
	"wsline/internal/doctor"
	"wsline/internal/wstest/world"
)

// worldRows are the rows of the table that the scenes of testdata/world come to. What the program
// makes of them all is held by TestWorld of internal/cli.
func worldRows(t *testing.T) map[string]bool {
	all, err := world.Read("../../testdata/world")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, s := range all {
		for _, scene := range s.Scenes {
			synctest.Test(t, func(t *testing.T) {
				cfg := configOf(t, scene.Args)
				cfg.NetDial = s.Dial(t)
				conn, err := dial.Dial(context.Background(), cfg)
				var e *dial.Error
				if errors.As(err, &e) {
					seen[doctor.RowOf(e)] = true
				} else if err == nil {
					conn.Tap.Close()
				}
			})
		}
	}
	return seen
}

// configOf is what a scene's command line asks for, as far as the handshake goes.
func configOf(t *testing.T, args []string) *dial.Config {
	cfg := &dial.Config{Timeout: 10 * time.Second}
	for i := 0; i < len(args); i++ {
		next := func() string { i++; return args[i] }
		switch arg := args[i]; arg {
		case "-s":
			cfg.Subprotocols = strings.Split(next(), ",")
		case "-o":
			cfg.Header = append(cfg.Header, dial.Field{Name: "Origin", Value: next()})
		case "--host":
			cfg.Host = next()
		case "--raw-header":
			name, value, _ := strings.Cut(next(), ":")
			cfg.RawHeader = append(cfg.RawHeader, dial.Field{Name: name, Value: value})
		case "--proxy":
			proxy, err := url.Parse(next())
			if err != nil {
				t.Fatal(err)
			}
			cfg.Proxy = func(*url.URL) (*url.URL, error) { return proxy, nil }
		case "--connect-timeout", "-w":
			next()
		default:
			if strings.HasPrefix(arg, "ws") && cfg.URL == nil {
				u, _, err := uri.Parse(arg)
				if err != nil {
					t.Fatal(err)
				}
				cfg.URL = u
			}
		}
	}
	return cfg
}
