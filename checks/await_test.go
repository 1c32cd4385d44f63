package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// step is a step of verification of one node, with default demands.
func step(t *testing.T, c *Cluster, name inventory.NodeName, gates ...string) plan.Task {
	t.Helper()
	base, err := c.Baseline(t.Context(), name)
	if err != nil {
		t.Fatalf("baseline: %v", err)
	}
	n := c.peers[name].node
	task := plan.Task{Baseline: base, Step: plan.Step{ID: plan.StepID("s/" + string(name) + "/return"), Node: name, Action: plan.ActionReturn}}
	for _, g := range gates {
		s, ok := Spec(g, n.Role)
		if !ok {
			t.Fatalf("no gate %s for a %s", g, n.Role)
		}
		task.Step.Gates = append(task.Step.Gates, s)
	}
	return task
}

func TestAMasterThatComesBackPassesAllOfItsGates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		task := step(t, c, "m1", "exhibitor", "mesos-master", "registrar", "leader", "mesos-version", "cockroach", "agents-back", "check-runner", "units")
		time.AfterFunc(2*time.Minute, func() { f.set(f.nodes["m1"].patch) })
		start := time.Now()
		fs, err := c.Await(t.Context(), task, nil)
		if err != nil {
			t.Fatalf("%v", err)
		}
		for i, g := range fs {
			if !g.Status.OK() || g.Have != g.Need || g.Check != task.Step.Gates[i].Gate {
				t.Errorf("%d: %+v", i, g)
			}
		}
		if took := time.Since(start); took < 3*time.Minute || took > 4*time.Minute {
			t.Errorf("passed after %s: want the minute of spans after the two minutes as the old process", took)
		}
	})
}

func TestAnAgentThatComesBackPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		task := step(t, c, "a037", "registered", "mesos-version", "tasks", "check-runner", "units")
		f.set(func() { f.nodes["a037"].patch(); f.agents[0].Active = false })
		time.AfterFunc(150*time.Second, func() {
			f.set(func() {
				f.agents[0].Active, f.agents[0].ReregisteredAt, f.agents[0].Version = true, time.Now(), "1.10.1"
			})
		})
		var told []dcos.Finding
		if _, err := c.Await(t.Context(), task, func(f dcos.Finding) { told = append(told, f) }); err != nil {
			t.Fatalf("%v", err)
		}
		var registered []string
		for i, f := range told {
			if f.Check == "registered" {
				registered = append(registered, fmt.Sprintf("%s %d/%d %s", f.Status, f.Have, f.Need, f.Observed))
			}
			for j := range i {
				if last := told[j]; j == i-1 && last.Check == f.Check && last.Status == f.Status && last.Observed == f.Observed && last.Have == f.Have {
					t.Errorf("told twice: %+v", f)
				}
			}
		}
		if n := len(registered); n < 6 || n > 12 {
			t.Errorf("%d pieces of news about registered: want one for each tenth of the budget and each count\n%s", n, strings.Join(registered, "\n"))
		}
		if !slices.ContainsFunc(registered, func(s string) bool { return strings.Contains(s, "away 2m0s of 5m0s") }) {
			t.Errorf("nobody was told how long the agent was away:\n%s", strings.Join(registered, "\n"))
		}
	})
}

func TestAnAgentThatNeverComesEndsInAGateError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		task := step(t, c, "a037", "registered", "mesos-version")
		f.set(func() { f.nodes["a037"].patch(); f.agents = nil })
		start := time.Now()
		fs, err := c.Await(t.Context(), task, nil)
		var gate *GateError
		if !errors.As(err, &gate) {
			t.Fatalf("got %v, want a *GateError", err)
		}
		if took := time.Since(start); took < 5*time.Minute || took > 5*time.Minute+10*time.Second {
			t.Errorf("gave up after %s, want 5m: then Mesos has given up its tasks", took)
		}
		if len(gate.Late) != 1 || gate.Late[0].Gate != "registered" || len(fs) != 2 || len(gate.Findings) != 2 {
			t.Errorf("late %+v, findings %+v", gate.Late, fs)
		}
		for _, part := range []string{"a037", `"registered"`, "same id ..-S41", "does not list it", "not good since"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q lacks %q", err, part)
			}
		}
		if away := c.LastAway("a037"); !away.Hold() || !away.Spent() || away.Budget != 5*time.Minute {
			t.Errorf("away %+v", away)
		}
	})
}

// TestAPersonWaitsLongerThanMesos: who repairs an agent is not told after five
// minutes that there is nothing to wait for.
func TestAPersonWaitsLongerThanMesos(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject()).UntilTimeout()
		task := step(t, c, "a037", "registered")
		f.set(func() { f.nodes["a037"].patch(); f.agents = nil })
		start := time.Now()
		var gate *GateError
		if _, err := c.Await(t.Context(), task, nil); !errors.As(err, &gate) {
			t.Fatalf("got %v, want a *GateError", err)
		}
		if took := time.Since(start); took != 10*time.Minute {
			t.Errorf("gave up after %s, want the gate's own 10m", took)
		}
	})
}

func TestAGateIsNotFooledByTheOldProcesses(t *testing.T) {
	for _, gate := range []string{"exhibitor", "mesos-master", "registrar", "mesos-version", "cockroach", "agents-back", "check-runner", "units"} {
		t.Run(gate, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := New(newFake(), fakeSubject()) // everything green, nothing restarted
				_, err := c.Await(t.Context(), step(t, c, "m1", gate), nil)
				if err == nil || !strings.Contains(err.Error(), "still the old process (pid 100)") {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func TestCockroachRowsMustBeRewritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		task := step(t, c, "m1", "cockroach")
		f.set(func() { f.nodes["m1"].patch(); f.nodes["m1"].updated = time.Now() })
		if fs, err := c.Await(t.Context(), task, nil); err == nil {
			t.Errorf("rows that stay the same for 20 minutes passed: %+v", fs)
		}
	})
}

func TestANodeThatHangsIsUnknownAndDoesNotHangTheStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		task := step(t, c, "m1", "registrar", "exhibitor", "units")
		f.set(func() {
			f.nodes["m1"].patch()
			f.nodes["m1"].hung = map[string]bool{dcos.MetricsSnapshot: true, "srvr": true, "units": false}
		})
		fs, err := c.Await(t.Context(), task, nil)
		var gate *GateError
		if !errors.As(err, &gate) {
			t.Fatalf("got %v, want a *GateError", err)
		}
		if fs[0].Status != dcos.Unknown || fs[1].Status != dcos.Unknown || !fs[2].Status.OK() {
			t.Errorf("findings %+v", fs)
		}
	})
}

func TestStoppingToAskIsNotAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		task := step(t, c, "m1", "mesos-master", "leader")
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		fs, err := c.Await(ctx, task, nil)
		var gate *GateError
		if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &gate) {
			t.Errorf("got %v", err)
		}
		if len(fs) != 2 {
			t.Errorf("findings %+v", fs)
		}
	})
}

func TestAStepThatCannotBeAskedIsRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(newFake(), fakeSubject())
		good := step(t, c, "m1", "mesos-master")
		for _, r := range []struct {
			name   string
			change func(*plan.Task)
			says   string
		}{
			{"a gate that does not exist", func(t *plan.Task) { t.Step.Gates = []plan.GateSpec{{Gate: "weather"}} }, `no gate "weather"`},
			{"a step without gates", func(t *plan.Task) { t.Step.Gates = nil }, "no gates"},
			{"a node that is not in the plan", func(t *plan.Task) { t.Step.Node = "m9" }, `no node "m9"`},
			{"an agent's gate of a master", func(t *plan.Task) { t.Step.Gates = []plan.GateSpec{{Gate: "registered"}} }, "not asked of a master"},
			{"a node's gate without a node", func(t *plan.Task) { t.Step.Node, t.Baseline = "", nil }, "the step has none"},
			{"a baseline of another node", func(t *plan.Task) { t.Step.Node = "m2" }, "the baseline is of m1"},
			{"a baseline that cannot be read", func(t *plan.Task) { t.Baseline = []byte("{") }, "baseline"},
		} {
			task := good
			r.change(&task)
			if _, err := c.Await(t.Context(), task, nil); err == nil || !strings.Contains(err.Error(), r.says) {
				t.Errorf("%s: got %v, want something about %q", r.name, err, r.says)
			}
		}
	})
}

func TestMetricsAreReadAtMostOncePer600ms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		task := step(t, c, "m1", "leader", "registrar", "agents-back")
		f.set(f.nodes["m1"].patch)
		done := make(chan error)
		for range 6 {
			go func() { _, err := c.Await(t.Context(), task, nil); done <- err }()
		}
		for range 6 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		for name, n := range f.nodes {
			for i := 1; i < len(n.reads); i++ {
				if gap := n.reads[i].Sub(n.reads[i-1]); gap < 600*time.Millisecond {
					t.Fatalf("%s: two reads within %s", name, gap)
				}
			}
		}
		if len(f.nodes["m2"].reads) == 0 {
			t.Error("nobody asked m2")
		}
	})
}
