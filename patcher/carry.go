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

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
	"github.com/dcos-patch/dcos-patch/steps"
)

// run carries out what a machine decides, to its end.
func (p *Patcher) run(ctx context.Context, t plan.Task, m steps.Machine, note func(plan.Note)) plan.Report {
	next := func(a steps.Answer) steps.Move {
		a.At, a.Stopped, a.Expired = time.Now(), ctx.Err() != nil, errors.Is(a.Err, context.DeadlineExceeded)
		move := m.Next(a)
		for _, n := range move.Notes {
			note(n)
		}
		return move
	}
	move := next(steps.Answer{})
	for move.End == nil {
		move = next(p.carryOut(ctx, t, move.Call, note, func(a steps.Answer) { next(a) }))
	}
	return *move.End
}

// carryOut makes one call. interim is told what is heard before its end.
func (p *Patcher) carryOut(ctx context.Context, t plan.Task, c steps.Call, note func(plan.Note), interim func(steps.Answer)) (a steps.Answer) {
	if c.Anyway {
		ctx = context.WithoutCancel(ctx)
	}
	if !c.By.IsZero() {
		limited, cancel := context.WithDeadline(ctx, c.By)
		defer cancel()
		ctx = limited
	}
	switch c.Do {
	case steps.Pause:
		pause(ctx, c.Wait)
	case steps.Observe:
		a.Observation = p.Gates.Observe(ctx, t.Plan.Ask(t.Step.ID))
	case steps.SurveyAll:
		a.Seen = Look(ctx, p.Nodes, c.Nodes)
	case steps.SideBySide:
		a.Reports = p.sideBySide(ctx, c.Parts, note)
	case steps.TakeBaseline:
		a.Baseline, a.Err = p.Gates.Baseline(ctx, t.Step.Node)
	case steps.AskAway:
		a.Away, a.Err = p.Gates.Away(ctx, t.Step.Node)
	case steps.Await:
		a.Findings, a.Err = p.Gates.Await(ctx, t, func(f dcos.Finding) {
			interim(steps.Answer{Finding: &f, Away: p.Gates.LastAway(t.Step.Node)})
		})
	default:
		h, err := bounded{p.Nodes}.Node(ctx, cmp.Or(c.Node, t.Step.Node))
		if err != nil {
			return steps.Answer{Err: err, Unsent: true}
		}
		if c.Within > 0 {
			limited, cancel := context.WithTimeout(ctx, c.Within)
			defer cancel()
			ctx = limited
		}
		return p.onNode(ctx, h, t, c)
	}
	return a
}

// sideBySide runs machines to their ends, a bounded number at a time.
func (p *Patcher) sideBySide(ctx context.Context, parts []steps.Part, note func(plan.Note)) []plan.Report {
	reports := make([]plan.Report, len(parts))
	var one sync.Mutex
	each(parts, func(i int, part steps.Part) {
		reports[i] = p.run(ctx, part.Task, part.Machine, func(n plan.Note) {
			one.Lock()
			defer one.Unlock()
			note(n)
		})
	})
	return reports
}

// onNode makes a call on a connected node.
func (p *Patcher) onNode(ctx context.Context, h Host, t plan.Task, c steps.Call) (a steps.Answer) {
	claim, script := node.Claim{Epoch: cmp.Or(c.Epoch, t.Epoch), Run: t.Run, Owner: p.Owner, Cluster: t.Plan.Cluster.ID}, t.Plan.Script
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
		a.Err = put(ctx, h, node.ScriptPath(script.SHA256), p.Script)
	case steps.Lock:
		a.Err = node.Lock(ctx, h, claim)
	case steps.Unlock:
		a.Err = node.Unlock(ctx, h, claim)
	case steps.Fetch:
		a.Err = node.Fetch(ctx, h, claim, script)
	case steps.Launch:
		a.Unit, a.Err = node.Launch(ctx, h, node.Start{Claim: claim, SHA256: script.SHA256, Attempt: c.Attempt, From: t.Plan.From, Until: c.Until})
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
