package checks

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Away is how long an agent has been missed at the leading master, and how
// long that may last before Mesos gives its tasks up. The zero Away is an
// agent that is not missed, as far as is known.
type Away struct {
	Since  time.Time     // first look that missed it, controller's clock; zero: not missed
	Seen   time.Time     // last look
	Budget time.Duration // the leader's own ping timeout × count, or its reregister timeout (/flags); 0: not known

	Before     bool // it was missed before its lane began: what Mesos does about that is not due to its patch
	Recovering bool // the leader has not heard of it since its failover, and sends it no pings
}

// The shares of the budget at which people and admission must know, and how long
// the budget may take to be read: it is asked for when an agent is first missed.
const (
	budgetUnread = 5 * time.Second

	awayWarn = 0.4
	awayHold = 0.6
)

// For is how long the agent has been missed. It is what was seen: the agent
// may have left up to one look earlier.
func (a Away) For() time.Duration {
	if a.Since.IsZero() {
		return 0
	}
	return elapsed.Most(a.Since, a.Seen)
}

// Share is the part of the budget that is used up; 0 when the agent is not
// missed. When it is, and the budget is not known soon after, all of it may be.
func (a Away) Share() float64 {
	switch {
	case a.Since.IsZero(), a.Before, a.For() == 0, a.Budget <= 0 && a.For() < budgetUnread:
		return 0
	case a.Budget <= 0:
		return 1
	}
	return float64(a.For()) / float64(a.Budget)
}

// Warn, Hold and Spent report what the share asks for: a word to a person,
// admitting nothing, and that Mesos has given up.
func (a Away) Warn() bool { return a.Share() >= awayWarn }

// Hold reports whether nothing may be admitted while this lasts.
func (a Away) Hold() bool { return a.Share() >= awayHold }

// Spent reports whether Mesos gives the agent's tasks up already, as far as that
// is known.
func (a Away) Spent() bool { return a.Budget > 0 && a.Share() >= 1 }

// String is "away 2m0s of 5m0s", in tenths of the budget so that it does not
// change with every look; empty when the agent is not missed.
func (a Away) String() string {
	switch {
	case a.Since.IsZero():
		return ""
	case a.Before:
		return "away since before its patch"
	case a.Budget <= 0:
		return fmt.Sprintf("away %s of an unknown time", a.For().Truncate(30*time.Second))
	}
	return fmt.Sprintf("away %s of %s", a.For().Truncate(a.Budget/10).Round(time.Millisecond), a.Budget)
}

// Away looks at the leader for an agent, now. Call it while a patch runs: what
// is not looked at is not counted. An error means that it is not known.
func (c *Cluster) Away(ctx context.Context, name inventory.NodeName) (Away, error) {
	p, err := c.peer(name)
	if err != nil {
		return Away{}, err
	}
	l := c.leadership(ctx)
	if _, why := l.broken(minority(len(l.readings))); why != "" {
		return Away{}, fmt.Errorf("%s: asking the leader about it: %s", name, why)
	}
	return c.awayAt(ctx, l, p.node), nil
}

// LastAway is what the last look said. It asks nothing.
func (c *Cluster) LastAway(name inventory.NodeName) Away { return c.away.of(name) }

// awayAt is the book's entry after a look, with the leader's own budget when
// the agent is missed.
func (c *Cluster) awayAt(ctx context.Context, l leadership, n plan.Node) Away {
	a := c.away.of(n.Name)
	r, ok := l.leader()
	if a.Since.IsZero() || !ok {
		return a
	}
	flags, err := overHTTP(ctx, c.peers[r.node.Name].mesos.Flags)
	if err != nil {
		return a
	}
	read := dcos.PingBudget
	if a.Recovering {
		read = dcos.ReregisterBudget
	}
	if budget, err := read(flags); err == nil {
		c.away.budget(n.Name, budget)
	}
	return c.away.of(n.Name)
}

// awayBook remembers since when each agent is missed. Any look at the leader
// feeds it. The zero awayBook is empty.
type awayBook struct {
	mu    sync.Mutex
	nodes map[inventory.NodeName]Away
}

// see enters the leader's list as it was asked for at a moment. A list older
// than the last one says nothing.
func (b *awayBook) see(nodes []plan.Node, at dcos.Agents, asked time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.nodes == nil {
		b.nodes = make(map[inventory.NodeName]Away)
	}
	agents := agentsByIP(at)
	for _, n := range nodes {
		was := b.nodes[n.Name]
		if !n.Role.IsAgent() || asked.Before(was.Seen) {
			continue
		}
		now := Away{Seen: asked}
		if g, listed := agents[n.IP]; !listed || !g.Active && !g.Deactivated {
			now.Since, now.Before = was.Since, was.Before
			if now.Since.IsZero() {
				now.Since = asked
			}
			if _, yes := recoveringAt(at, n.IP); yes && !listed {
				now.Recovering = true
			}
			if now.Recovering == was.Recovering {
				now.Budget = was.Budget
			}
		}
		b.nodes[n.Name] = now
	}
}

// before enters that an agent is missed as its lane begins: until it has come
// back, or its verification begins, its time away counts for nothing.
func (b *awayBook) before(name inventory.NodeName) {
	b.change(name, func(a *Away) { a.Before = true })
}

// afresh begins an agent's time away once more, with the next look: its patch
// has started it again.
func (b *awayBook) afresh(name inventory.NodeName) {
	b.change(name, func(a *Away) { *a = Away{Seen: a.Seen} })
}

// change changes the entry of an agent that is missed.
func (b *awayBook) change(name inventory.NodeName, how func(*Away)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a, ok := b.nodes[name]; ok && !a.Since.IsZero() {
		how(&a)
		b.nodes[name] = a
	}
}

func (b *awayBook) budget(name inventory.NodeName, d time.Duration) {
	b.change(name, func(a *Away) { a.Budget = d })
}

func (b *awayBook) of(name inventory.NodeName) Away {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.nodes[name]
}
