package controller_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/steps"
)

// TestProgramsThatEmbedItKeepEachOtherOut: the place on the machine, the lock and its
// epoch are taken in here, and by no command.
func TestProgramsThatEmbedItKeepEachOtherOut(t *testing.T) {
	onSite(t, simcluster.Options{Masters: 3, Private: 1, Width: 1}, func(s *site) {
		begun, goOn := make(chan struct{}), make(chan struct{})
		first := s.open("first", func(e controller.Event) {
			if r, ok := e.(controller.Recorded); ok && r.Event.Kind == journal.StepStarted && strings.HasSuffix(string(r.Event.Step), "/patch") && begun != nil {
				close(begun)
				begun = nil
				<-goOn
			}
		})
		defer first.Close()
		p, err := first.Prepare(s.Context(), controller.Order{})
		if err != nil {
			s.Fatal(err)
		}
		started := begun
		ended := make(chan controller.Result)
		go func() {
			r, err := p.Apply(s.Context(), nil)
			if err != nil {
				s.Error(err)
			}
			ended <- r
		}()
		<-started
		refused := func(what string, err error, says string) {
			s.Helper()
			var no *plan.RefusalError
			if !errors.As(err, &no) || !strings.Contains(err.Error(), says) {
				s.Errorf("%s: %v, want a refusal that says %q", what, err, says)
			}
		}
		same, other := s.open("first", nil), s.open("elsewhere", nil)
		defer same.Close()
		defer other.Close()
		_, err = same.Prepare(s.Context(), controller.Order{})
		refused("a plan on the same machine", err, "has not ended")
		_, err = same.Reopen(s.Context(), controller.ResumeOrder{})
		refused("a resume on the same machine", err, "is under way on this machine")
		_, err = other.Prepare(s.Context(), controller.Order{})
		refused("a plan on another machine", err, "is locked by run")
		var locked *steps.LockedError
		if _, err = other.Reopen(s.Context(), controller.ResumeOrder{FromCluster: true}); !errors.As(err, &locked) || locked.Holder.Owner != "ops@first" {
			s.Errorf("a takeover while the first lives: %v", err)
		}
		_, err = other.Sweep(s.Context(), false)
		refused("a sweep while the first patches a node", err, "has not ended")
		close(goOn)
		if r := <-ended; r.State.Word() != orchestrator.Done {
			s.Errorf("the first run is %s", r.State.Word())
		}
		for _, n := range s.inv.Nodes() {
			if got := len(s.sim.Launches(string(n.Name))); got != 1 {
				s.Errorf("%s: the script was started %d times", n.Name, got)
			}
		}
	})
}
