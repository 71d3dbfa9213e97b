package test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"wsline/internal/exit"
	"wsline/internal/head"
)

// maxOutput is how much is kept of what a program of /exec writes, in bytes.
const maxOutput = 64 << 10

// runProgram runs a program for /exec, in the folder and with the environment of this one, and
// returns what it wrote, or the first part of that.
func runProgram(ctx context.Context, args []string) (output string, isCut bool, err error) {
	if len(args) == 0 {
		return "", false, errors.New("/exec needs a program")
	}
	out := head.Writer{Max: maxOutput}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second // for what it started, and left with its output
	err = cmd.Run()
	var failed *exec.ExitError
	var missing *exec.Error
	switch {
	case errors.As(err, &failed):
		err = fmt.Errorf("%q failed: %v", args[0], failed)
	case errors.As(err, &missing):
		err = fmt.Errorf("%q cannot be run: %v", args[0], missing.Err)
	case err != nil:
		err = fmt.Errorf("%q cannot be run: %v", args[0], exit.Cause(err))
	}
	return string(out.Text), out.IsCut, err
}
