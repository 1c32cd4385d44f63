package main

import (
	"strings"
	"syscall"
	"testing"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// onFullDisk carries out a command whose standard output is on a full disk.
func (l *lab) onFullDisk(args ...string) ended {
	k := l.controller()
	k.full = syscall.ENOSPC
	return k.run(args...)
}

// TestOutputThatIsLostIsTold: whatever the command and the format.
func TestOutputThatIsLostIsTold(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Seed: 1}, func(l *lab) {
		for _, args := range []string{"version", "--version", "help", "help apply", "exit-codes", "plan", "preflight", "check m1", "runs", "status", "sweep", "sweep --dry-run",
			"inventory", "inventory validate", "inventory show", "inventory schema", "completion bash"} {
			for _, format := range []string{"text", "json"} {
				e := l.onFullDisk(append([]string{"-o", format}, strings.Fields(args)...)...)
				if args == "runs" && format == "json" { // there is none: it writes nothing
					l.want(e, exitDone)
					continue
				}
				if e.code != exitInternal || strings.Count(e.err, syscall.ENOSPC.Error()) != 1 || !strings.Contains(e.err, "not all of the output was written") {
					t.Errorf("%s as %s: %s", args, format, e)
				}
			}
		}
	})
}

func TestARunGoesOnWithoutItsOutput(t *testing.T) {
	t.Parallel()
	inBubble(t, simcluster.Options{Private: 1, Seed: 1, Faults: patched("m1", "m2", "m3")}, func(l *lab) {
		e := l.onFullDisk("apply", "--yes", "-o", "json")
		l.want(e, exitInternal)
		l.done(4)
		run := l.state().Run
		if !strings.HasSuffix(e.err, "not all of the output was written: no space left on device\n  next  "+l.typed("status --run "+run)+"\n") {
			t.Errorf("%s", e)
		}
	})
}

func TestLostOutputKeepsTheCodeOfTheRun(t *testing.T) {
	t.Parallel()
	opt := simcluster.Options{Private: 1, Seed: 1, Faults: append(patched("m1", "m2", "m3"), simcluster.Fault{What: fault.UnitRedAfter, Where: "a1"})}
	inBubble(t, opt, func(l *lab) {
		if e := l.onFullDisk("apply", "--yes", "-o", "json"); e.code != exitStopped || !strings.Contains(e.err, "not all of the output was written") {
			t.Errorf("%s", e)
		}
	})
}
