package patcher

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// green waits for one green look at the cluster.
func (p *Patcher) green(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	return p.staysGreen(ctx, t, 0, note)
}

// settle waits until the cluster has been green for the step's span, the node
// itself among those that serve.
func (p *Patcher) settle(ctx context.Context, t plan.Task, note func(plan.Note)) plan.Report {
	return p.staysGreen(ctx, t, t.Step.Span.D(), note)
}

// looks is how often the cluster is looked at within a span.
const looks = 6

// staysGreen looks until the cluster has been green, without a red look, for
// the span; a red look starts the span anew, up to the step's timeout.
func (p *Patcher) staysGreen(ctx context.Context, t plan.Task, span time.Duration, note func(plan.Note)) plan.Report {
	limited, cancel := within(ctx, t.Step.Timeout)
	defer cancel()
	every := max(span/looks, p.Poll)
	var since time.Time
	var last dcos.Finding
	for {
		asked := time.Now()
		obs := p.Gates.Observe(limited, plan.Ask{Stage: string(t.Step.ID)})
		now := judge(obs, t)
		if limited.Err() == nil {
			if now.Status != last.Status || now.Observed != last.Observed {
				note(plan.Note{Finding: &now})
				last = now
			}
		}
		switch {
		case !now.Status.OK():
			since = time.Time{}
		case since.IsZero():
			since = asked
		}
		if !since.IsZero() && time.Since(since) >= span {
			return plan.Report{Outcome: plan.Done, Findings: obs.Findings}
		}
		if !pause(limited, min(every, max(span-time.Since(since), p.Poll))) {
			return ended(ctx, last, obs)
		}
	}
}

func ended(ctx context.Context, last dcos.Finding, obs plan.Observation) plan.Report {
	if ctx.Err() != nil {
		return plan.Report{Outcome: plan.InDoubt, Detail: "stopped watching"}
	}
	return plan.Report{Outcome: plan.Failed, Class: plan.NotVerified, Findings: obs.Findings,
		Detail: fmt.Sprintf("the cluster did not stay green in time: %s", last.Observed)}
}

// judge makes one finding of an observation: the cluster is green and the
// step's node is not out.
func judge(obs plan.Observation, t plan.Task) dcos.Finding {
	f := dcos.Finding{Check: "cluster", Node: string(t.Step.Node), Want: "green, and the node serving", At: time.Now()}
	switch {
	case !obs.Green:
		f.Status, f.Observed = dcos.Failed, reasons(obs.Findings)
	case slices.Contains(obs.Out, t.Step.Node):
		f.Status, f.Observed = dcos.Failed, fmt.Sprintf("%s is out of service at the leader", t.Step.Node)
	default:
		f.Status, f.Observed = dcos.Passed, "green"
	}
	return f
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
