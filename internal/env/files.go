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

// ConfigDir is where the XDG base directory specification puts configuration, on Windows that of
// os.UserConfigDir; "" when there is no such place.
func (e *Env) ConfigDir() string { return configDir(e.Getenv, runtime.GOOS) }

func configDir(getenv func(string) string, goos string) string {
	config := getenv("XDG_CONFIG_HOME")
	home := getenv("HOME")
	switch {
	case filepath.IsAbs(config):
	case goos == "windows":
		config = getenv("AppData")
	case home != "":
		config = filepath.Join(home, ".config")
	}
	if !filepath.IsAbs(config) {
		return ""
	}
	return filepath.Join(config, "wsline")
}

// Home is the user's folder, "" when there is none.
func (e *Env) Home() string {
	if home := e.Getenv("HOME"); home != "" || runtime.GOOS != "windows" {
		return home
	}
	return e.Getenv("USERPROFILE")
}

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
