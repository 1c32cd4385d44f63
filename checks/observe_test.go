package checks

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// observe looks at a fake cluster, changed first.
func observe(t *testing.T, s Subject, change func(*fakeCluster)) (obs plan.Observation) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		change(f)
		obs = New(f, s).Observe(t.Context(), plan.Ask{Stage: "preflight", Kind: plan.StagePreflight, Load: true})
	})
	return obs
}

func TestAGreenClusterIsATicketWithItsProof(t *testing.T) {
	obs := observe(t, fakeSubject(), func(*fakeCluster) {})
	if !obs.Green {
		t.Fatalf("not green: %+v", obs.Findings)
	}
	var names []string
	for _, q := range obs.Quorums {
		names = append(names, q.Name)
		if q.Size != 3 || !slices.Equal(q.Serving, []inventory.NodeName{"m1", "m2", "m3"}) || q.Age < 0 {
			t.Errorf("%+v", q)
		}
		if _, ok := q.Lose("m1"); !ok {
			t.Errorf("%s does not bear the loss of m1", q.Name)
		}
	}
	if !slices.Equal(names, []string{"zookeeper", "registrar", "cockroach"}) {
		t.Errorf("quorums %v", names)
	}
	if want := map[inventory.NodeName]int{"m1": 2, "m2": 4, "m3": 1}; !maps.Equal(obs.Weights, want) {
		t.Errorf("weights %v, want %v", obs.Weights, want)
	}
	if obs.Tasks["a037"] != 1 || len(obs.Out) != 0 || len(obs.Unknown) != 0 {
		t.Errorf("tasks %v, out %v, unknown %v", obs.Tasks, obs.Out, obs.Unknown)
	}
	if _, err := plan.ProveMaster(obs, "m1", plan.Masters(fakeSubject().Nodes), true); err != nil {
		t.Errorf("the planner does not take the proof: %v", err)
	}
}

func TestWhateverIsNotWellOrNotReadableIsNotGreen(t *testing.T) {
	failed := &sshexec.ExitError{Node: "m3", Cmd: "node program", Code: 1}
	for _, c := range []struct {
		name  string
		with  func(*fakeCluster)
		check string // the finding that says so
		says  string
	}{
		{"no leader", func(f *fakeCluster) { f.leader = "" }, "leader", "0 masters lead"},
		{"two leaders", func(f *fakeCluster) { f.nodes["m1"].metrics["master/elected"] = 1 }, "leader", "2 masters lead"},
		{"a leader that has not recovered", func(f *fakeCluster) { f.nodes["m2"].broken["/api/v1"] = errors.New("Master has not finished recovery") }, "leader", "does not work yet"},
		{"metrics of one master missing", func(f *fakeCluster) { f.nodes["m3"].broken[dcos.MetricsSnapshot] = errTest }, "leader", "m3"},
		{"metrics of one master that never come", func(f *fakeCluster) { f.nodes["m3"].hung[dcos.MetricsSnapshot] = true }, "registrar", "m3"},
		{"a replica that is not recovered", func(f *fakeCluster) { f.nodes["m3"].metrics["registrar/log/recovered"] = 0 }, "registrar", "m3: registrar/log/recovered is 0"},
		{"a replica that is alone", func(f *fakeCluster) { f.nodes["m3"].metrics["registrar/log/ensemble_size"] = 1 }, "registrar", "m3"},
		{"a ZooKeeper that does not serve", func(f *fakeCluster) { f.nodes["m3"].broken["srvr"] = errTest }, "exhibitor", "m3"},
		{"a ZooKeeper that never answers", func(f *fakeCluster) { f.nodes["m3"].hung["srvr"] = true }, "exhibitor", "m3"},
		{"an Exhibitor that does not answer", func(f *fakeCluster) { f.nodes["m3"].broken["exhibitor"] = failed }, "exhibitor", "m3"},
		{"a CockroachDB that does not answer", func(f *fakeCluster) { f.nodes["m3"].broken["cockroach"] = failed }, "cockroach", "m3"},
		{"a master that alone has no CockroachDB", func(f *fakeCluster) { f.nodes["m3"].noIAM = true }, "cockroach", "m3"},
		{"a master without a survey", func(f *fakeCluster) { f.nodes["m3"].broken["survey"] = failed }, "cockroach", "m3"},
		{"a master that cannot be reached", func(f *fakeCluster) { f.nodes["m3"].down = errDown }, "exhibitor", "connection refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			obs := observe(t, fakeSubject(), c.with)
			if obs.Green {
				t.Fatal("green")
			}
			if !slices.ContainsFunc(obs.Findings, func(f dcos.Finding) bool {
				return f.Check == c.check && !f.Status.OK() && strings.Contains(f.Observed, c.says)
			}) {
				t.Errorf("nothing of %s says %q: %+v", c.check, c.says, obs.Findings)
			}
			if _, err := plan.ProveMaster(obs, "m1", plan.Masters(fakeSubject().Nodes), false); err == nil {
				t.Error("a master may be taken")
			}
		})
	}
}

func TestWithoutCockroachAnywhereThereIsNoSuchQuorum(t *testing.T) {
	obs := observe(t, fakeSubject(), func(f *fakeCluster) {
		for _, m := range threeMasters() {
			f.nodes[m.Name].noIAM = true
		}
	})
	if !obs.Green || len(obs.Quorums) != 2 {
		t.Errorf("green %v, quorums %+v, findings %+v", obs.Green, obs.Quorums, obs.Findings)
	}
}

func TestRowsThatNobodyRewritesTurnTheClusterRed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		for _, n := range f.nodes {
			n.updated = time.Now()
		}
		c := New(f, fakeSubject())
		if obs := c.Observe(t.Context(), plan.Ask{}); !obs.Green {
			t.Errorf("red at first sight: %+v", obs.Findings)
		}
		time.Sleep(2 * rowLimit)
		obs := c.Observe(t.Context(), plan.Ask{})
		if obs.Green || len(obs.Quorums[2].Serving) != 0 {
			t.Errorf("green %v, %+v", obs.Green, obs.Quorums)
		}
	})
}

func TestWhoIsOutAndWhoIsUnknown(t *testing.T) {
	unknown := dcos.Agent{ID: "x-S9", IP: "10.0.9.9", Version: "1.10.0", Active: true, RegisteredAt: began}
	excluded := fakeSubject()
	excluded.Nodes[3].Disposition = plan.Excluded
	for _, c := range []struct {
		name    string
		subject Subject
		with    func(*fakeCluster)
		out     []inventory.NodeName
		unknown []string
	}{
		{"an inactive agent is out", fakeSubject(), func(f *fakeCluster) { f.agents[0].Active = false }, []inventory.NodeName{"a037"}, nil},
		{"a deactivated agent is out", fakeSubject(), func(f *fakeCluster) { f.agents[0].Active, f.agents[0].Deactivated = false, true }, []inventory.NodeName{"a037"}, nil},
		{"an agent that is not listed is out", fakeSubject(), func(f *fakeCluster) { f.agents = nil }, []inventory.NodeName{"a037"}, nil},
		{"an excluded agent is not counted", excluded, func(f *fakeCluster) { f.agents = nil }, nil, nil},
		{"an agent that the plan lacks is unknown", fakeSubject(), func(f *fakeCluster) { f.agents = append(f.agents, unknown) }, nil, []string{"x-S9"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			obs := observe(t, c.subject, c.with)
			var unknown []string
			for _, u := range obs.Unknown {
				unknown = append(unknown, u.ID)
			}
			if !obs.Green || !slices.Equal(obs.Out, c.out) || !slices.Equal(unknown, c.unknown) {
				t.Errorf("green %v, out %v, unknown %v; want out %v, unknown %v", obs.Green, obs.Out, unknown, c.out, c.unknown)
			}
		})
	}
}

func TestAMarathonThatDoesNotAnswerWeighsNothing(t *testing.T) {
	obs := observe(t, fakeSubject(), func(f *fakeCluster) {
		for _, m := range threeMasters() {
			f.nodes[m.Name].broken["/v2/leader"] = errTest
		}
	})
	if !obs.Green || obs.Weights["m3"] != 0 || obs.Weights["m2"] != 4 {
		t.Errorf("green %v, weights %v", obs.Green, obs.Weights)
	}
}

func TestAnObservationOfACancelledContextIsNotGreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		for _, n := range f.nodes {
			n.hung = map[string]bool{"survey": true, "exhibitor": true, dcos.MetricsSnapshot: true, "srvr": true}
		}
		if obs := New(f, fakeSubject()).Observe(t.Context(), plan.Ask{}); obs.Green {
			t.Error("green although nothing answers")
		}
	})
}
