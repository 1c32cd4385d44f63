package checks

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// LackingError means that the cluster, not the node, could not say now what a
// baseline needs: a failover is under way, or the new leader still waits for
// agents. It passes by itself.
type LackingError struct{ Reason string }

func (e *LackingError) Error() string { return e.Reason }

// Baseline reads everything that verification will compare with, and gives it
// back as the JSON of a Baseline. It fails closed: a part that cannot be read
// is an error that names it. A part that is proved not to be there (no
// CockroachDB, an agent that the leader does not list) is recorded as absent.
func (c *Cluster) Baseline(ctx context.Context, name inventory.NodeName) (json.RawMessage, error) {
	p, err := c.peer(name)
	if err != nil {
		return nil, err
	}
	b := &Baseline{
		Node: name, Role: p.node.Role, TakenAt: time.Now(),
		Processes: make(map[string]Process), Absent: make(map[string]string),
	}
	parts := []func(context.Context, *peer, *Baseline) error{
		c.baseApplied, baseUnits, baseUptime, c.baseLeader, baseCockroach, baseChecks,
	}
	for _, part := range parts {
		if err := part(ctx, p, b); err != nil {
			return nil, fmt.Errorf("%s: taking the baseline: %w", name, err)
		}
	}
	return json.Marshal(b)
}

// baseApplied records whether the node is at the target before its lane.
func (c *Cluster) baseApplied(ctx context.Context, p *peer, b *Baseline) error {
	s, err := p.survey(ctx)
	if err != nil {
		return err
	}
	b.Applied = !s.MidSwap && len(s.Active) > 0 && dcos.SamePackages(s.Active, c.subject.Packages)
	return nil
}

// provenUnits are the units whose restart is to be proved.
func provenUnits(r dcos.Role) []string {
	if r == dcos.Master {
		return []string{r.MesosUnit(), exhibitorUnit, cockroachUnit, etcdUnit}
	}
	return []string{r.MesosUnit()}
}

// baseUnits records processes and what is red. A unit that has no main process
// is recorded so: any later process is a new one.
func baseUnits(ctx context.Context, p *peer, b *Baseline) error {
	for _, name := range provenUnits(b.Role) {
		u, err := p.unit(ctx, name)
		if err != nil {
			return err
		}
		now := processOf(u)
		if now.PID > 0 && !now.known() {
			return fmt.Errorf("%s has a main process (pid %d) that cannot be identified", name, now.PID)
		}
		b.Processes[name] = now
	}
	units, err := p.allUnits(ctx)
	if err != nil {
		return err
	}
	b.Units, b.RedUnits = unitStates(units), redUnits(units, b.Role, nil)
	return nil
}

// baseUptime records the uptime of the Mesos daemon, where it runs.
func baseUptime(ctx context.Context, p *peer, b *Baseline) error {
	if unit := b.Role.MesosUnit(); !b.Processes[unit].known() {
		b.Absent["uptime"] = unit + " had no main process"
		return nil
	}
	r := p.reading(ctx)
	if r.err != nil {
		return r.err
	}
	name := "slave/uptime_secs"
	if b.Role == dcos.Master {
		name = "master/uptime_secs"
	}
	up, has := r.metrics.Get(name)
	if !has {
		return fmt.Errorf("%s is missing from the metrics", name)
	}
	b.Uptime = up
	_, b.Overlay = r.metrics.Get(overlayRecovered)
	return nil
}

// baseLeader records the leader's view: of an agent and its tasks, or, for a
// master, of all agents.
func (c *Cluster) baseLeader(ctx context.Context, p *peer, b *Baseline) error {
	l := c.leadership(ctx)
	if _, why := l.broken(minority(len(l.readings))); why != "" {
		return &LackingError{"asking the leader: " + why}
	}
	r, _ := l.leader()
	if b.Role == dcos.Master {
		if who, id := c.recovers(l.agents); id != "" {
			return &LackingError{waitsFor(r.node.Name, who, id) + ": it is not known which agents there are"}
		}
		b.Agents = make(map[string]string)
		for _, g := range l.agents.Registered {
			if g.Active {
				b.Agents[g.ID] = g.IP
			}
		}
		return nil
	}
	g, listed := agentAt(l.agents, p.node.IP)
	if !listed {
		if g, yes := recoveringAt(l.agents, p.node.IP); yes {
			return &LackingError{waitsFor(r.node.Name, string(p.node.Name), g.ID) + ": its id and tasks are not known"}
		}
		b.Absent["agent"] = fmt.Sprintf("%s works and does not list it", r.node.Name)
		c.away.before(b.Node)
		return nil
	}
	if !g.Active && !g.Deactivated {
		c.away.before(b.Node)
	}
	b.Agent = &AgentBase{
		ID: g.ID, Version: g.Version, Active: g.Active, Deactivated: g.Deactivated,
		Registered: g.RegisteredAt, Reregistered: g.ReregisteredAt,
	}
	all, err := c.tasks(ctx, l)
	if err != nil {
		return err
	}
	b.Tasks = runningOn(all, g.ID)
	return nil
}

// recovers names an agent that the leader still waits for, unless it is one that
// is excluded or one that is listed under another id.
func (c *Cluster) recovers(at dcos.Agents) (who, id string) {
	agents := agentsByIP(at)
	for _, g := range at.Recovered {
		i := slices.IndexFunc(c.subject.Nodes, func(n plan.Node) bool { return n.Role.IsAgent() && n.IP == g.Hostname })
		_, listed := agents[g.Hostname]
		switch {
		case listed, i >= 0 && c.subject.Nodes[i].Disposition == plan.Excluded:
		case i >= 0:
			return string(c.subject.Nodes[i].Name), g.ID
		default:
			return g.Hostname, g.ID
		}
	}
	return "", ""
}

// runningOn lists the ids of the tasks that run on an agent, sorted.
func runningOn(all dcos.Tasks, agent string) []string {
	var ids []string
	for _, t := range all.Launched {
		if t.AgentID == agent && t.State == "TASK_RUNNING" {
			ids = append(ids, t.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// baseCockroach records a master's own row of the IAM database.
func baseCockroach(ctx context.Context, p *peer, b *Baseline) error {
	if b.Role != dcos.Master {
		return nil
	}
	rows, absent, err := p.iamRows(ctx)
	if err != nil {
		return err
	}
	if absent != "" {
		b.Absent["cockroach"] = absent
		return nil
	}
	live, _ := rowsOf(rows, []string{p.node.IP})
	own, there := live[p.node.IP]
	if !there {
		return fmt.Errorf("CockroachDB's status has no row for %s", p.node.IP)
	}
	b.Cockroach = &CockroachBase{Address: own.Address, StartedAt: own.StartedAt}
	return nil
}

// baseChecks records the checks that are red.
func baseChecks(ctx context.Context, p *peer, b *Baseline) error {
	reports, err := p.checkReports(ctx)
	if err != nil {
		return err
	}
	b.RedChecks, _ = redChecks(reports)
	return nil
}
