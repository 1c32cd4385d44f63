package orchestrator

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/internal/shorten"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Safety says whether a run may be left as it is, and why.
type Safety struct {
	Safe    bool
	Unknown bool // nobody can say now; Safe is false
	Why     string
	Next    advice.Text // after Why: what tells; nil: nothing has to

	Until     time.Time // when that it is safe ends; zero: nothing is known to end it
	UntilWhat string    // what happens then
}

// Reason is why, and what to do about it.
func (s Safety) Reason() advice.Text {
	if s.Next == nil {
		return advice.Say(s.Why)
	}
	return advice.Say(s.Why + "; ").And(s.Next)
}

// lookLasts is how long a look at the cluster tells people how it is.
const lookLasts = 2 * time.Minute

// LeaveAt is SafeToLeave for somebody who asks now. That it is safe is only
// said from a look at the cluster that is not old, or of a run that has
// changed nothing.
func (s State) LeaveAt(now time.Time) Safety {
	safe := s.leaveAt(now)
	if safe.Safe {
		safe.Until, safe.UntilWhat = s.safeUntil(now)
	}
	return safe
}

func (s State) leaveAt(now time.Time) Safety {
	safe := s.SafeToLeave()
	ago := func(then time.Time) string { return now.Sub(then).Round(time.Second).String() + " ago" }
	switch {
	case s.Ended == journal.RunDone && len(s.Skipped()) == 0:
		return Safety{Safe: true, Why: "the run is done, and every node that it touched was verified"}
	case !safe.Safe:
		return safe
	case s.Look == nil && !s.Begun():
		return Safety{Safe: true, Why: "this run has changed nothing on any node"}
	case s.Look == nil:
		return Safety{Unknown: true, Why: "the cluster has not been looked at since the last event of the run, " + ago(s.At), Next: advice.Run("preflight").Say(" looks at it")}
	case elapsed.Most(s.LookAt, now) > lookLasts:
		return Safety{Unknown: true, Why: fmt.Sprintf("it was safe at %s, %s (%s)", s.LookAt.Local().Format("15:04:05"), ago(s.LookAt), safe.Why),
			Next: advice.Run("preflight").Say(" looks again")}
	}
	return safe
}

// SafeToLeave is computed from the state, and is conservative: what is not
// known to be back is out.
func (s State) SafeToLeave() Safety {
	if s.Plan == nil {
		return Safety{Why: "nothing is known about this run"}
	}
	if s.Stop != nil && s.Stop.Reason == journal.StopTakenOver {
		return Safety{Why: "another controller has taken this run over, or may: only its journal knows how the nodes are"}
	}
	masters, agents := s.Tallies()
	if out := s.masterOut(); out != "" {
		return Safety{Why: fmt.Sprintf("master %s is not back and verified: another failure may cost the quorum", out)}
	}
	for l := range s.each() {
		switch {
		case !l.disrupts() || l.Phase == Pending || l.Phase == Verified || !l.steps[l.Step].Action.Mutates():
		case l.Report != nil && l.Report.Class == plan.MidSwap:
			return Safety{Why: fmt.Sprintf("%s is in the middle of a swap, with its services stopped", l.node)}
		case (l.Progress != Idle || l.Now().Adopt) && (l.Report == nil || l.Report.Outcome != plan.Failed):
			return Safety{Why: fmt.Sprintf("the script may still be running on %s", l.node)}
		}
	}
	if s.Look != nil && !s.Look.Green {
		return Safety{Why: "the cluster is not whole: " + notGreen(s.Look)}
	}
	why := fmt.Sprintf("masters %d/%d serve", s.serving(masters), masters.Nodes)
	switch newer := masters.Verified + masters.AtTarget; {
	case masters.Untouched > 0 && newer > 0:
		why += "; they are of two versions, so Marathon, Metronome and the UI may be red until all are patched"
	case agents.Untouched > 0 && newer > 0:
		why += "; older agents under newer masters work"
	}
	switch n := agents.Failed + agents.InDoubt + agents.InFlight; {
	case n == 1:
		why += "; 1 agent is not verified, and Mesos may start tasks there"
	case n > 1:
		why += fmt.Sprintf("; %d agents are not verified, and Mesos may start tasks there", n)
	}
	return Safety{Safe: true, Why: why + s.missing()}
}

// serving is how many masters serve, as the last look has it: those of the
// quorum that fewest serve in.
func (s State) serving(masters Tally) int {
	n := masters.Nodes - masters.Excluded
	if s.Look != nil {
		for _, q := range s.Look.Quorums {
			n = min(n, len(q.Serving))
		}
	}
	return n
}

// missing says which agents were out of service as the run was left.
func (s State) missing() string {
	if s.Look == nil || len(s.Look.Out) == 0 {
		return ""
	}
	var names []string
	for _, n := range s.Look.Out {
		name := string(n)
		if s.Look.Deactivated(n) {
			name += " (deactivated)"
		}
		names = append(names, name)
	}
	return "; out of service: " + shorten.List(names, 5, ", ")
}

// masterOut names a master that was touched and is not verified.
func (s State) masterOut() string {
	for l := range s.each() {
		if l.kind == plan.StageMasters && (l.Phase == Admitted || l.Phase == Broken) && l.touched() && !verifiedBy(l.steps, *l.Lane) {
			return string(l.node)
		}
	}
	return ""
}

// mutated reports whether a mutating step of a lane was ever begun, and whether the lane
// has gone on from it.
func mutated(steps []plan.Step, l Lane) (begun, past bool) {
	at := slices.IndexFunc(steps[:l.Step+1], func(p plan.Step) bool { return p.Action.Mutates() })
	past = at >= 0 && at < l.Step
	here := at == l.Step && (l.Progress != Idle || l.Now().Adopt || l.Remedied || l.Remedy != plan.RemedyNone)
	return past || here, past
}

// verifiedBy reports whether every verifying step of the lane is behind it.
func verifiedBy(steps []plan.Step, l Lane) bool {
	for _, st := range steps[l.Step:] {
		if st.Action.Verifies() {
			return false
		}
	}
	return true
}

// MayRun names the nodes whose script may run, or may have been launched without
// a word of what became of it, in the plan's order of lanes. Those that a person
// left behind are among them.
func (s State) MayRun() []inventory.NodeName {
	return s.nodes(func(l laneAt) bool {
		over := l.Report != nil && (l.Report.Outcome == plan.Failed || l.Report.Outcome == plan.Done)
		return l.touched() && l.steps[l.Step].Action.Mutates() && !over
	})
}
