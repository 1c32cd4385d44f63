package rehearse

import (
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/plan"
)

// probe is a launch probe whose task has had its time. Where the leader, or the
// agent at it, is away, it is begun again until the patience is over.
func (w *work) probe() {
	c, n := w.c, w.n
	switch {
	case (c.now < c.red || n.out(c.now)) && !w.late():
		w.again(w.probe)
		return
	case c.now < c.red || n.out(c.now):
		w.unprobed("no offer of it came")
		return
	}
	if _, yes := c.hit(fault.LaunchFails, n.Name); yes {
		w.unprobed("the task did not start: TASK_FAILED REASON_CONTAINER_LAUNCH_FAILED")
		return
	}
	w.ends(plan.Report{Outcome: plan.Done})
}

func (w *work) unprobed(why string) {
	f := dcos.Finding{Check: string(plan.ActionProbe), Node: string(w.n.Name), Status: dcos.Failed, Observed: why}
	w.ends(plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Detail: why, Findings: []dcos.Finding{f}})
}
