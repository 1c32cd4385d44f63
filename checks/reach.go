package checks

import (
	"context"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// reach remembers since when there is no way to a node, and why.
type reach struct {
	mu    sync.Mutex
	since time.Time // of the first vain try; zero after one that was not
	err   error     // of the last; nil while the first goes on
}

func (r *reach) try() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.since.IsZero() {
		r.since = time.Now()
	}
}

func (r *reach) tried(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err = err; err == nil {
		r.since = time.Time{}
	}
}

// prober is the way to the peer's node.
func (p *peer) prober(ctx context.Context) (Prober, error) {
	p.reach.try()
	prober, err := p.nodes.Node(ctx, p.node.Name)
	if err == nil || ctx.Err() == nil || context.Cause(ctx) != context.Canceled { // who gave up knows nothing
		p.reach.tried(err)
	}
	return prober, err
}

// connects is how long a connection may take that is not yet one that fails.
const connects = 2 * time.Second

// silent is the silence of the peer's node at a moment; nil when it is not silent.
func (p *peer) silent(now time.Time) *plan.Silence {
	p.reach.mu.Lock()
	defer p.reach.mu.Unlock()
	r := &p.reach
	switch {
	case r.since.IsZero() || r.err == nil && now.Sub(r.since) < connects:
		return nil
	case r.err == nil:
		return &plan.Silence{Node: p.node.Name, Since: r.since, Why: "it does not answer"}
	}
	return &plan.Silence{Node: p.node.Name, Since: r.since, Why: words(r.err)}
}

// unasked reports whether a gate lacks a no that is newer than the silence.
func (g gateState) unasked(since time.Time) bool {
	n := len(g.samples)
	return !g.verdict.Holds && (n == 0 || g.verdict.Finding.Status != dcos.Failed || g.samples[n-1].Answered.Before(since))
}

// blame puts what is late down to a node that cannot be reached, if it cannot.
func (e *GateError) blame(b *board, s *plan.Silence) {
	if s == nil {
		return
	}
	for _, g := range b.gates {
		if g.unasked(s.Since) {
			s.Gates = append(s.Gates, g.spec.Gate)
		}
	}
	e.Silent = s
}
