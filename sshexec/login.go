package sshexec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	// greeting is what the first command of a connection says, and nothing else.
	greeting = "dcos-patch-greeting"
	// begin is what every command says first where a login shell prints of its
	// own accord.
	begin = "dcos-patch-begin"
)

// shell is what the first command of a connection has found out about the
// login shell behind it.
type shell struct {
	turn  chan struct{} // holds one token; a lock that also ends with a context
	known bool
	noisy bool // it prints to standard output before the command does
	took  time.Duration
}

// ShellTook is how long the login shell took to run a command that does
// nothing, the way there and back included. 0 before the first command.
func (c *Conn) ShellTook() time.Duration {
	<-c.shell.turn
	defer func() { c.shell.turn <- struct{}{} }()
	return c.shell.took
}

// greet runs a command that does nothing, once for a connection. A place for
// a command is held.
func (c *Conn) greet(ctx context.Context) (noisy bool, err error) {
	select {
	case <-c.shell.turn:
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
	defer func() { c.shell.turn <- struct{}{} }()
	if c.shell.known {
		return c.shell.noisy, nil
	}
	start := time.Now()
	r, err := c.exec(ctx, newRunning(Cmd{Argv: []string{"echo", greeting}}), Quote([]string{"echo", greeting}))
	if err != nil {
		return false, err
	}
	r.feed(nil)
	select {
	case <-r.finished:
	case <-ctx.Done():
		c.closeChannel(r.channel)
		return false, fmt.Errorf("the login shell has not run a first command: %w", context.Cause(ctx))
	}
	out, _ := r.out.soFar()
	stderr, _ := r.err.soFar()
	before, ok := strings.CutSuffix(string(out), greeting+"\n")
	switch {
	case !r.heard:
		return false, c.why(errors.New("the node closed the channel of a first command"))
	case r.code != 0 || !ok:
		return false, fmt.Errorf("the login shell runs no commands: asked to echo %s it ended with exit code %d and said %q", greeting, r.code, said(string(out)+" "+string(stderr)))
	}
	c.shell.known, c.shell.noisy, c.shell.took = true, before != "", time.Since(start)
	return c.shell.noisy, nil
}

// afterNoise has a command line say where its own output begins. It means the
// same to every shell.
func afterNoise(line string) string { return "echo " + begin + "; " + line }

// withoutNoise lets through what the command prints.
func withoutNoise(out io.Writer) *gate { return newGate(out, begin+"\n", "") }
