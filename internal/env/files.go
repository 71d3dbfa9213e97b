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
	return base(getenv, goos, "XDG_CONFIG_HOME", "AppData", "", ".config")
}

// Home is the user's folder, "" when there is none.
func (e *Env) Home() string {
	if home := e.Getenv("HOME"); home != "" || runtime.GOOS != "windows" {
		return home
	}
	return e.Getenv("USERPROFILE")
}

func historyFile(getenv func(string) string, goos string) string {
	return base(getenv, goos, "XDG_STATE_HOME", "LocalAppData", "history", ".local", "state")
}

// SnippetFolder is where the XDG base directory specification puts what a user has set up, "" when
// there is no such place.
func (e *Env) SnippetFolder() string { return snippetFolder(e.Getenv, runtime.GOOS) }

func snippetFolder(getenv func(string) string, goos string) string {
	if dir := configDir(getenv, goos); dir != "" {
		return filepath.Join(dir, "snippets")
	}
	return ""
}

// base is our folder, or a file in it, in the folder that a variable names, of another one on Windows, or else in
// the folder of the user's home.
func base(getenv func(string) string, goos, xdg, windows, file string, home ...string) string {
	folder := getenv(xdg)
	switch {
	case filepath.IsAbs(folder):
	case goos == "windows":
		folder = getenv(windows)
	case getenv("HOME") != "":
		folder = filepath.Join(append([]string{getenv("HOME")}, home...)...)
	}
	if !filepath.IsAbs(folder) {
		return ""
	}
	return filepath.Join(folder, "wsline", file)
}
