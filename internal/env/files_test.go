package env

import (
	"path/filepath"
	"testing"
)

func TestHistoryFile(t *testing.T) {
	for _, c := range []struct{ goos, xdg, home, local, want string }{
		{"linux", "", "/home/me", "", "/home/me/.local/state/wsline/history"},
		{"linux", "/state", "/home/me", "", "/state/wsline/history"},
		{"linux", "relative", "/home/me", "", "/home/me/.local/state/wsline/history"},
		{"linux", "", "", "", ""},
		{"linux", "relative", "", "", ""},
		{"windows", "", "", "/local", "/local/wsline/history"},
	} {
		getenv := func(name string) string {
			return map[string]string{
				"XDG_STATE_HOME": c.xdg, "HOME": c.home, "LocalAppData": c.local,
			}[name]
		}
		if got := filepath.ToSlash(historyFile(getenv, c.goos)); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}

func TestConfigDir(t *testing.T) {
	for _, c := range []struct{ goos, xdg, home, appData, want string }{
		{"linux", "", "/home/me", "", "/home/me/.config/wsline"},
		{"darwin", "", "/home/me", "", "/home/me/.config/wsline"},
		{"linux", "/config", "/home/me", "", "/config/wsline"},
		{"linux", "relative", "/home/me", "", "/home/me/.config/wsline"},
		{"linux", "", "", "/roaming", ""},
		{"linux", "relative", "relative", "", ""},
		{"windows", "", "/home/me", "/roaming", "/roaming/wsline"},
		{"windows", "", "/home/me", "", ""},
	} {
		getenv := func(name string) string {
			return map[string]string{
				"XDG_CONFIG_HOME": c.xdg, "HOME": c.home, "AppData": c.appData,
			}[name]
		}
		if got := filepath.ToSlash(configDir(getenv, c.goos)); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}

func TestSnippetFolder(t *testing.T) {
	for name, want := range map[string]string{
		"HOME": "/x/.config/wsline/snippets", "XDG_CONFIG_HOME": "/x/wsline/snippets", "AppData": "",
	} {
		getenv := func(asked string) string {
			if asked == name {
				return "/x"
			}
			return ""
		}
		if got := filepath.ToSlash(snippetFolder(getenv, "linux")); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
