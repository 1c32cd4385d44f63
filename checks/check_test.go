package checks

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

func TestALookAsksEveryGateOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.nodes["m1"].patch()
		f.nodes["m1"].broken["exhibitor"] = errTest
		c := New(f, fakeSubject())
		task := plan.Task{Step: plan.Step{ID: "postflight/postflight", Node: "m1", Action: plan.ActionPostflight, Gates: Gates(dcos.Master)}}
		fs, err := c.Check(t.Context(), task)
		if err != nil || len(fs) != len(task.Step.Gates) {
			t.Fatalf("%v, %+v", err, fs)
		}
		for i, g := range fs {
			if g.Check != task.Step.Gates[i].Gate || g.At.IsZero() || g.Status.OK() != (g.Check != "exhibitor") {
				t.Errorf("%+v", g)
			}
		}
		if n := len(f.nodes["m3"].reads); n > 2 {
			t.Errorf("m3 was asked for its metrics %d times", n)
		}
	})
}

func TestVerificationWithoutABaselineNeverPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		for _, n := range f.nodes {
			n.patch()
		}
		c := New(f, fakeSubject())
		for _, n := range c.subject.Nodes[2:] { // a master and an agent
			fs, err := c.Check(t.Context(), plan.Task{Step: plan.Step{ID: "x", Node: n.Name, Action: plan.ActionServe, Gates: Gates(n.Role)}})
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range fs {
				if g.Check == "leader" || g.Status == dcos.NotApplicable {
					continue // of the cluster, or of a part that the node does not have: compares with nothing
				}
				if g.Status != dcos.Unknown || !strings.Contains(g.Observed, "no baseline") {
					t.Errorf("%+v", g)
				}
			}
		}
	})
}

func TestAStepEndsWithItsTimeoutWhateverItsGatesMayWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		task := step(t, c, "m1", "mesos-master", "leader")
		task.Step.Timeout = plan.Duration(2 * time.Minute)
		start := time.Now()
		_, err := c.Await(t.Context(), task, nil)
		var gate *GateError
		if !errors.As(err, &gate) || time.Since(start) != 2*time.Minute {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		if len(gate.Late) != 1 || gate.Late[0].Gate != "mesos-master" {
			t.Errorf("late %+v: the leader held all the time", gate.Late)
		}
	})
}

func TestAFlappingMasterNeverPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		c := New(f, fakeSubject())
		task := step(t, c, "m1", "mesos-master")
		stop := make(chan struct{})
		defer close(stop)
		go func() { // another process every 40 s, active whenever it is asked
			for {
				select {
				case <-stop:
					return
				case <-time.After(40 * time.Second):
					f.set(f.nodes["m1"].patch)
				}
			}
		}()
		if fs, err := c.Await(t.Context(), task, nil); err == nil {
			t.Errorf("passed: %+v", fs)
		}
	})
}
