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
