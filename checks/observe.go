package checks

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/elapsed"
	"github.com/dcos-patch/dcos-patch/internal/fanout"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Observe is the cluster gate: what admission and the quorum proof rest on.
// Every master is asked for everything, side by side, and so are those of the
// operator's own gates that the work waits for. What cannot be read is a
// finding that is not OK, and the observation is then not green; no error is
// kept back. It takes as long as the slowest answer.
func (c *Cluster) Observe(ctx context.Context, ask plan.Ask) plan.Observation {
	began := time.Now()
	masters := c.masters
	looks := make([]masterLook, len(masters))
	var l leadership
	var wg sync.WaitGroup
	var own []dcos.Finding
	var upkeep maintenance
	wg.Go(func() {
		l = c.leadership(ctx)
		upkeep = c.maintenance(ctx, l)
	})
	wg.Go(func() { own = c.ownGates(ctx, ask) })
	fanout.Each(atOnce, masters, func(i int, p *peer) { looks[i] = p.look(ctx) })
	wg.Wait()
	for i := range looks { // the leadership has read everybody's metrics
		looks[i].reading = l.readings[i]
	}
	v := view{
		nodes: c.subject.Nodes, looks: looks, lead: l,
		staleRows: c.staleRows(looks, began), own: own, upkeep: upkeep,
	}
	v.age = elapsed.Since(began)
	obs := boundedObservation(v.observation())
	if ctx.Err() != nil {
		obs.Findings = withoutCut(obs.Findings, time.Since(began))
	}
	c.looked(ctx, ask, began, obs.Findings)
	if ask.Load {
		obs.Tasks = c.taskCounts(ctx, l)
	}
	return obs
}

// look asks a master for all but its metrics.
func (p *peer) look(ctx context.Context) masterLook {
	m := masterLook{node: p.node}
	if _, err := p.prober(ctx); err != nil { // each question would try to connect again
		m.srvrErr, m.exhibitorErr, m.surveyErr, m.iamErr, m.etcdErr = err, err, err, err, err
		return m
	}
	m.srvr, m.srvrErr = p.srvr(ctx)
	m.code, m.servers, m.exhibitorErr = p.exhibitor(ctx)
	s, err := p.survey(ctx)
	m.survey, m.surveyErr = s, err
	if err != nil {
		m.iamErr, m.etcdErr = err, err
	} else {
		m.rows, m.noIAM, m.iamErr = p.iamRowsOf(ctx, s)
		if m.noEtcd, _ = packageAbsent(s.Active, etcdPackage); m.noEtcd == "" {
			m.etcd, m.etcdErr = p.etcd(ctx)
		}
	}
	m.marathon = p.marathonLeader(ctx)
	return m
}

// staleRows lists the masters' rows that have not been rewritten for too long,
// as any of them shows.
func (c *Cluster) staleRows(looks []masterLook, asked time.Time) []string {
	var addresses []string
	for _, m := range looks {
		addresses = append(addresses, m.node.IP)
	}
	newest := make(map[string]dcos.CockroachNode)
	for _, m := range looks {
		live, _ := rowsOf(m.rows, addresses)
		for ip, r := range live {
			if old, twice := newest[ip]; !twice || r.UpdatedAt.After(old.UpdatedAt) {
				newest[ip] = r
			}
		}
	}
	stale := c.rows.stale(rowMarks(newest), asked)
	slices.Sort(stale)
	return stale
}

// taskCounts is how many tasks run on each agent; nil when that is not known. It
// only informs.
func (c *Cluster) taskCounts(ctx context.Context, l leadership) map[inventory.NodeName]int {
	all, err := c.tasks(ctx, l)
	if err != nil {
		return nil
	}
	counts, agents := make(map[inventory.NodeName]int), agentsByIP(l.agents)
	for _, n := range c.subject.Nodes {
		if g, listed := agents[n.IP]; n.Role.IsAgent() && listed {
			counts[n.Name] = len(runningOn(all, g.ID))
		}
	}
	return counts
}
