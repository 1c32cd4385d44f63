//go:build e2e

package e2e

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// controller is one machine from which dcos-patch is run: it has its own
// state directory.
type controller struct {
	lab       *lab
	inventory string
	state     string
}

func (l *lab) controller(t *testing.T) controller {
	t.Helper()
	inventory, err := l.writeInventory()
	if err != nil {
		t.Fatal(err)
	}
	return controller{lab: l, inventory: inventory, state: t.TempDir()}
}

// process is a dcos-patch that runs.
type process struct {
	cmd  *exec.Cmd
	out  output        // of both streams
	over chan struct{} // closed when it has ended
	err  error         // of waiting for it; set before over is closed
}

// start starts dcos-patch. It ends with ctx.
func (c controller) start(ctx context.Context, t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{over: make(chan struct{}), cmd: exec.CommandContext(ctx, c.lab.product, append(args, "-i", c.inventory)...)}
	p.cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+c.state, "HOME="+c.state)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.over)
		p.err = p.cmd.Wait()
	}()
	return p
}

// await waits until what the process has said is enough, or for its end.
func (p *process) await(enough func(text string) bool) {
	for {
		text, more := p.out.soFar()
		if enough(text) {
			return
		}
		select {
		case <-more:
		case <-p.over:
			return
		}
	}
}

// wait gives the exit code; of a killed process it is -1.
func (p *process) wait(t *testing.T) int {
	t.Helper()
	<-p.over
	if exit := (&exec.ExitError{}); p.err != nil && !errors.As(p.err, &exit) {
		t.Fatal(p.err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// want runs dcos-patch to its end and fails unless it exits with code.
func (c controller) want(ctx context.Context, t *testing.T, code int, args ...string) {
	t.Helper()
	c.start(ctx, t, args...).wantExit(t, code)
}

func (p *process) wantExit(t *testing.T, code int) {
	t.Helper()
	if got := p.wait(t); got != code {
		t.Fatalf("%s: exit code %d, want %d\n%s", filepath.Base(p.cmd.Path)+" "+p.cmd.Args[1], got, code, p.out.String())
	}
	t.Logf("%s: exit code %d", p.cmd.Args[1], code)
}
