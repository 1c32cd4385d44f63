package patcher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dcos-patch/dcos-patch/checks"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
)

// nodeShare is the part of a step's timeout that a node's own silence is waited
// for; what the cluster lacks, as in a failover, is waited for in full.
const nodeShare = 4

// awaitBaseline takes a baseline, again and again as a gate is asked: nothing
// was touched, so that a failover, which takes half a minute, is no failure. Each
// try reads everything again. waits is told of each new reason.
func (p *Patcher) awaitBaseline(ctx context.Context, t plan.Task, n inventory.NodeName, waits func(why string)) (json.RawMessage, error) {
	limited, cancel := within(ctx, t.Step.Timeout)
	defer cancel()
	node, enough := within(ctx, t.Step.Timeout/nodeShare)
	defer enough()
	var last error
	for {
		b, err := p.Gates.Baseline(limited, n)
		var lacking *checks.LackingError
		switch {
		case err == nil:
			return b, nil
		case limited.Err() != nil && last != nil: // cut short: it says only that
			return nil, fmt.Errorf("%w (waited %s)", last, t.Step.Timeout)
		case errors.Is(err, sshexec.ErrHostKey), errors.Is(err, sshexec.ErrAuth), limited.Err() != nil, t.Step.Timeout <= 0:
			return nil, err
		case !errors.As(err, &lacking) && node.Err() != nil:
			return nil, fmt.Errorf("%w (waited %s)", err, t.Step.Timeout/nodeShare)
		}
		if last == nil || last.Error() != err.Error() {
			waits(err.Error())
		}
		if last = err; !pause(limited, p.Poll) {
			return nil, fmt.Errorf("%w (waited %s)", last, t.Step.Timeout)
		}
	}
}
