package controller_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/steps"
)

// site is a simulated cluster in virtual time, and the machines that control it.
type site struct {
	*testing.T
	sim *simcluster.Cluster
	inv *inventory.Cluster
	dir string
}

func onSite(t *testing.T, o simcluster.Options, do func(*site)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.Name, o.TimeScale, o.Port, o.Seed = "sim", 1, 22, 1
		sim, err := simcluster.New(o)
		if err != nil {
			t.Fatal(err)
		}
		defer sim.Close()
		s := &site{T: t, sim: sim, dir: t.TempDir()}
		if err := sim.WriteFiles(s.dir); err != nil {
			t.Fatal(err)
		}
		if s.inv, err = inventory.Load(filepath.Join(s.dir, "inventory.yaml")); err != nil {
			t.Fatal(err)
		}
		do(s)
		if bad := append(sim.Violations(), sim.Drift()...); len(bad) > 0 {
			t.Error(bad)
		}
	})
}

func (s *site) config(machine string, hear func(controller.Event)) controller.Config {
	return controller.Config{Owner: "ops@" + machine, Stores: controller.StoresAt(filepath.Join(s.dir, machine)), Events: hear, SSH: controller.SSH{Dial: s.sim.DialContext}}
}

func (s *site) open(machine string, hear func(controller.Event)) *controller.Cluster {
	s.Helper()
	c, err := controller.Open(s.inv, s.config(machine, hear))
	if err != nil {
		s.Fatal(err)
	}
	return c
}

func (s *site) runs(machine string) controller.Runs {
	s.Helper()
	r, err := controller.OpenRuns(s.inv, s.config(machine, nil))
	if err != nil {
		s.Fatal(err)
	}
	return r
}

// well fails on an error.
func well[T any](s *site) func(T, error) T {
	return func(v T, err error) T {
		s.Helper()
		if err != nil {
			s.Fatal(err)
		}
		return v
	}
}

func mastersPatched() simcluster.Faults {
	var fs simcluster.Faults
	for _, m := range []string{"m1", "m2", "m3"} {
		fs = append(fs, simcluster.Fault{What: fault.AtTarget, Where: m})
	}
	return fs
}

// TestARunStopsIsRepairedAroundAndEnds without the command: everything that leads on from
// a stop is a call.
func TestARunStopsIsRepairedAroundAndEnds(t *testing.T) {
	o := simcluster.Options{Masters: 3, Private: 2, Width: 2, Faults: append(mastersPatched(), simcluster.Fault{What: fault.AgentNeverRegisters, Where: "a1"})}
	onSite(t, o, func(s *site) {
		ctx := s.Context()
		var last controller.Event
		c := s.open("here", func(e controller.Event) { last = e })
		defer c.Close()
		if p := well[controller.Planned](s)(c.Plan(ctx, nil)); !p.Plan.HasWork() {
			s.Error("there is nothing to patch")
		}
		r := well[controller.Result](s)(well[*controller.Prepared](s)(c.Prepare(ctx, controller.Order{})).Apply(ctx, nil))
		v := r.State.View(r.State.At)
		if v.Word != orchestrator.Stopped || v.Stop.Node != "a1" || v.Gate != "registered" || len(r.Packs) != 1 {
			s.Fatalf("%s at %s, gate %s, packs %q", v.Word, v.Stop.Node, v.Gate, r.Packs)
		}
		if p, ok := last.(controller.PackWritten); !ok || p.Path != r.Packs[0] {
			s.Errorf("the last that was heard: %+v", last)
		}
		runs := s.runs("here")
		st := well[controller.Status](s)(runs.Status(""))
		park := slices.IndexFunc(st.Onward, func(n orchestrator.Onward) bool {
			return slices.Equal(n.Command, advice.Command{"park", "a1", "--reason", "WHY"})
		})
		if st.Run != r.Run || st.Word != orchestrator.Stopped || park < 0 || !slices.Equal(st.Packs, r.Packs) {
			s.Errorf("status: %s %s, onward %v", st.Run, st.Word, st.Onward)
		}
		if got := well[controller.Checked](s)(c.Check(ctx, "a1")); len(got.Blocking) == 0 || got.Blocking[0].Check != "registered" {
			s.Errorf("a1 is not blocked by its registration: %+v", got.Blocking)
		}
		if _, err := c.Sweep(ctx, false); !refused(err) {
			s.Errorf("a sweep while the run has not ended: %v", err)
		}
		well[string](s)(runs.Park("", "a1", "it is on fire"))
		re := well[*controller.Reopened](s)(c.Reopen(ctx, controller.ResumeOrder{}))
		r = well[controller.Result](s)(re.Resume(ctx, nil, nil))
		re.Close()
		if v := r.State.View(r.State.At); v.Word != orchestrator.LeftBehind || len(v.Left) != 1 || v.Left[0].Why != "it is on fire" || v.Agents.Verified != 1 {
			s.Errorf("%s, left %+v, %+v", v.Word, v.Left, v.Agents)
		}
		if all := well[[]controller.Status](s)(runs.List()); len(all) != 1 || all[0].Ended != journal.RunDone {
			s.Errorf("%d runs", len(all))
		}
		swept := well[controller.Swept](s)(c.Sweep(ctx, false))
		if len(swept.Nodes) != 5 || len(swept.Nodes[0].Paths) == 0 {
			s.Errorf("%+v", swept)
		}
		if _, err := c.Abandon(ctx, controller.AbandonOrder{Run: r.Run, Reason: "x"}); !refused(err) {
			s.Errorf("a run that is done was abandoned: %v", err)
		}
	})
}

// TestARunIsTakenOverFromItsCopies: its controller is interrupted for good, its lock
// broken, and another machine goes on.
func TestARunIsTakenOverFromItsCopies(t *testing.T) {
	onSite(t, simcluster.Options{Masters: 3, Private: 3, Width: 1, Faults: mastersPatched()}, func(s *site) {
		ctx, die := context.WithCancel(s.Context())
		c := s.open("here", func(e controller.Event) {
			if r, ok := e.(controller.Recorded); ok && r.Event.Kind == journal.StepEnded && strings.HasSuffix(string(r.Event.Step), "/patch") {
				die()
			}
		})
		r := well[controller.Result](s)(well[*controller.Prepared](s)(c.Prepare(ctx, controller.Order{})).Apply(ctx, nil))
		c.Close()
		if v := r.State.View(r.State.At); v.Ended != journal.RunStopped || !v.Kept {
			s.Fatalf("%s, its lock is kept: %t", v.Word, v.Kept)
		}
		other := s.open("elsewhere", nil)
		defer other.Close()
		var locked *steps.LockedError
		if _, err := other.Reopen(s.Context(), controller.ResumeOrder{FromCluster: true}); !errors.As(err, &locked) || locked.Holder.Run != r.Run {
			s.Errorf("a takeover while it is locked: %v", err)
		}
		b := well[controller.Broken](s)(other.BreakLock(s.Context(), nil))
		if !slices.Equal(b.Runs, []string{r.Run}) || b.Epoch <= r.State.Epoch {
			s.Errorf("%+v, the run's epoch was %d", b, r.State.Epoch)
		}
		re := well[*controller.Reopened](s)(other.Reopen(s.Context(), controller.ResumeOrder{FromCluster: true}))
		defer re.Close()
		if re.State.Run != r.Run || re.Origin.Copy == "" {
			s.Errorf("run %s, from %q", re.State.Run, re.Origin.Copy)
		}
		end := well[controller.Result](s)(re.Resume(s.Context(), nil, nil))
		if end.State.Word() != orchestrator.Done {
			s.Errorf("it is %s: %+v", end.State.Word(), end.State.Stop)
		}
		for _, n := range []string{"a1", "a2", "a3"} {
			if got := len(s.sim.Launches(n)); got != 1 {
				s.Errorf("%s: the script was started %d times", n, got)
			}
		}
	})
}

func refused(err error) bool {
	var no *plan.RefusalError
	return errors.As(err, &no)
}
