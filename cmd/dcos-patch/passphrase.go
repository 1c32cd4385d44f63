package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"github.com/dcos-patch/dcos-patch/sshexec"
)

// passphrases asks for passphrases on the terminal, whatever standard input
// is. nil: there is no terminal.
func passphrases() phraser {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	defer tty.Close()
	return askOnTerminal
}

func askOnTerminal(ctx context.Context, file, why string) (sshexec.Secret, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return sshexec.Secret{}, err
	}
	defer tty.Close()
	before, err := term.GetState(int(tty.Fd()))
	if err != nil {
		return sshexec.Secret{}, err
	}
	if why != "" {
		why = " (" + why + ")"
	}
	fmt.Fprintf(tty, "passphrase of %s%s: ", file, why)
	type answer struct {
		text []byte
		err  error
	}
	out := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(int(tty.Fd()))
		out <- answer{text, err}
	}()
	select {
	case a := <-out:
		fmt.Fprintln(tty)
		if a.err == nil && len(a.text) == 0 {
			a.err = errors.New("no passphrase was given")
		}
		return sshexec.NewSecret(string(a.text)), a.err
	case <-ctx.Done():
		_ = term.Restore(int(tty.Fd()), before) // the echo
		fmt.Fprintln(tty)
		return sshexec.Secret{}, context.Cause(ctx)
	}
}
