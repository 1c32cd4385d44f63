package checks

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
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

// Silence is a node that cannot be reached.
type Silence struct {
	Since time.Time // controller's clock
	Why   string
	Gates []string // that could not be asked for it
}

// silent is the silence of the peer's node at a moment; nil when it is not silent.
func (p *peer) silent(now time.Time) *Silence {
	p.reach.mu.Lock()
	defer p.reach.mu.Unlock()
	r := &p.reach
	switch {
	case r.since.IsZero() || r.err == nil && now.Sub(r.since) < connects:
		return nil
	case r.err == nil:
		return &Silence{Since: r.since, Why: "it does not answer"}
	}
	return &Silence{Since: r.since, Why: words(r.err)}
}

func (s *Silence) String() string {
	text := fmt.Sprintf("it cannot be reached since %s UTC: %s", s.Since.UTC().Format("15:04:05"), s.Why)
	switch n := len(s.Gates); n {
	case 0:
		return text
	case 1:
		return text + "; the gate " + s.Gates[0] + " could not be asked"
	default:
		return fmt.Sprintf("%s; %d gates could not be asked: %s", text, n, strings.Join(s.Gates, ", "))
	}
}

// silence is the finding that stands in the place of all that could not be asked.
func (e *GateError) silence() dcos.Finding {
	q := question{"connection", e.Node, "an SSH connection to it"}
	return q.unknown("%s", e.Silent)
}

// unasked reports whether a gate lacks a no that is newer than the silence.
func (g gateState) unasked(since time.Time) bool {
	n := len(g.samples)
	return !g.verdict.Holds && (n == 0 || g.verdict.Finding.Status != dcos.Failed || g.samples[n-1].Answered.Before(since))
}

// blame puts what is late down to a node that cannot be reached, if it cannot.
func (e *GateError) blame(b *board, s *Silence) *GateError {
	if s == nil {
		return e
	}
	e.Silent, e.Findings = s, nil
	for i, f := range b.findings() {
		if b.gates[i].unasked(s.Since) {
			s.Gates = append(s.Gates, b.gates[i].spec.Gate)
			continue
		}
		e.Findings = append(e.Findings, f)
	}
	e.Findings = append([]dcos.Finding{e.silence()}, e.Findings...)
	return e
}
