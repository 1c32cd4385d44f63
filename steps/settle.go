package steps

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// looks is how often the cluster is looked at within a span.
const looks = 6

// A streak of looks ends where nobody looked for long, as on a controller that was
// suspended: lookSlack is how much longer than planned a pause may be, for
// rehearsals too, and lookLimit how long one look may take.
const (
	lookSlack = 2 * time.Second
	lookLimit = 5 * time.Minute
)

// settle looks until the cluster has been green, without a red look, for its span,
// the node itself among those that serve; a red look starts the span again, up to the
// step's timeout. Without a span, one green look is enough. The last look, which is
// green where the report says Done, is in obs.
type settle struct {
	machine
	span            time.Duration
	asked           time.Time // when the look that is under way was begun
	since, answered time.Time // of the streak of green looks; of the last look
	obs             plan.Observation
	last            dcos.Finding
	seen            lastLooks
}

func (s *settle) start(Answer) Move {
	s.begin()
	return s.look()
}

func (s *settle) look() Move {
	s.asked = s.now
	return s.call(Call{Do: Observe}, s.looked)
}

func (s *settle) looked(a Answer) Move {
	s.obs = a.Observation
	now := judge(s.obs, s.task, s.now)
	if !s.over() { // else the look was cut short, and says nothing of the cluster
		s.seen.see(now, s.obs)
		if now.Status != s.last.Status || now.Observed != s.last.Observed {
			s.tell(plan.Note{Finding: &now})
			s.last = now
		}
	}
	every := max(s.span/looks, s.poll)
	switch {
	case !now.Status.OK():
		s.since = time.Time{}
	case elapsed.Most(s.asked, s.now) > lookLimit: // what it saw first is old
		s.since = time.Time{}
	case s.since.IsZero(), elapsed.Most(s.answered, s.asked) > 3*every+lookSlack:
		s.since = s.asked
	}
	s.answered = s.now
	if !s.since.IsZero() && elapsed.Least(s.since, s.now) >= s.span {
		return end(plan.Report{Outcome: plan.Done, Findings: warned(s.obs, now), Detail: remark(now)})
	}
	return s.wait(min(every, max(s.span-s.now.Sub(s.since), s.poll)), s.look, func() Move {
		if s.stopped {
			return end(stoppedWatching())
		}
		return end(s.seen.late(s.task, s.since, s.span))
	})
}

func stoppedWatching() plan.Report {
	return plan.Report{Outcome: plan.InDoubt, Detail: "stopped watching"}
}

// lastLooks are the newest look that was not cut short, and the newest red one.
type lastLooks struct {
	last, red dcos.Finding
	findings  []dcos.Finding // of the last
}

func (l *lastLooks) see(f dcos.Finding, obs plan.Observation) {
	if l.last, l.findings = f, obs.Findings; !f.Status.OK() {
		l.red = f
	}
}

// late is the report of a step whose time was over before the cluster had been green for
// the span.
func (l *lastLooks) late(t plan.Task, since time.Time, span time.Duration) plan.Report {
	limit := t.Step.Timeout.D()
	why := fmt.Sprintf("the cluster was not green within %s: %s", limit, l.last.Observed)
	switch {
	case l.last.At.IsZero():
		why = fmt.Sprintf("no look at the cluster was complete within %s", limit)
	case l.last.Status.OK():
		why = fmt.Sprintf("the cluster was green for %s of %s when %s were over", l.last.At.Sub(since).Round(time.Second), span, limit)
		if !l.red.At.IsZero() {
			why += fmt.Sprintf("; last red at %s: %s", l.red.At.Local().Format(plan.ClockText), l.red.Observed)
		}
	}
	return plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Findings: l.findings, Detail: why}
}

// judge makes one finding of an observation: the cluster is green and the
// step's node is not out.
func judge(obs plan.Observation, t plan.Task, at time.Time) dcos.Finding {
	f := dcos.Finding{Check: "cluster", Node: string(t.Step.Node), Want: "green, and the node serving", At: at}
	switch {
	case !obs.Green:
		f.Status, f.Observed = dcos.Failed, reasons(obs.Findings)
	case mayStayOut(obs, t, t.Step.Node):
		f.Status, f.Observed = dcos.Warned, fmt.Sprintf("green; %s is deactivated at the leader, as it was before its patch", t.Step.Node)
	case obs.Deactivated(t.Step.Node):
		f.Status, f.Observed = dcos.Failed, fmt.Sprintf("%s is deactivated at the leader, and was not before its patch", t.Step.Node)
	case slices.Contains(obs.Out, t.Step.Node):
		f.Status, f.Observed = dcos.Failed, fmt.Sprintf("%s is out of service at the leader", t.Step.Node)
	default:
		f.Status, f.Observed = dcos.Passed, "green"
	}
	return f
}

// mayStayOut reports whether a node is out of service because somebody else had
// deactivated it before its lane began: a patch puts nothing into service that
// was not in service.
func mayStayOut(obs plan.Observation, t plan.Task, n inventory.NodeName) bool {
	return obs.Deactivated(n) && slices.Contains(t.Deactivated, n)
}

// warned adds to a look's findings one that passed and that a person should see.
func warned(obs plan.Observation, now dcos.Finding) []dcos.Finding {
	if now.Status != dcos.Warned {
		return obs.Findings
	}
	return append(slices.Clone(obs.Findings), now)
}

func remark(now dcos.Finding) string {
	if now.Status != dcos.Warned {
		return ""
	}
	return now.Observed
}

func reasons(findings []dcos.Finding) string {
	var bad []string
	for _, f := range findings {
		if !f.Status.OK() {
			bad = append(bad, strings.TrimSpace(f.Check+" "+f.Node)+": "+f.Observed)
		}
	}
	if len(bad) == 0 {
		return "not green, without a reason"
	}
	return strings.Join(bad, "; ")
}
