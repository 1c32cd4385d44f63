package orchestrator

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// waiting is an agent that the leader recovers until the nth observation.
func waiting(until int) func(int) []plan.AgentState {
	return func(n int) []plan.AgentState {
		if n >= until {
			return nil
		}
		return []plan.AgentState{{Node: "a1", State: plan.AgentRecovering, Detail: "leader m1 still waits for it (x-S1) since its failover"}}
	}
}

// order lists the nodes in the order in which their scripts began.
func (w *script) order() (nodes []string) {
	for _, id := range w.did {
		if at, action, _ := strings.Cut(string(id), "/"); strings.HasSuffix(action, "/patch") && at != "" {
			nodes = append(nodes, strings.TrimSuffix(action, "/patch"))
		}
	}
	return nodes
}

func TestAnAgentThatIsRecoveringIsNotAdmittedAndTheOthersAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{states: waiting(12)}
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{agents: 3, width: 1, hold: time.Hour})), nil)
		if err != nil || s.Ended != journal.RunDone {
			t.Fatal(s.Stop, err)
		}
		if got := w.order(); !slices.Equal(got, []string{"a2", "a3", "a1"}) {
			t.Errorf("patched in order %v: want a1 last, once its leader has heard of it", got)
		}
		held := slices.IndexFunc(w.journal, func(e journal.Event) bool {
			return e.Kind == journal.Held && strings.Contains(e.Detail, "a1 waits: leader m1 still waits for it")
		})
		if held < 0 {
			t.Error("no hold says what a1 waits for")
		}
	})
}

func TestNoMasterIsAdmittedWhileTheLeaderRecoversAnAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &script{states: waiting(1000)}
		s, err := w.drive(t.Context(), New(), started(testPlan(shape{masters: 3, agents: 2, width: 1, hold: 10 * time.Minute})), nil)
		if err != nil || s.Stop == nil || s.Stop.Reason != journal.StopHeld || len(w.order()) > 0 {
			t.Fatalf("patched %v, stop %+v, %v", w.order(), s.Stop, err)
		}
		if !strings.Contains(s.Stop.Detail, "waits: a1: leader m1 still waits") {
			t.Error(s.Stop.Detail)
		}
	})
}
