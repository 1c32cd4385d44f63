package controller_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dcos-patch/dcos-patch/controller"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// invalid wants an error of input that cannot be used.
func (s *site) invalid(what string, err error, says string) {
	s.Helper()
	var bad *controller.InvalidError
	if !errors.As(err, &bad) || !strings.Contains(err.Error(), says) {
		s.Errorf("%s: %v, want invalid input: %q", what, err, says)
	}
}

// TestAnOrderThatMayNotBeGivenIsRefused, whoever embeds the controller: with a master that
// is not asked, a lock would be broken while a patch runs there.
func TestAnOrderThatMayNotBeGivenIsRefused(t *testing.T) {
	onSite(t, simcluster.Options{Masters: 3, Private: 1, Width: 1}, func(s *site) {
		c, runs := s.open("here", nil), s.runs("here")
		defer c.Close()
		run := well[string](s)(runs.NewRun(time.Now()))
		for _, row := range []struct {
			node   inventory.NodeName
			reason string
			says   string
		}{
			{"m1", "its power is off", "m1 is a master"},
			{"a9", "its power is off", `no node "a9"`},
			{"a1", " ", "a1=REASON"},
		} {
			accept := map[inventory.NodeName]string{row.node: row.reason}
			_, err := c.BreakLock(s.Context(), accept)
			s.invalid("breaking the lock", err, row.says)
			_, err = c.Abandon(s.Context(), controller.AbandonOrder{Run: run, Reason: "x", Accept: accept})
			s.invalid("abandon", err, row.says)
		}
		_, err := runs.Park(run, "a1", " ")
		s.invalid("park", err, "needs --reason")
		_, err = c.Abandon(s.Context(), controller.AbandonOrder{Run: run})
		s.invalid("abandon", err, "needs --reason")
		_, err = runs.AbandonGone(controller.AbandonOrder{Run: run})
		s.invalid("abandon, of a cluster that is gone", err, "needs --reason")
		_, err = c.Reopen(s.Context(), controller.ResumeOrder{Run: run, AcceptLost: []inventory.NodeName{"a1"}})
		s.invalid("resume", err, "needs --reason")
		s.inv.Target.URL = ""
		_, err = c.Plan(s.Context(), nil)
		s.invalid("plan", err, "no target")
		_, err = c.Prepare(s.Context(), controller.Order{})
		s.invalid("apply", err, "no target")
	})
}

// TestANameThatIsNoRunsMakesNoFile: it is part of a path.
func TestANameThatIsNoRunsMakesNoFile(t *testing.T) {
	onSite(t, simcluster.Options{Masters: 1, Private: 1, Width: 1}, func(s *site) {
		c, runs := s.open("here", nil), s.runs("here")
		defer c.Close()
		other := filepath.Join(filepath.Dir(runs.Dir), "other")
		if err := os.MkdirAll(other, 0o700); err != nil {
			s.Fatal(err)
		}
		_, err := c.Reopen(s.Context(), controller.ResumeOrder{Run: "../other"})
		s.invalid("resume", err, "not the name of a run")
		_, err = runs.Park("../other", "a1", "x")
		s.invalid("park", err, "not the name of a run")
		_, err = runs.AbandonGone(controller.AbandonOrder{Run: "../other", Reason: "x"})
		s.invalid("abandon", err, "not the name of a run")
		if made, err := os.ReadDir(other); err != nil || len(made) > 0 {
			s.Errorf("made: %v, %v", made, err)
		}
	})
}
