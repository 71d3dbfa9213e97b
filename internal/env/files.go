package env

import (
	"path/filepath"
	"runtime"
)

// Editor is the command that $VISUAL or $EDITOR names, "" for none.
func (e *Env) Editor() string {
	if command := e.Getenv("VISUAL"); command != "" {
		return command
	}
	return e.Getenv("EDITOR")
}

// HistoryFile is where the XDG base directory specification puts state, "" when there is no such
// place.
func (e *Env) HistoryFile() string { return historyFile(e.Getenv, runtime.GOOS) }

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
