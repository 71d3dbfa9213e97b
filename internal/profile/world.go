package profile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"wsline/internal/env"
	"wsline/internal/exit"
	"wsline/internal/head"
)

// Of is the world as the program is in it.
func Of(e *env.Env) World {
	w := World{Home: e.Home(), Files: system{}, Shell: system{}}
	if dir := e.ConfigDir(); dir != "" {
		w.Own = filepath.Join(dir, "config")
	}
	return w
}

// system is the machine's files, and its shell.
type system struct{}

// maxFile is more than any file of profiles has, in bytes.
const maxFile = 1 << 20

func (system) Exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil // a folder that must not be looked into is somebody else's
}

func (system) Read(path string) (text []byte, distrust string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, "", err
	}
	text, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = errors.New("it is larger than 1 MiB")
	}
	return text, distrusted(info), err
}

const (
	// commandTime is how long a command may take: a person may be asked for a passphrase.
	commandTime = time.Minute
	// maxOutput is how much a command may write, in bytes: more than any header field has.
	maxOutput = 64 << 10
)

func (system) Run(ctx context.Context, command string) (string, error) {
	limited, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	shell, flag := "/bin/sh", "-c"
	if runtime.GOOS == "windows" {
		shell, flag = "cmd", "/c"
	}
	cmd := exec.CommandContext(limited, shell, flag, command)
	stdout, stderr := head.Writer{Max: maxOutput}, head.Writer{Max: maxOutput}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Second // for what it started, and left with its output
	err := cmd.Run()
	var failed *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case limited.Err() != nil:
		return "", fmt.Errorf("takes longer than %v", commandTime)
	case errors.As(err, &failed):
		text := fmt.Sprintf("failed: %v", failed)
		if said := firstLine(stderr.Text); said != "" {
			text += ": " + exit.Quote(said)
		}
		return "", errors.New(text)
	case err != nil:
		return "", fmt.Errorf("cannot be run: %v", exit.Cause(err))
	case stdout.IsCut:
		return "", fmt.Errorf("wrote more than %d bytes", maxOutput)
	}
	return string(stdout.Text), nil
}

// firstLine is the first line of a text that has something in it.
func firstLine(text []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
	return strings.TrimSpace(string(line))
}
