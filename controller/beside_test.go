package controller_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
)

// TestProgramsThatEmbedItKeepEachOtherOut: the place on the machine, the lock and its
// epoch are taken in here, and by no command.
func TestProgramsThatEmbedItKeepEachOtherOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, err := simcluster.New(simcluster.Options{Name: "sim", Masters: 3, Private: 1, Width: 1, Seed: 1, TimeScale: 1, Port: 22})
		if err != nil {
			t.Fatal(err)
		}
		defer sim.Close()
		dir := t.TempDir()
		if err := sim.WriteFiles(dir); err != nil {
			t.Fatal(err)
		}
		inv, err := inventory.Load(filepath.Join(dir, "inventory.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		open := func(owner, state string, hear func(controller.Event)) *controller.Cluster {
			c, err := controller.Open(inv, controller.Config{Owner: owner, Stores: controller.StoresAt(filepath.Join(dir, state)), Events: hear, SSH: controller.SSH{Dial: sim.DialContext}})
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		begun, goOn := make(chan struct{}), make(chan struct{})
		first := open("first", "here", func(e controller.Event) {
			if r, ok := e.(controller.Recorded); ok && r.Event.Kind == journal.StepStarted && strings.HasSuffix(string(r.Event.Step), "/patch") && begun != nil {
				close(begun)
				begun = nil
				<-goOn
			}
		})
		defer first.Close()
		p, err := first.Prepare(t.Context(), controller.Order{})
		if err != nil {
			t.Fatal(err)
		}
		started := begun
		ended := make(chan controller.Result)
		go func() {
			r, err := p.Apply(t.Context(), nil)
			if err != nil {
				t.Error(err)
			}
			ended <- r
		}()
		<-started
		refused := func(what string, err error, says string) {
			t.Helper()
			var no *plan.RefusalError
			if !errors.As(err, &no) || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v, want a refusal that says %q", what, err, says)
			}
		}
		same, other := open("second", "here", nil), open("third", "elsewhere", nil)
		defer same.Close()
		defer other.Close()
		_, err = same.Prepare(t.Context(), controller.Order{})
		refused("a plan on the same machine", err, "has not ended")
		_, err = same.Reopen(t.Context(), controller.ResumeOrder{})
		refused("a resume on the same machine", err, "is under way on this machine")
		_, err = other.Prepare(t.Context(), controller.Order{})
		refused("a plan on another machine", err, "is locked by run")
		if _, err = other.Reopen(t.Context(), controller.ResumeOrder{FromCluster: true}); err == nil || !strings.Contains(err.Error(), "first") {
			t.Errorf("a takeover while the first lives: %v", err)
		}
		_, err = other.Sweep(t.Context(), false)
		if err == nil {
			t.Error("a sweep while the first patches a node was not refused")
		}
		close(goOn)
		if r := <-ended; r.State.Word() != orchestrator.Done {
			t.Errorf("the first run is %s", r.State.Word())
		}
		for _, n := range inv.Nodes() {
			if got := len(sim.Launches(string(n.Name))); got != 1 {
				t.Errorf("%s: the script was started %d times", n.Name, got)
			}
		}
		if bad := append(sim.Violations(), sim.Drift()...); len(bad) > 0 {
			t.Error(bad)
		}
	})
}
