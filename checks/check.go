package checks

import (
	"context"
	"fmt"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fanout"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Check asks every gate of the task's step once, side by side, and gives back
// the findings in the step's order: a look, where Await is a proof. The step
// cannot be asked at all: see Await. A task without a baseline is compared
// with nothing, unless its step follows a patch: then what needs a baseline is
// unknown.
func (c *Cluster) Check(ctx context.Context, t plan.Task) ([]dcos.Finding, error) {
	gates, a, err := c.prepare(t)
	if err != nil {
		return nil, fmt.Errorf("step %s: %w", t.Step.ID, err)
	}
	findings := make([]dcos.Finding, len(gates))
	fanout.Each(len(gates), gates, func(i int, g polled) {
		s := sample(ctx, a, g.gate)
		findings[i] = s.Finding
		findings[i].At = s.Answered
	})
	return findings, nil
}
