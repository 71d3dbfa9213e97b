package cli

import (
	"context"
	"os"
	"strconv"
	"strings"

	"wsline/format"
)

// answer prints what was asked for instead of a conversation.
func answer(ctx context.Context, env *Env, c *config) error {
	var text string
	var err error
	switch c.answer {
	case "--diagnose":
		return runDiagnose(ctx, env, c)
	case "--as-curl":
		text, err = curlCommand(c.target, c.given, c.look.secrets)
	case "--as-websocat":
		text, err = websocatCommand(c.target, c.given, c.look.secrets)
	default:
		text, err = requestText(c.target, c.look.secrets)
	}
	if err != nil {
		return err
	}
	if err := write(env.Stdout, text); err != nil {
		return err
	}
	if c.answer != "--dry-run" && !c.look.secrets && hidesSecret(text) {
		talk := format.NewTalk(format.Style{Color: c.look.stderrColor})
		_, _ = env.Stderr.Write(talk.Status(nil,
			"what is secret is hidden in this command: --show-secrets writes it"))
	}
	return nil
}

// hidesSecret reports whether something in a command for another program is hidden, so that it does
// not make the same connection.
func hidesSecret(command string) bool {
	return strings.Contains(command, "hidden>") || strings.Contains(command, " --pass ...")
}

// runDiagnose prints what a diagnosis found. A signal ends it with what it has.
func runDiagnose(ctx context.Context, env *Env, c *config) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	signals := make(chan os.Signal, 1)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case s := <-env.Signals:
			signals <- s
			cancel()
		case <-stop:
		}
	}()
	report, code := diagnose(ctx, c.given, c.target, c.look.secrets, openAndClose)
	close(stop)
	<-stopped
	if err := write(env.Stdout, report); err != nil {
		return err
	}
	select {
	case s := <-signals:
		return signalError(s)
	default:
	}
	if code == exitOK {
		return nil
	}
	return exitCode(code)
}

// An exitCode is an end that has been told about.
type exitCode int

func (e exitCode) Error() string { return "exit code " + strconv.Itoa(int(e)) }

func signalError(s os.Signal) error {
	if s == os.Interrupt {
		return errInterrupted
	}
	return errTerminated
}
