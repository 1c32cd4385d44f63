package checks

import (
	"context"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/node"
	"github.com/dcos-patch/dcos-patch/plan"
)

// ticksPerSecond is USER_HZ, the unit of start ticks: 100 wherever DC/OS runs.
const ticksPerSecond = 100

// rounding is by how much a process may seem older than it is: the node says
// when it was booted, and when the packages were changed, in whole seconds.
const rounding = 2 * time.Second

// begins is when the process began, by the clock of the node that was booted
// then.
func (p Process) begins(booted time.Time) time.Time {
	return booted.Add(time.Duration(p.StartTicks) * (time.Second / ticksPerSecond))
}

// outlives says why a daemon is not proved to be newer than the active
// packages; empty when it is. Both times are of the node's own clock. It is
// the proof for nodes that this run did not patch, of which there is no
// baseline.
func outlives(p Process, s node.Survey) (dcos.Status, string) {
	switch {
	case !p.known():
		return dcos.Unknown, p.Unit + " has no main process that can be identified"
	case s.BootID != p.BootID:
		return dcos.Unknown, "the node was booted between two questions"
	case s.BootTime.IsZero() || s.ActiveChange.IsZero():
		return dcos.Unknown, "the node does not say when it was booted, or when its active packages changed"
	}
	if begin := p.begins(s.BootTime); begin.Before(s.ActiveChange.Add(-rounding)) {
		return dcos.Failed, fmt.Sprintf("%s (pid %d) was started %s before the active packages changed: it was not restarted after the patch",
			p.Unit, p.PID, s.ActiveChange.Sub(begin).Round(time.Second))
	}
	return dcos.Passed, ""
}

// reapplied reports whether the step is the last look at a node that was at
// the target before this run, which has restarted none of its daemons.
func reapplied(t plan.Task, n plan.Node) bool {
	return n.Disposition == plan.AtTarget && t.Step.Action == plan.ActionPostflight
}

// waived lets a gate pass that does not hold, where it is waived for this
// node: it is shown as a warning with what was seen and why that may be. The
// gates that prove that the node came back know no waiver.
func (a *gateContext) waived(r gate, ans Answer, now time.Time) Answer {
	if !r.Waivable || a.p == nil || ans.Finding.Status.OK() {
		return ans
	}
	w, yes := plan.WaivesGate(a.c.subject.Waivers, r.Name, a.node.Name, now)
	if !yes {
		return ans
	}
	ans.Finding.Status, ans.Cheap = dcos.Warned, false
	ans.Finding.Observed = fmt.Sprintf("waived until %s (%s): %s", w.Until.Format(time.DateOnly), w.Reason, ans.Finding.Observed)
	return ans
}

// afterSwap keeps a gate from passing on daemons that are older than the
// active packages.
func (a *gateContext) afterSwap(ctx context.Context, r gate, ans Answer) Answer {
	if !a.reapplied || r.unit == nil || !ans.Finding.Status.OK() || ans.Finding.Status == dcos.NotApplicable {
		return ans
	}
	u, err := a.p.unit(ctx, r.unit(a.node.Role))
	if err != nil {
		return a.unreadable(r.Name, err)
	}
	s, err := a.p.survey(ctx)
	if err != nil {
		return a.unreadable(r.Name, err)
	}
	if status, why := outlives(processOf(u), s); why != "" {
		q := question{r.Name, a.node.Name, ans.Finding.Want + ", restarted after the active packages changed"}
		ans = Answer{Finding: q.say(status, "%s", why), Evidence: ans.Evidence}
		ans.Finding.Hint = "restart that unit on the node, if its clock was not set back meanwhile"
	}
	return ans
}
