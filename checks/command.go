package checks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/plan"
)

// ended is how a command ended.
type ended struct {
	code int
	said string // the last line that it wrote: of errors, or else of output
	err  error  // it was not started, or did not end by itself
}

// leaving is how long a command that was killed may hold its output open.
const leaving = 2 * time.Second

// command runs an operator's command on the controller, in a process group of
// its own: what it started ends with it, and a Ctrl-C is for us alone.
func (a *gateContext) command(ctx context.Context, g plan.CustomGate) ended {
	var out, errs lastLine
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", g.Command)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = a.c.local.Dir, &out, &errs, leaving
	cmd.Env = append(os.Environ(), a.environment(g)...)
	group(cmd)
	err := cmd.Run()
	e := ended{said: errs.String()}
	if e.said == "" {
		e.said = out.String()
	}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		e.err = fmt.Errorf("it did not end within %s, and was killed", g.Timeout)
	case errors.As(err, &exit) && exit.Exited():
		e.code = exit.ExitCode()
	case err != nil:
		e.err = err
	}
	return e
}

// environment tells a command what it is asked about.
func (a *gateContext) environment(g plan.CustomGate) []string {
	env := []string{"RUN=" + a.c.local.Run}
	if g.OfCluster {
		return env
	}
	n := a.node
	return append(env, "NODE="+string(n.Name), "ADDRESS="+n.Address, "IP="+n.IP, "ROLE="+n.Role.String())
}

func judgeCommand(e ended, g plan.CustomGate, a expectation) Answer {
	q := question{g.Name, a.node.Name, "exit 0 of " + brief(g.Command)}
	said := ""
	if e.said != "" {
		said = ": " + brief(e.said)
	}
	switch {
	case e.err != nil:
		return Answer{Finding: q.unknown("%s%s", words(e.err), said)}
	case e.code != 0:
		return Answer{Finding: q.failed("exit %d%s", e.code, said)}
	}
	return Answer{Finding: q.passed("exit 0%s", said)}
}

// lastLine keeps the last line that was written to it, up to a length.
type lastLine struct{ line, last []byte }

func (l *lastLine) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		if room := maxWords*4 - len(l.line); room > 0 {
			l.line = append(l.line, line[:min(len(line), room)]...)
		}
		if ended {
			l.keep()
		}
		rest = after
	}
	return len(b), nil
}

// keep ends a line. A blank one says nothing.
func (l *lastLine) keep() {
	if len(bytes.TrimSpace(l.line)) > 0 {
		l.last = append(l.last[:0], l.line...)
	}
	l.line = l.line[:0]
}

func (l *lastLine) String() string {
	l.keep()
	return strings.TrimSpace(string(l.last))
}
