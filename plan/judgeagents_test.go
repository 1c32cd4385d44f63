package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// withAgent is a cluster that is well, but for what the leader says of one agent.
func withAgent(node inventory.NodeName, phase AgentPhase, out bool) Input {
	in := lookedAt()
	in.Facts.Cluster.Agents = []AgentState{{Node: node, State: phase, Detail: "leader m1 says so"}}
	if out {
		in.Facts.Cluster.Out = []inventory.NodeName{node}
	}
	return in
}

func TestEveryAgentThatDoesNotSimplyServeIsTold(t *testing.T) {
	for _, c := range []struct {
		phase  AgentPhase
		out    bool
		blocks bool
		check  string
	}{
		{AgentDown, true, true, "machine-down"},
		{AgentScheduled, false, true, "maintenance"},
		{AgentDraining, true, true, "maintenance"},
		{AgentDeactivated, true, false, "deactivated"},
		{AgentRecovering, true, false, "recovering"},
		{AgentInactive, true, false, "out-of-service"},
		{AgentUnlisted, true, false, "out-of-service"},
	} {
		t.Run(string(c.phase), func(t *testing.T) {
			j, err := Judge(withAgent("a2", c.phase, c.out))
			if err != nil {
				t.Fatal(err)
			}
			said, other := j.Warnings, j.Blocks
			if c.blocks {
				said, other = other, said
			}
			if len(other) > 0 || len(said) != 1 || said[0].Node != "a2" || said[0].Check != c.check || said[0].Observed != "leader m1 says so" || said[0].Next == nil {
				t.Errorf("blocks %+v, warnings %+v", j.Blocks, j.Warnings)
			}
			if c.blocks && !strings.Contains(said[0].Next.String(), "exclude: [{node: a2") {
				t.Errorf("it does not say how to go on without the node: %s", said[0].Next)
			}
		})
	}
}

func TestAnExcludedAgentMayBeUnderMaintenance(t *testing.T) {
	in := withAgent("a2", AgentDown, true)
	in.Inventory.Exclusions = []inventory.Exclusion{{Node: "a2", Reason: "PSU"}}
	j, err := Judge(in)
	if err != nil || len(j.Blocks) > 0 {
		t.Errorf("%+v, %v", j.Blocks, err)
	}
}

func TestMaintenanceThatThePlanAcceptsIsWaivedAndAMachineThatIsDownIsNot(t *testing.T) {
	for phase, waived := range map[AgentPhase]bool{AgentScheduled: true, AgentDraining: true, AgentDown: false} {
		in := withAgent("a2", phase, false)
		in.Waivers = []Waiver{{Check: CheckMaintenance, Node: "a2", Reason: "it is ours", Until: in.Today.AddDate(0, 0, 1)}}
		j, err := Judge(in)
		if err != nil || (len(j.Blocks) == 0) != waived {
			t.Errorf("%s: %+v, %v", phase, j.Blocks, err)
		}
		p := &Plan{Waivers: in.Waivers}
		n := Node{Name: "a2", Role: dcos.PrivateAgent}
		why := p.Withheld(in.Facts.Cluster, n, StageGroup, false, in.Today)
		late := p.Withheld(in.Facts.Cluster, n, StageGroup, false, in.Today.AddDate(0, 0, 3))
		if (why == "") != waived || late == "" {
			t.Errorf("%s: withheld %q, and with the waiver run out %q", phase, why, late)
		}
	}
}

func TestALaneIsWithheldForWhatTheLeaderSaysOfItsAgent(t *testing.T) {
	for _, c := range []struct {
		name     string
		phase    AgentPhase
		kind     StageKind
		touched  bool
		withheld bool
	}{
		{"a stopped agent as a canary", AgentInactive, StageCanary, false, true},
		{"a stopped agent in its group", AgentInactive, StageGroup, false, false},
		{"a deactivated agent in its group", AgentDeactivated, StageGroup, false, false},
		{"a canary that was touched and is away", AgentUnlisted, StageCanary, true, false},
		{"an agent under maintenance", AgentScheduled, StageGroup, false, true},
		{"an agent under maintenance that was touched", AgentDown, StageGroup, true, false},
		{"a recovering agent that was touched", AgentRecovering, StageGroup, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := withAgent("a2", c.phase, c.phase != AgentScheduled)
			why := (&Plan{}).Withheld(in.Facts.Cluster, Node{Name: "a2", Role: dcos.PrivateAgent}, c.kind, c.touched, time.Time{})
			if (why != "") != c.withheld {
				t.Errorf("%q", why)
			}
			if why := (&Plan{}).Withheld(in.Facts.Cluster, Node{Name: "a1", Role: dcos.PrivateAgent}, c.kind, c.touched, time.Time{}); why != "" {
				t.Errorf("another agent is withheld: %q", why)
			}
		})
	}
}

func TestAnAgentThatIsOutOfServiceIsNoCanary(t *testing.T) {
	in := withAgent("a1", AgentInactive, true)
	in.Facts.Cluster.Tasks = map[inventory.NodeName]int{"a1": 5, "a2": 1, "a3": 9}
	canary := func(in Input) []inventory.NodeName {
		p, err := Build(in)
		if err != nil {
			t.Fatal(err)
		}
		var names []inventory.NodeName
		for _, st := range p.Stages {
			if st.Kind == StageCanary {
				names = append(names, st.Lanes[0].Node)
			}
		}
		return names
	}
	if got := canary(in); !slices.Equal(got, []inventory.NodeName{"a2"}) {
		t.Errorf("canary %v, want a2: a1 has the median of the tasks and is stopped", got)
	}
	in.Facts.Cluster.Tasks = nil
	if got := canary(in); !slices.Equal(got, []inventory.NodeName{"a2"}) {
		t.Errorf("canary %v of a group without tasks, want the first that serves", got)
	}
}

func TestAGroupOfWhichNoAgentServesHasNoCanary(t *testing.T) {
	in := lookedAt()
	says := func(what string) (Block, bool) {
		t.Helper()
		j, err := Judge(in)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(j.Blocks, func(b Block) bool { return b.What == what })
		if i < 0 {
			return Block{}, false
		}
		return j.Blocks[i], true
	}
	for _, n := range []inventory.NodeName{"a1", "a2", "a3"} {
		in.Facts.Cluster.Agents = append(in.Facts.Cluster.Agents, AgentState{Node: n, State: AgentDeactivated, Detail: "deactivated"})
		in.Facts.Cluster.Out = append(in.Facts.Cluster.Out, n)
	}
	const none = "no agent of a group can be its canary"
	if _, told := says(none); !told {
		t.Error("no agent serves, and the plan has a canary")
	}
	in.Inventory.Groups[0].Policy.NoCanary = true
	if _, told := says(none); told {
		t.Error("the group is to have no canary")
	}
	in.Inventory.Groups[0].Policy.NoCanary = false
	in.Inventory.Groups[0].Policy.Canary = []inventory.NodeName{"a2"}
	if b, told := says("a canary is out of service"); !told || b.Node != "a2" {
		t.Errorf("a declared canary: %+v", b)
	}
	in.Facts.Cluster.Agents, in.Facts.Cluster.Out = in.Facts.Cluster.Agents[:1], in.Facts.Cluster.Out[:1]
	if b, told := says("a canary is out of service"); told {
		t.Errorf("a2 serves: %+v", b)
	}
}
