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

// shellPatience is how long the login shell may take to run a first command,
// which does nothing. Startup files that take a few seconds are common.
const shellPatience = 30 * time.Second

// ErrShell is a login shell that runs no commands as it should. Nothing was run.
var ErrShell = errors.New("the login shell runs no commands")

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
	hi, err := c.greeted(ctx, "")
	if err == nil && (hi.after != "" || hi.code != 0) && hi.echoed { // a trap of the shell: it has none once the command is in its place
		c.shellEnds.Store(true)
		hi, err = c.greeted(ctx, inPlace)
	}
	switch {
	case err != nil:
		return false, err
	case !hi.echoed || hi.after != "" || hi.code != 0:
		return false, fmt.Errorf("%w: asked to echo %s it ended with exit code %d and said %q", ErrShell, greeting, hi.code, said(hi.all))
	}
	c.shell.known, c.shell.noisy, c.shell.took = true, hi.before != "", time.Since(start)
	return c.shell.noisy, nil
}

// inPlace before a command has the login shell become that command, so that
// nothing it has in mind for its own end is done. It means the same to every shell.
const inPlace = "exec "

// place is what a command line begins with behind this login shell.
func (c *Conn) place() string {
	if c.shellEnds.Load() {
		return inPlace
	}
	return ""
}

// greeted is how a login shell has run a first command.
type greeted struct {
	echoed        bool
	before, after string // the greeting
	all           string
	code          int
}

// greeted runs echo.
func (c *Conn) greeted(ctx context.Context, place string) (greeted, error) {
	r := newRunning(Cmd{Argv: []string{"echo", greeting}})
	flood := &flood{next: r.stdout, left: gateMost, over: make(chan struct{})}
	r.stdout = flood
	if _, err := c.exec(ctx, r, place+Quote([]string{"echo", greeting})); err != nil {
		return greeted{}, err
	}
	r.feed(nil)
	patience := time.NewTimer(shellPatience)
	defer patience.Stop()
	why := ""
	select {
	case <-r.finished:
	case <-flood.over:
		why = "it prints without end"
	case <-patience.C:
		why = fmt.Sprintf("it has not run a first one within %s", shellPatience)
	case <-ctx.Done():
		c.closeChannel(r.channel)
		return greeted{}, fmt.Errorf("the login shell has not run a first command: %w", context.Cause(ctx))
	}
	out, _ := r.out.soFar()
	stderr, _ := r.err.soFar()
	hi := greeted{all: strings.TrimSpace(string(out) + " " + string(stderr))}
	if why != "" {
		c.closeChannel(r.channel)
		return greeted{}, fmt.Errorf("%w: %s, and has said %q; look at the startup files of that user on the node (.bashrc, .profile, /etc/profile.d)", ErrShell, why, said(hi.all))
	}
	if !r.heard {
		return greeted{}, c.why(errors.New("the node closed the channel of a first command"))
	}
	hi.code = r.code
	hi.before, hi.after, hi.echoed = strings.Cut(string(out), greeting+"\n")
	return hi, nil
}

// flood lets so many bytes through, and tells when there were more.
type flood struct {
	next io.Writer
	left int
	over chan struct{}
}

func (f *flood) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 && f.left+len(p) >= 0 {
		close(f.over)
	}
	return f.next.Write(p)
}

// afterNoise has a command line say where its own output begins. It means the
// same to every shell.
func afterNoise(line string) string { return "echo " + begin + "; " + line }

// withoutNoise lets through what the command prints.
func withoutNoise(out io.Writer) *gate { return newGate(out, begin+"\n", "") }
