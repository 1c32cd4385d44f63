package safety

import (
	"fmt"
	"slices"
	"strings"
)

// broken collects the rules that do not hold.
type broken []string

func (b *broken) add(format string, args ...any) { *b = append(*b, fmt.Sprintf(format, args...)) }

// Always gives the broken ones of the rules that hold at every moment.
func (c Cluster) Always() []string {
	var bad broken
	var masters []string
	agents, flying := c.Agents, c.Flying
	for _, n := range c.Nodes {
		if n.Flies {
			flying++
		}
		switch {
		case n.Master && (n.Taken || n.Out && n.Ours):
			masters = append(masters, n.Name)
		case !n.Master && (n.Taken || n.Flies):
			agents = true
		}
		if (n.Running || n.Finishing) && n.GoneOn {
			bad.add("%s: its lane has gone on, and its script still runs", n.Name)
		}
		if n.Leaves != "" && n.GoneOn {
			bad.add("%s: its lane has gone on, and %s may be left", n.Name, n.Leaves)
		}
		if n.Leaves != "" && !c.Owes {
			bad.add("%s: %s may be left, and the run does not owe to remove it", n.Name, n.Leaves)
		}
	}
	if len(masters) > 1 {
		bad.add("two masters out at once: %s", strings.Join(masters, " and "))
	}
	if c.Staged && flying > c.Width {
		bad.add("%d nodes in flight, width %d", flying, c.Width)
	}
	for _, m := range c.Nodes {
		if agents && m.Master && m.Owed && !m.Verified {
			bad.add("agents are taken before master %s is done", m.Name)
		}
	}
	return bad
}

// Begin judges that the run begins something on a node, whatever becomes of it.
func (c Cluster) Begin(name string) []string {
	var bad broken
	if c.Held != "" {
		bad.add("%s is taken although %s", name, c.Held)
	}
	if c.Masters > 0 && 2*c.Locks <= c.Masters {
		bad.add("%s is taken by a run that holds the lock on %d of %d masters", name, c.Locks, c.Masters)
	}
	return bad
}

// take judges that a node is taken out: what it is said of is true before.
func (c Cluster) take(name string) []string {
	bad := broken(c.Begin(name))
	c.Nodes = slices.Clone(c.Nodes)
	n := c.node(name)
	n.Taken, n.Flies = true, true
	bad = append(bad, c.Always()...)
	for _, m := range c.Nodes {
		if !n.Master || !m.Master {
			continue
		}
		if m.Out && m.Name != name && !m.Ours { // what is out because of the run, Always has told
			bad.add("%s is taken while master %s does not serve", name, m.Name)
		}
		if m.Behind {
			bad.add("%s is taken while ranges of master %s are under-replicated", name, m.Name)
		}
	}
	return bad
}

// node finds one; there must be such.
func (c Cluster) node(name string) *Node {
	return &c.Nodes[slices.IndexFunc(c.Nodes, func(n Node) bool { return n.Name == name })]
}

// Launch judges that the script is begun on a node, before its effects.
func (c Cluster) Launch(name string) []string {
	bad := broken(c.take(name))
	if c.node(name).Begun {
		bad.add("the script is begun again on %s, and nothing proves that the last time changed nothing", name)
	}
	return bad
}

// Remedy is what is true as the run wants a cut swap finished.
type Remedy struct {
	Node     string
	Approved bool // by a person, since the last answered call
	Proved   bool // that it may be taken, by a fresh look
	Cut      bool // the swap, or the start of the services after it
}

// Broken gives the rules that the remedy breaks, whatever the node makes of it.
func (r Remedy) Broken() []string {
	var bad broken
	if !r.Approved {
		bad.add("the swap of %s is finished without approval", r.Node)
	}
	if !r.Proved {
		bad.add("the swap of %s is finished without a fresh proof", r.Node)
	}
	if !r.Cut {
		bad.add("the swap of %s is finished, and it was not cut", r.Node)
	}
	return bad
}

// Finish judges that a call begins to finish a node's swap, before its effects.
func (c Cluster) Finish(name string) []string {
	bad := broken(c.take(name))
	if c.node(name).Finishing {
		bad.add("the swap of %s is finished beside another call", name)
	}
	if c.node(name).Told {
		bad.add("the swap of %s is finished, and the run was told that it stays cut", name)
	}
	return bad
}

// Admit judges that an agent is admitted: Out are those that are, or that may be
// soon because they were admitted or taken.
func (c Cluster) Admit(name string) []string {
	var bad broken
	out := 1
	for _, n := range c.Nodes {
		if n.Late {
			bad.add("%s is admitted while %s has been away for most of what Mesos allows", name, n.Name)
		}
		if n.Out && !n.Master && n.Name != name {
			out++
		}
	}
	if out > c.MaxOut {
		bad.add("%s is admitted as number %d out of service, max_out %d", name, out, c.MaxOut)
	}
	return bad
}

// Risks are the reasons why the cluster may not be left alone now.
func (c Cluster) Risks() []string {
	var why broken
	for _, n := range c.Nodes {
		switch {
		case n.Running:
			why.add("the script is running on %s", n.Name)
		case n.Cut:
			why.add("%s is in the middle of a swap", n.Name)
		case n.Master && n.Out && n.Ours:
			why.add("master %s does not serve", n.Name)
		}
	}
	if c.Held != "" {
		why = append(why, c.Held)
	}
	return why
}

// Safe judges that SAFE TO LEAVE is said.
func (c Cluster) Safe() []string {
	bad := c.Risks()
	for i, why := range bad {
		bad[i] = "SAFE TO LEAVE is said falsely: " + why
	}
	return bad
}

// Done judges that the run is called done; nodes that it says it leaves are not
// given.
func (c Cluster) Done() []string {
	var bad broken
	for _, n := range c.Nodes {
		if n.Owed && !n.Verified || n.Taken {
			bad.add("done is said, and %s is not patched and verified", n.Name)
		}
		if n.Leaves != "" {
			bad.add("done is said, and %s of %s may be left", n.Leaves, n.Name)
		}
	}
	return bad
}
