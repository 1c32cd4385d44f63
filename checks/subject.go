package checks

import (
	"github.com/dcos-patch/dcos-patch/daemons"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Subject is the cluster that is asked, and what its answers are judged by. It must
// not change once a Cluster was made of it.
type Subject struct {
	Nodes    []plan.Node // masters and agents, excluded ones too
	From, To dcos.Version
	Packages []string          // ids of the target's packages
	Mesos    string            // Mesos version of the target; empty: not known
	Gates    []plan.CustomGate // of the operator's own
	Access   daemons.Access

	ExpectedRed []string      // units and checks of masters that may be red while they are patched
	Waivers     []plan.Waiver // of gates, for single nodes

	TimeScale float64 // of a rehearsal; 0: a real cluster
}

// SubjectOf is the cluster of a plan, whose daemons are asked over plain HTTP without
// credentials.
func SubjectOf(p *plan.Plan) Subject {
	return Subject{
		Nodes: p.Nodes, From: p.From, To: p.To, Packages: p.Script.Packages, Mesos: p.Mesos, Gates: p.Gates,
		ExpectedRed: p.ExpectedRed, Waivers: p.Waivers, TimeScale: p.TimeScale,
	}
}
