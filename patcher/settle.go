package patcher

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// green waits for one green look at the cluster.
func (p *Patcher) green(ctx context.Context, t plan.Task, note func(plan.Note)) (plan.Observation, plan.Report) {
	return p.staysGreen(ctx, t, 0, note)
}

// settle waits until the cluster has been green for the step's span, the node
// itself among those that serve.
func (p *Patcher) settle(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	_, rep := p.staysGreen(ctx, t, t.Step.Span.D(), note)
	return rep
}

// looks is how often the cluster is looked at within a span.
const looks = 6

// A row of looks ends where nobody looked for long, as on a controller that was
// suspended: lookSlack is how much longer than planned a pause may be, for
// rehearsals too, and lookLimit how long one look may take.
const (
	lookSlack = 2 * time.Second
	lookLimit = 5 * time.Minute
)

// staysGreen looks until the cluster has been green, without a red look, for
// the span; a red look starts the span again, up to the step's timeout. It gives
// back the last look, which is green where the report says Done.
func (p *Patcher) staysGreen(ctx context.Context, t plan.Task, span time.Duration, note func(plan.Note)) (plan.Observation, plan.Report) {
	limited, cancel := within(ctx, t.Step.Timeout)
	defer cancel()
	every := max(span/looks, p.Poll)
	var since, answered time.Time // of the row of green looks; of the last look
	var last dcos.Finding
	var seen lastLooks
	for {
		asked := time.Now()
		obs := p.Gates.Observe(limited, t.Plan.Ask(t.Step.ID))
		now := judge(obs, t)
		if limited.Err() == nil { // else the look was cut short, and says nothing of the cluster
			seen.see(now, obs)
			if now.Status != last.Status || now.Observed != last.Observed {
				note(plan.Note{Finding: &now})
				last = now
			}
		}
		switch {
		case !now.Status.OK():
			since = time.Time{}
		case elapsed.Since(asked) > lookLimit: // what it saw first is old
			since = time.Time{}
		case since.IsZero(), elapsed.Most(answered, asked) > 3*every+lookSlack:
			since = asked
		}
		answered = time.Now()
		if !since.IsZero() && elapsed.Least(since, answered) >= span {
			return obs, plan.Report{Outcome: plan.Done, Findings: warned(obs, now), Detail: remark(now)}
		}
		if !pause(limited, min(every, max(span-time.Since(since), p.Poll))) {
			return obs, ended(ctx, seen.late(t, since, span))
		}
	}
}

func ended(ctx context.Context, late plan.Report) plan.Report {
	if ctx.Err() != nil {
		return plan.Report{Outcome: plan.InDoubt, Detail: "stopped watching"}
	}
	return late
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
func judge(obs plan.Observation, t plan.Task) dcos.Finding {
	f := dcos.Finding{Check: "cluster", Node: string(t.Step.Node), Want: "green, and the node serving", At: time.Now()}
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
