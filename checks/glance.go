package checks

import (
	"context"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/elapsed"
)

// glanceFor is how long after a whole look at the masters its leader alone is
// asked for its agents.
const glanceFor = 5 * time.Second

// lastLook remembers the last look that found a leader at work. The zero
// lastLook remembers none.
type lastLook struct {
	mu sync.Mutex
	l  leadership
}

func (b *lastLook) keep(l leadership) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.l = l
}

func (b *lastLook) get() leadership {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.l
}

// glance is leadership with nothing new in it but the agents of the leader of a
// moment ago, whose metrics need not be waited for. It is good enough to go on
// waiting on, and for no more: nothing passes on it. False when no master was seen
// to lead lately, or the one who did does not answer as a leader any more.
func (c *Cluster) glance(ctx context.Context) (leadership, bool) {
	l := c.last.get()
	r, ok := l.leader()
	at := time.Now()
	if !ok || elapsed.Most(l.asked, at) > glanceFor {
		return leadership{}, false
	}
	agents, err := c.peers[r.node.Name].agents.Get(ctx)
	if err != nil {
		return leadership{}, false
	}
	c.away.see(c.subject.Nodes, agents, at)
	l.agents = agents
	return l, true
}

// byLeader judges what the leader says. What a glance shows not to hold is told
// at once; what it shows to hold is asked for in full.
func (a *gateContext) byLeader(ctx context.Context, judge func(leadership) Answer) Answer {
	if a.waiting {
		if l, ok := a.c.glance(ctx); ok {
			if ans := judge(l); !ans.Finding.Status.OK() {
				return cheaply(Answer{Finding: ans.Finding})
			}
		}
	}
	return judge(a.c.leadership(ctx))
}

// present reports whether the leader lists the step's node as an agent that
// runs tasks, or would if it were not deactivated.
func (a *gateContext) present(at dcos.Agents) bool {
	g, listed := agentAt(at, a.node.IP)
	return listed && (g.Active || g.Deactivated)
}
