package patcher

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// ProbeName is how a launch probe's framework is called, so that whoever comes
// later knows whose it is: "dcos-patch probe 1121-2200 a017 2".
type ProbeName struct {
	Run   string
	Node  inventory.NodeName
	Epoch int
}

const probePrefix = "dcos-patch probe "

func (n ProbeName) String() string {
	return fmt.Sprintf("%s%s %s %d", probePrefix, n.Run, n.Node, n.Epoch)
}

// ParseProbeName tells whether a framework's name is one of ours.
func ParseProbeName(name string) (ProbeName, bool) {
	rest, ours := strings.CutPrefix(name, probePrefix)
	words := strings.Split(rest, " ")
	if !ours || len(words) != 3 {
		return ProbeName{}, false
	}
	epoch, err := strconv.Atoi(words[2])
	n := ProbeName{Run: words[0], Node: inventory.NodeName(words[1]), Epoch: epoch}
	return n, err == nil && n.String() == name && n.Run != "" && n.Node != ""
}

// mine reports whether a framework is this step's, or what an earlier
// controller of the run has left of it: never one of a later controller.
func (n ProbeName) mine(other ProbeName) bool {
	return other.Run == n.Run && other.Node == n.Node && other.Epoch <= n.Epoch
}

// Probe is a launch probe's framework that a master knows.
type Probe struct {
	ID   string
	Name ProbeName
}

// Probes lists the launch probes' frameworks at the leader that are wanted.
func Probes(ctx context.Context, lead checks.Lead, want func(ProbeName) bool) ([]Probe, error) {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	all, err := lead.Mesos.Frameworks(ctx)
	if err != nil {
		return nil, err
	}
	var probes []Probe
	for _, f := range all {
		if n, ours := ParseProbeName(f.Name); ours && want(n) {
			probes = append(probes, Probe{ID: f.ID, Name: n})
		}
	}
	return probes, nil
}

// RemoveProbes removes the wanted ones at the leader, with their tasks, and proves
// that they are gone.
func RemoveProbes(ctx context.Context, lead checks.Lead, want func(ProbeName) bool) error {
	left, err := Probes(ctx, lead, want)
	if err != nil || len(left) == 0 {
		return err
	}
	var errs []error
	for _, f := range left {
		errs = append(errs, remove(ctx, lead, f)) // one that has ended meanwhile is an error, too
	}
	if left, err = Probes(ctx, lead, want); err == nil && len(left) > 0 {
		err = errors.Join(append(errs, fmt.Errorf("framework %s (%s) is still registered at %s", left[0].ID, left[0].Name, lead.Node))...)
	}
	return err
}

func remove(ctx context.Context, lead checks.Lead, p Probe) error {
	ctx, cancel := context.WithTimeout(ctx, callPatience)
	defer cancel()
	return lead.Mesos.Remove(ctx, p.ID)
}

// undoPatience is how long the framework is looked for, after the probe, until
// the leader has proved that it is gone.
const undoPatience = 30 * time.Second

// undo proves that nothing of the probe is left, even when nobody watches any
// more.
func (r *prober) undo(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoPatience)
	defer cancel()
	for {
		lead, err := r.p.Leaders.Lead(ctx)
		if err == nil {
			err = RemoveProbes(ctx, lead, r.name.mine)
		}
		if err == nil || !pause(ctx, r.p.Poll) {
			return err
		}
	}
}

func (r *prober) finding(s dcos.Status, observed string) dcos.Finding {
	return dcos.Finding{Check: string(plan.ActionProbe), Node: string(r.node.Name), Status: s, Observed: observed,
		Want: "a task that is started on it, and ends well", At: time.Now()}
}

// report is the step's end. A probe whose framework may be left is none that
// passed.
func (r *prober) report(ctx context.Context, v verdict, left error) plan.Report {
	f := r.finding(v.status, v.observed)
	if f.Hint = v.hint; v.status == dcos.Failed && f.Hint == "" {
		f.Hint = fmt.Sprintf("on %s: journalctl -u %s", r.node.Name, r.node.Role.MesosUnit())
	}
	rep := plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Detail: v.observed, Undone: left == nil, Findings: []dcos.Finding{f}}
	switch {
	case v.status == dcos.Unknown && ctx.Err() != nil:
		rep.Outcome, rep.Class, rep.Detail, rep.Findings = plan.InDoubt, plan.ClassNone, "stopped watching", nil
	case left != nil && v.status.OK():
		rep.Detail = fmt.Sprintf("%s, but its framework may be left: %v", v.observed, left)
		rep.Findings[0].Status, rep.Findings[0].Observed = dcos.Unknown, rep.Detail
	case left != nil:
		rep.Detail = fmt.Sprintf("%s; its framework may be left: %v", v.observed, left)
	case v.status.OK():
		rep.Outcome, rep.Class = plan.Done, plan.ClassNone
		if v.status == dcos.NotApplicable {
			rep.Detail = "not probed: " + v.observed
		}
	}
	return rep
}
