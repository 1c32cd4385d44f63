package steps

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// before is how each master was before the first of them was touched.
type before map[inventory.NodeName]json.RawMessage

// preflight waits for one green look at the cluster. Where something of the
// masters is deferred until all are done, it records how they are now: their
// lanes' own baselines are taken when others may be red already because of us.
type preflight struct{ machine }

func (p *preflight) start(Answer) Move {
	return p.green(func(_ plan.Observation, rep plan.Report) Move {
		if !slices.ContainsFunc(p.task.Plan.Stages, func(s plan.Stage) bool { return s.Kind == plan.StageDeferred }) {
			return end(rep)
		}
		var parts []Part
		for _, s := range p.task.Plan.Deferred(p.task.Step) {
			of := p.machine
			of.task.Step.Node = s.Node
			parts = append(parts, Part{Task: of.task, Machine: ready(of, &taking{waits: plan.Note{Detail: "waiting for a baseline: "}})})
		}
		return p.call(Call{Do: SideBySide, Parts: parts}, func(a Answer) Move { return p.taken(parts, a, rep) })
	})
}

func (p *preflight) taken(parts []Part, a Answer, rep plan.Report) Move {
	all := before{}
	var missing []string
	for i, r := range a.Reports {
		if all[parts[i].Task.Step.Node] = r.Evidence; r.Outcome != plan.Done {
			missing = append(missing, r.Detail)
		}
	}
	evidence, err := json.Marshal(all)
	switch {
	case p.stopped:
		return end(stoppedWatching())
	case len(missing) > 0 || err != nil:
		return end(plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Findings: rep.Findings, Detail: "no baseline of the masters, so nothing was started: " + strings.Join(missing, "\n")})
	}
	rep.Evidence = evidence
	return end(rep)
}

// deferred asks all patched masters, side by side, for what they were allowed
// to be red in until now: only what was red before the first was touched may
// stay so.
type deferred struct{ machine }

func (d *deferred) start(Answer) Move {
	var all before
	if err := json.Unmarshal(d.task.Baseline, &all); err != nil {
		return end(plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Detail: "how the masters were before is not known, so what was deferred cannot be judged: " + err.Error()})
	}
	var parts []Part
	for _, s := range d.task.Plan.Deferred(d.task.Step) {
		of := d.machine
		of.task.Step, of.task.Baseline = s, all[s.Node]
		parts = append(parts, Part{Task: of.task, Machine: ready(of, &verify{of: " " + string(s.Node)})}) // each has the same gates
	}
	return d.call(Call{Do: SideBySide, Parts: parts}, d.asked)
}

func (d *deferred) asked(a Answer) Move {
	var findings []dcos.Finding
	var late []string
	for _, r := range a.Reports {
		if findings = append(findings, r.Findings...); r.Outcome != plan.Done {
			late = append(late, strings.ReplaceAll(r.Detail, "\n", "; "))
		}
	}
	switch {
	case len(late) == 0:
		return end(plan.Report{Outcome: plan.Done, Findings: findings, Detail: "nothing is red on the masters that was not red before"})
	case d.stopped:
		return end(stoppedWatching())
	}
	bad := slices.DeleteFunc(findings, func(f dcos.Finding) bool { return f.Status.OK() && f.Have >= f.Need })
	return end(plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Findings: bad,
		Detail: "the masters are done, and red all the same: " + strings.Join(late, "; ")})
}
