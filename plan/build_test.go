package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/gates"
	"github.com/dcos-patch/dcos-patch/inventory"
)

func stage(t *testing.T, p *Plan, id string) Stage {
	t.Helper()
	for _, s := range p.Stages {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("no stage %q", id)
	return Stage{}
}

func lanes(s Stage) string {
	var names []string
	for _, l := range s.Lanes {
		names = append(names, string(l.Node))
	}
	return strings.Join(names, " ")
}

func TestMastersArePreviewedByAscendingLeaderWeight(t *testing.T) {
	p := mustBuild(t, healthy())
	s := stage(t, p, "masters")
	if got := lanes(s); got != "m1 m3 m2" {
		t.Errorf("order %q, want m1 m3 m2: m2 leads", got)
	}
	if s.Order != OrderLeaderWeight || s.Width != 1 || s.MaxFailures != 0 {
		t.Errorf("masters: order %s, width %d, failures %d", s.Order, s.Width, s.MaxFailures)
	}
	if first, last := s.Lanes[0].Steps[3], s.Lanes[2].Steps[3]; first.Span.D() != 3*time.Minute || last.Span.D() != 5*time.Minute {
		t.Errorf("settle %s and, leading, %s; want 3m and 5m", first.Span, last.Span)
	}
}

func TestLanesHaveTheirStepsInOrder(t *testing.T) {
	in := healthy(agents("general", "a", 4), agents("stateful", "s", 3))
	in.Inventory.Groups[1].Policy.Settle = 2 * time.Minute
	p := mustBuild(t, in)
	for id, want := range map[string]string{
		"preflight":      "preflight/preflight",
		"stage-agents":   "stage-agents/a1/stage",
		"masters":        "masters/m1/baseline masters/m1/patch masters/m1/serve masters/m1/settle",
		"general-canary": "general-canary/a1/baseline general-canary/a1/patch general-canary/a1/return general-canary/a1/serve general-canary/a1/launch-probe general-canary/a1/bake",
		"general":        "general/a2/baseline general/a2/patch general/a2/return general/a2/serve",
		"stateful":       "stateful/s2/baseline stateful/s2/patch stateful/s2/return stateful/s2/serve stateful/s2/settle",
		"postflight":     "postflight/postflight",
	} {
		var ids []string
		for _, s := range stage(t, p, id).Lanes[0].Steps {
			ids = append(ids, string(s.ID))
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}

func TestLanesGoByZoneAndCountLikePeople(t *testing.T) {
	g := agents("general", "a", 12, "z2", "z1")
	g.Policy.NoCanary = true
	s := stage(t, mustBuild(t, healthy(g)), "general")
	if got := lanes(s); got != "a7 a8 a9 a10 a11 a12 a1 a2 a3 a4 a5 a6" {
		t.Errorf("lanes %q", got)
	}
	if s.ZoneSpread != 1 {
		t.Errorf("zones declared, and %d zones at once", s.ZoneSpread)
	}
}

func TestTheCanaryIsTheMedianLoadedAgentWithATask(t *testing.T) {
	for _, c := range []struct {
		name  string
		tasks map[inventory.NodeName]int
		named []inventory.NodeName
		none  bool
		want  string
	}{
		{"idle agents do not count", map[inventory.NodeName]int{"a2": 9, "a3": 5, "a5": 1}, nil, false, "a3"},
		{"of two, the less loaded", map[inventory.NodeName]int{"a2": 9, "a3": 5}, nil, false, "a3"},
		{"ties go by name", map[inventory.NodeName]int{"a10": 2, "a2": 2, "a4": 2}, nil, false, "a2"},
		{"nothing runs", nil, nil, false, "a1"},
		{"the declared ones", map[inventory.NodeName]int{"a2": 9}, []inventory.NodeName{"a10", "a4"}, false, "a4 a10"},
		{"none", map[inventory.NodeName]int{"a2": 9}, nil, true, ""},
	} {
		in := healthy(agents("general", "a", 10))
		in.Inventory.Groups[0].Policy.Canary, in.Inventory.Groups[0].Policy.NoCanary = c.named, c.none
		in.Facts.Cluster.Tasks = c.tasks
		p := mustBuild(t, in)
		got := ""
		for _, s := range p.Stages {
			if s.Kind == StageCanary {
				got = lanes(s)
			}
		}
		if got != c.want {
			t.Errorf("%s: canary %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNodesAtTheTargetAreShownWithTheEvidenceAndNotTouched(t *testing.T) {
	in := healthy(agents("general", "a", 3))
	for _, n := range in.Inventory.Nodes() {
		observe(in, n.Name, patched)
	}
	observe(in, "m1", func(f *NodeFacts) { slices.Reverse(f.Active) })
	p := mustBuild(t, in)
	if len(p.Stages) != 2 {
		t.Errorf("%d stages, want preflight and postflight only", len(p.Stages))
	}
	for _, n := range p.Nodes {
		if n.Disposition != AtTarget || n.Why != "active packages are the script's 3; dcos-config--setup_new" {
			t.Errorf("%s: %s, %q", n.Name, n.Disposition, n.Why)
		}
	}
}

func TestWidthsAndMaxOut(t *testing.T) {
	for _, c := range []struct {
		name          string
		nodes         int
		width, maxOut inventory.Limit
		wantW, wantM  int
	}{
		{"nothing said", 104, inventory.Count(1), inventory.Limit{}, 1, 3},
		{"five per cent", 104, inventory.Percent(5), inventory.Limit{}, 5, 7},
		{"large clusters have more room", 1000, inventory.Percent(5), inventory.Limit{}, 50, 70},
		{"the policy's max_out", 104, inventory.Percent(5), inventory.Count(8), 5, 8},
		{"max_out narrows the width", 104, inventory.Percent(50), inventory.Count(8), 8, 8},
	} {
		in := healthy(agents("general", "a", c.nodes))
		in.Inventory.Groups[0].Policy.Width, in.Inventory.Policy.MaxOut = c.width, c.maxOut
		p := mustBuild(t, in)
		if got := stage(t, p, "general").Width; got != c.wantW || p.MaxOut != c.wantM {
			t.Errorf("%s: width %d, max_out %d; want %d, %d", c.name, got, p.MaxOut, c.wantW, c.wantM)
		}
	}
}

func TestRehearsalsAreScaledWithFloors(t *testing.T) {
	in := healthy(agents("general", "a", 3))
	in.Inventory.Rehearsal.TimeScale = 0.001
	for _, n := range in.Inventory.Nodes() {
		observe(in, n.Name, func(f *NodeFacts) { f.Rehearsal = true })
	}
	p := mustBuild(t, in)
	for _, s := range p.Stages {
		for _, l := range s.Lanes {
			for _, st := range l.Steps {
				if st.Timeout.D() < 10*time.Second {
					t.Errorf("%s: timeout %s", st.ID, st.Timeout)
				}
				for _, g := range st.Gates {
					if g.Every.D() < 50*time.Millisecond || g.Within.D() < 10*time.Second || g.Span.D() > 60*time.Millisecond {
						t.Errorf("%s: %+v", st.ID, g)
					}
				}
			}
		}
	}
	if p.TimeScale != 0.001 || p.HoldLimit.D() != 10*time.Second {
		t.Errorf("scale %v, hold limit %s", p.TimeScale, p.HoldLimit)
	}
	const metrics = 600 * time.Millisecond
	if got, real := Spacing(p.TimeScale, metrics), Spacing(0, metrics); got != 50*time.Millisecond || real != metrics {
		t.Errorf("metrics are asked for every %s, of a real cluster every %s", got, real)
	}
}

// How sure each gate must be is the table's to say, and which are asked; here is in
// which half, and what a policy does.
func TestGatesStandInTheirHalvesAndTheirTimeoutsAreThePolicys(t *testing.T) {
	in := healthy(agents("general", "a", 2))
	in.Inventory.Policy.Timeouts.Exhibitor = 7 * time.Minute
	p := mustBuild(t, in)
	master, agent := stage(t, p, "masters").Lanes[0].Steps, stage(t, p, "general").Lanes[0].Steps
	of := func(s Step, name string) GateSpec {
		return s.Gates[slices.IndexFunc(s.Gates, func(g GateSpec) bool { return g.Gate == name })]
	}
	if len(master[2].Gates) < 9 || len(agent[2].Gates) < 2 || len(agent[3].Gates) < 4 {
		t.Errorf("%v, %v, %v", master[2].Gates, agent[2].Gates, agent[3].Gates)
	}
	for _, g := range agent[2].Gates {
		if row, _ := gates.Find(g.Gate); row.Half != gates.Quarantined || agent[3].Asks(g.Gate) != (row.Return.Need > 0) {
			t.Errorf("%s is in the step return, and in serve: %v", g.Gate, agent[3].Asks(g.Gate))
		}
	}
	checks := in.Inventory.Policy.Timeouts.Checks
	if exhibitor, m, a := of(master[2], "exhibitor").Within.D(), of(master[2], "check-runner").Within.D(), of(agent[3], "check-runner").Within.D(); exhibitor != 7*time.Minute || m != exhibitor+checks || a != checks {
		t.Errorf("exhibitor within %s, check-runner within %s of a master, %s of an agent", exhibitor, m, a)
	}
	if back, stays := of(agent[2], "registered"), of(agent[3], "registered"); back.Need >= stays.Need || back.Span >= stays.Span {
		t.Errorf("the step return demands %+v, serve %+v", back, stays)
	}
}

func TestEstimatesCountRoundsOfTheWindow(t *testing.T) {
	one := Stage{Width: 5, ZoneSpread: 1}
	nodes := make([]Node, 103)
	for i := range nodes {
		nodes[i].Zone, one.Lanes = string(rune('a'+i%3)), append(one.Lanes, Lane{})
	}
	if got := rounds(one, nodes); got != 7+7+7 {
		t.Errorf("35, 34 and 34 nodes, five at a time, zone by zone: %d rounds, want 21", got)
	}
	one.ZoneSpread = 0
	if got := rounds(one, nodes); got != 21 {
		t.Errorf("103 nodes five at a time: %d rounds, want 21", got)
	}
}

func TestVerifyGatesAreThoseOfTheNodesLane(t *testing.T) {
	in := healthy(agents("general", "a", 3))
	in.Inventory.Groups[0].Policy.Timeouts.Tasks = 7 * time.Minute
	p := mustBuild(t, in)
	agent, master := stage(t, p, "general").Lanes[0].Steps, stage(t, p, "masters").Lanes[0].Steps
	a2, _ := in.Inventory.Node("a2")
	// What both steps ask is asked once, for as long as the second demands; what
	// compares with before a patch is not. Which packages the target has is not asked
	// here: etcd is, and is proved not to apply where there is none.
	asked := func(all []GateSpec, but func(gates.Gate) bool) (names []string) {
		for _, g := range all {
			if row, _ := gates.Find(g.Gate); !but(row) {
				names = append(names, fmt.Sprint(g))
			}
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	before := func(g gates.Gate) bool { return g.AfterPatch }
	weaker := func(g gates.Gate) bool { return g.AfterPatch || g.Return.Need > 0 }
	none := func(g gates.Gate) bool { return g.Package != "" }
	if got, want := asked(VerifyGates(in.Inventory, a2), none), slices.Sorted(slices.Values(slices.Concat(asked(agent[2].Gates, weaker), asked(agent[3].Gates, before)))); !slices.Equal(got, want) {
		t.Errorf("agent: %v, want %v", got, want)
	}
	if got, want := asked(VerifyGates(in.Inventory, in.Inventory.Masters[0]), none), asked(master[2].Gates, before); !slices.Equal(got, want) {
		t.Errorf("master: %v, want %v", got, want)
	}
}

func TestEtcdIsAskedOfMastersWhereTheTargetHasIt(t *testing.T) {
	in := healthy(agents("general", "a", 1))
	in.Facts.Script.Packages = append(slices.Clone(in.Facts.Script.Packages), "etcd--1")
	p := mustBuild(t, in)
	asked := func(stage string, step int) bool {
		for _, s := range p.Stages {
			if s.ID == stage {
				return slices.ContainsFunc(s.Lanes[0].Steps[step].Gates, func(g GateSpec) bool { return g.Gate == "etcd" })
			}
		}
		return false
	}
	if !asked("masters", 2) || asked("general", 2) || asked("general", 3) {
		t.Error("etcd is not asked of masters, or is asked of agents")
	}
}

func TestAPlanCutByAProgramIsSealedAnew(t *testing.T) {
	whole := mustBuild(t, healthy(agents("general", "a", 3)))
	cut := *whole
	cut.Stages = cut.Stages[:3]
	if Verify(&cut) == nil {
		t.Error("the cut is not noticed")
	}
	if s := ok(Sealed(&cut)); Verify(s) != nil || s.ID != whole.ID || Verify(whole) != nil {
		t.Error("sealed: it verifies, has the decision's id, and leaves the whole plan as it was")
	}
}

func TestStagedNodesAreKnownAndQuick(t *testing.T) {
	in := healthy(agents("general", "a", 4))
	slow := stage(t, mustBuild(t, in), "stage-agents").Estimate
	for _, n := range in.Inventory.Groups[0].Nodes {
		observe(in, n.Name, func(f *NodeFacts) { f.Fetched = append([]string{"z--1"}, newPk...) })
	}
	observe(in, "a4", func(f *NodeFacts) { f.Fetched = f.Fetched[:3] })
	p := mustBuild(t, in)
	for _, n := range p.Nodes[3:] {
		if n.Staged != (n.Name != "a4") {
			t.Errorf("%s staged: %v", n.Name, n.Staged)
		}
	}
	if quick := stage(t, p, "stage-agents").Estimate; quick >= slow {
		t.Errorf("staging takes %s where three of four hold all, %s where none does", quick, slow)
	}
}
