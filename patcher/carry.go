package patcher

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
	"github.com/dcos-patch/dcos-patch/steps"
)

// work is a step under way.
type work struct {
	*Patcher
	task plan.Task
	next func(steps.Answer) steps.Move
	note func(plan.Note)

	lead      checks.Lead      // that was found last
	framework *mesos.Scheduler // of a launch probe there
	leave     context.CancelFunc
}

// run carries out what a machine decides, to its end.
func (p *Patcher) run(ctx context.Context, t plan.Task, m steps.Machine, note func(plan.Note)) plan.Report {
	w := &work{Patcher: p, task: t, note: note}
	w.next = func(a steps.Answer) steps.Move {
		a.At, a.Stopped, a.Expired = time.Now(), ctx.Err() != nil, errors.Is(a.Err, context.DeadlineExceeded)
		move := m.Next(a)
		for _, n := range move.Notes {
			note(n)
		}
		return move
	}
	move := w.next(steps.Answer{})
	for move.End == nil {
		move = w.next(w.call(ctx, move.Call))
	}
	return *move.End
}

// call makes one call.
func (w *work) call(ctx context.Context, c steps.Call) (a steps.Answer) {
	if c.Anyway {
		ctx = context.WithoutCancel(ctx)
	}
	if c.Do == steps.Subscribe { // the framework outlives the call
		return steps.Answer{Err: w.subscribe(ctx, c.By)}
	}
	if !c.By.IsZero() {
		limited, cancel := context.WithDeadline(ctx, c.By)
		defer cancel()
		ctx = limited
	}
	switch name := w.task.Step.Node; c.Do {
	case steps.Pause:
		pause(ctx, c.Wait)
	case steps.Observe:
		a.Observation = w.Gates.Observe(ctx, w.task.Plan.Ask(w.task.Step.ID))
	case steps.SurveyAll:
		a.Seen = Look(ctx, w.Nodes, c.Nodes)
	case steps.ClaimAll:
		a.Seen = ask(ctx, w.Nodes, c.Nodes, func(ctx context.Context, h Host, s *steps.Sighting) {
			s.Err = node.Init(ctx, h, w.claim(c))
		})
	case steps.SideBySide:
		a.Reports = w.sideBySide(ctx, c.Parts)
	case steps.TakeBaseline:
		a.Baseline, a.Err = w.Gates.Baseline(ctx, name)
	case steps.AskAway:
		a.Away, a.Err = w.Gates.Away(ctx, name)
	case steps.Await:
		a.Findings, a.Err = w.Gates.Await(ctx, w.task, func(f dcos.Finding) {
			w.next(steps.Answer{Finding: &f, Away: w.Gates.LastAway(name)})
		})
	default:
		if c.Do < steps.Look {
			return w.atLeader(ctx, c)
		}
		h, err := w.Nodes.Node(ctx, cmp.Or(c.Node, name))
		if err != nil {
			return steps.Answer{Err: err, Unsent: true}
		}
		return w.onNode(ctx, h, c)
	}
	return a
}

// sideBySide runs machines to their ends, a bounded number at a time.
func (w *work) sideBySide(ctx context.Context, parts []steps.Part) []plan.Report {
	reports := make([]plan.Report, len(parts))
	var one sync.Mutex
	each(parts, func(i int, part steps.Part) {
		reports[i] = w.run(ctx, part.Task, part.Machine, func(n plan.Note) {
			one.Lock()
			defer one.Unlock()
			w.note(n)
		})
	})
	return reports
}

// claim is the run's right to change a node.
func (w *work) claim(c steps.Call) node.Claim {
	t := w.task
	return node.Claim{Epoch: cmp.Or(c.Epoch, t.Epoch), Run: t.Run, Owner: w.Owner, Cluster: t.Plan.Cluster.ID}
}

// onNode makes a call on a connected node.
func (w *work) onNode(ctx context.Context, h Host, c steps.Call) (a steps.Answer) {
	if c.Within > 0 {
		limited, cancel := context.WithTimeout(ctx, c.Within)
		defer cancel()
		ctx = limited
	}
	claim, script := w.claim(c), w.task.Plan.Script
	switch c.Do {
	case steps.Look:
		if a.Receipts, a.Err = node.Receipts(ctx, h, script.SHA256); a.Err == nil {
			a.Survey, a.Err = node.TakeSurvey(ctx, h)
		}
	case steps.Survey:
		a.Survey, a.Err = node.TakeSurvey(ctx, h)
	case steps.ReadUptime:
		a.Uptime, a.Err = node.ReadUptime(ctx, h)
	case steps.RunIPDetect:
		a.IP, a.Err = node.NextIP(ctx, h, plan.ConfigPackage(script.Packages))
	case steps.Claim:
		a.Err = node.Init(ctx, h, claim)
	case steps.PutProgram:
		a.Err = put(ctx, h, node.InstalledPath(), node.Program())
	case steps.PutScript:
		a.Err = put(ctx, h, node.ScriptPath(script.SHA256), w.Script)
	case steps.Lock:
		a.Err = node.Lock(ctx, h, claim)
	case steps.Unlock:
		a.Err = node.Unlock(ctx, h, claim)
	case steps.Fetch:
		a.Err = node.Fetch(ctx, h, claim, script)
	case steps.Launch:
		a.Unit, a.Err = node.Launch(ctx, h, node.Start{Claim: claim, SHA256: script.SHA256, Attempt: c.Attempt, From: w.task.Plan.From, Until: c.Until})
	case steps.CallOff:
		a.State, a.Err = node.CallOff(ctx, h, claim, script.SHA256, c.Attempt)
	case steps.FinishSwap:
		a.Err = node.FinishSwap(ctx, h, node.Swap{Claim: claim, SHA256: script.SHA256, Packages: script.Packages, Until: c.Until})
	default:
		a.Err = fmt.Errorf("no call %d", c.Do)
	}
	return a
}

// rootOnly is the mode of everything of ours on a node.
const rootOnly fs.FileMode = 0o700

// put installs a root-owned file through the node program.
func put(ctx context.Context, h Host, dst string, content []byte) error {
	return h.Put(ctx, sshexec.PutFile{
		Content: bytes.Clone(content), Dst: dst, Mode: rootOnly,
		Install: func(tmp string) sshexec.Cmd { return node.InstallCmd("0700", tmp, dst) },
	})
}
