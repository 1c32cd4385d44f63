package checks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/proof"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/plan"
)

// versionRun is one patch of a whole cluster, and what is to be seen of the
// release meanwhile.
type versionRun struct {
	simcluster.Options
	quorums string // that the proof before a master rests on
	exempt  string // gates that do not apply
}

func (v versionRun) name() string {
	words := []string{"DC/OS", string(v.From), "to", string(v.To)}
	if v.Variant != "" {
		words = append(words, string(v.Variant))
	}
	if v.ExhibitorTLS {
		words = append(words, "with Exhibitor over TLS")
	}
	if v.Systemd == simcluster.Systemd219 {
		words = append(words, "on systemd 219")
	}
	if v.OverlayLog {
		words = append(words, "with an overlay log")
	}
	return strings.Join(words, " ")
}

const (
	noIAM   = "zookeeper registrar"
	noEtcd  = "zookeeper registrar cockroach"
	hasEtcd = "zookeeper registrar cockroach etcd"
)

// versionRuns has every minor of DC/OS, open and Enterprise, and each border
// between two ways in which a master comes back (1.13.9, 2.0.5, 2.1.0).
func versionRuns() []versionRun {
	run := func(from, to dcos.Version, v simcluster.Variant) simcluster.Options {
		return simcluster.Options{From: from, To: to, Variant: v, Private: 1, Width: 1, Seed: 5}
	}
	tls := func(o simcluster.Options) simcluster.Options { o.ExhibitorTLS = true; return o }
	overlay := func(o simcluster.Options) simcluster.Options { o.OverlayLog = true; return o }
	old := func(o simcluster.Options) simcluster.Options { o.Systemd = simcluster.Systemd219; return o }
	return []versionRun{
		{old(run("1.11.11", "1.11.12", "")), noIAM, "cockroach etcd"},
		{run("1.11.11", "1.11.12", simcluster.Enterprise), noEtcd, "etcd"},
		{run("1.12.3", "1.12.4", ""), noIAM, "cockroach etcd"},
		{overlay(old(run("1.12.3", "1.12.4", simcluster.Enterprise))), noEtcd, "etcd"},
		{old(run("1.13.8", "1.13.9", "")), noEtcd, "etcd"},
		{run("1.13.9", "1.13.10", simcluster.Enterprise), noEtcd, "etcd"},
		{old(run("2.0.5", "2.0.6", "")), noEtcd, "etcd"},
		{tls(run("2.0.4", "2.0.5", simcluster.Enterprise)), noEtcd, "etcd"},
		{old(run("2.1.0", "2.1.1", "")), hasEtcd, ""},
		{tls(overlay(run("2.1.1", "2.1.2", simcluster.Enterprise))), hasEtcd, ""},
		{overlay(old(run("2.2.0", "2.2.1", ""))), hasEtcd, ""},
		{tls(run("2.2.1", "2.2.2", simcluster.Enterprise)), hasEtcd, ""},
	}
}

func TestAWholePatchOfEveryVersion(t *testing.T) {
	for i, v := range versionRuns() {
		if (raced || testing.Short() || !proof.Whole()) && i != 1 && i != 4 && i != 9 { // 1.11 Enterprise, 1.13 open, 2.1 Enterprise with TLS
			continue
		}
		t.Run(v.name(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { v.whole(t) })
		})
	}
}

// whole patches masters in the order of their weight, each after the proof
// that it may be taken, then the agents, and asks everybody once more.
func (v versionRun) whole(t *testing.T) {
	s := newSim(t, v.Options)
	c := checks.New(s.nodes, checks.SubjectOf(s.plan))
	s.lock()
	began, masters := time.Now(), s.plan.Masters()
	for len(masters) > 0 && !t.Failed() {
		obs := v.green(s, c)
		slices.SortStableFunc(masters, func(a, b plan.Node) int { return obs.Weights[a.Name] - obs.Weights[b.Name] })
		if _, err := s.plan.ProveMaster(obs, masters[0].Name); err != nil {
			t.Fatal(err)
		}
		s.verify(c, masters[0].Name)
		masters = masters[1:]
	}
	for _, n := range s.plan.Nodes {
		if n.Role.IsAgent() && !t.Failed() {
			s.verify(c, n.Name)
		}
	}
	v.green(s, c)
	v.last(s)
	for _, n := range s.plan.Nodes {
		if l := s.cluster.Launches(string(n.Name)); len(l) != 1 || l[0].Exit != 0 || !l[0].Applied {
			t.Errorf("%s: %+v", n.Name, l)
		}
	}
	for _, d := range s.complaints() {
		t.Errorf("the simulated cluster says: %s", d)
	}
	t.Logf("%d nodes in %s of virtual time", len(s.plan.Nodes), time.Since(began).Round(time.Second))
}

// green wants the cluster gate green, with the quorums of this release.
func (v versionRun) green(s *sim, c *checks.Cluster) plan.Observation {
	s.t.Helper()
	obs := c.Observe(s.t.Context(), plan.Ask{Kind: plan.StageGroup})
	var quorums []string
	for _, q := range obs.Quorums {
		quorums = append(quorums, q.Name)
	}
	if !obs.Green || len(obs.Out)+len(obs.Unknown) != 0 || strings.Join(quorums, " ") != v.quorums {
		s.t.Fatalf("green %v, out %v, quorums %v, want %s: %+v", obs.Green, obs.Out, quorums, v.quorums, obs.Findings)
	}
	return obs
}

// last is what a later run finds, which knows no start of ours: every node at
// the target, by daemons newer than the packages.
func (v versionRun) last(s *sim) {
	s.t.Helper()
	later := *s.plan
	later.Nodes = slices.Clone(s.plan.Nodes)
	for i := range later.Nodes {
		later.Nodes[i].Disposition = plan.AtTarget
	}
	c, exempt := checks.New(s.nodes, checks.SubjectOf(&later)), map[string]bool{}
	for _, n := range later.Nodes {
		gates := slices.DeleteFunc(checks.Gates(n.Role), func(g plan.GateSpec) bool { return g.Gate == "tasks" || g.Gate == "agents-back" })
		fs, err := c.Check(s.t.Context(), plan.Task{Run: "run2", Step: plan.Step{ID: "postflight/postflight", Node: n.Name, Action: plan.ActionPostflight, Gates: gates}})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, f := range fs {
			if !f.Status.OK() {
				s.t.Errorf("%s: %+v", n.Name, f)
			}
			if f.Status == dcos.NotApplicable {
				exempt[f.Check] = true
			}
		}
	}
	want := map[string]bool{}
	for _, g := range strings.Fields(v.exempt) {
		want[g] = true
	}
	if fmt.Sprint(exempt) != fmt.Sprint(want) {
		s.t.Errorf("gates that do not apply: %v, want %v", exempt, want)
	}
}

// An old daemon that nobody has restarted is found on a node that was at the
// target before the run, which has no baseline of it.
func TestANodePatchedBeforeIsAtTheTargetOnlyByDaemonsNewerThanItsPackages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t, simcluster.Options{Private: 1, Seed: 3, Faults: simcluster.Faults{{What: fault.StaleHappy, Where: "a1"}}})
		s.lock()
		for _, n := range s.plan.Masters() {
			s.verify(checks.New(s.nodes, checks.SubjectOf(s.plan)), n.Name)
		}
		s.launch("a1")
		time.Sleep(5 * time.Minute)
		later := *s.plan
		later.Nodes = slices.Clone(s.plan.Nodes)
		a1 := slices.IndexFunc(later.Nodes, func(n plan.Node) bool { return n.Name == "a1" })
		for _, d := range []plan.Disposition{plan.AtTarget, plan.Patch} {
			later.Nodes[a1].Disposition = d
			spec, _ := checks.Spec("units", dcos.PrivateAgent)
			fs, err := checks.New(s.nodes, checks.SubjectOf(&later)).Check(t.Context(), plan.Task{Step: plan.Step{ID: "x", Node: "a1", Action: plan.ActionPostflight, Gates: []plan.GateSpec{spec}}})
			if err != nil {
				t.Fatal(err)
			}
			if refused := strings.Contains(fs[0].Observed, "not restarted after the patch") && fs[0].Status == dcos.Failed; refused != (d == plan.AtTarget) {
				t.Errorf("%s: %+v", d, fs[0])
			}
		}
	})
}
