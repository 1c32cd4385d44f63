package checks

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/fanout"
	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/node"
)

// unit asks systemd on the node for one unit. The gates of a step, which all
// want to know the same process, share the answer.
func (p *peer) unit(ctx context.Context, name string) (dcos.Unit, error) {
	p.mu.Lock()
	shared, known := p.units[name]
	if !known {
		shared = mesos.NewShared(unitPace(), func(ctx context.Context) (dcos.Unit, error) { return p.askUnit(ctx, name) })
		p.units[name] = shared
	}
	p.mu.Unlock()
	return shared.Get(ctx)
}

func (p *peer) askUnit(ctx context.Context, name string) (dcos.Unit, error) {
	us, err := onNode(ctx, p, shellTimeout, func(ctx context.Context, h Prober) ([]dcos.Unit, error) {
		return node.Units(ctx, h, name)
	})
	if err != nil {
		return dcos.Unit{}, fmt.Errorf("asking for unit %s: %w", name, err)
	}
	for _, u := range us {
		if u.Name == name {
			return u, nil
		}
	}
	return dcos.Unit{}, fmt.Errorf("asking for unit %s: the node's answer lacks it", name)
}

// allUnits asks systemd on the node for every unit of DC/OS.
func (p *peer) allUnits(ctx context.Context) ([]dcos.Unit, error) {
	us, err := onNode(ctx, p, shellTimeout, func(ctx context.Context, h Prober) ([]dcos.Unit, error) {
		return node.AllUnits(ctx, h)
	})
	if err != nil {
		return nil, fmt.Errorf("asking for the units of DC/OS: %w", err)
	}
	return us, nil
}

// checkReports runs the node's own checks, one suite after the other.
func (p *peer) checkReports(ctx context.Context) (map[string]dcos.CheckReport, error) {
	reports := make(map[string]dcos.CheckReport)
	for _, kind := range checkKinds() {
		report, err := onNode(ctx, p, slowTimeout, func(ctx context.Context, h Prober) (dcos.CheckReport, error) {
			raw, _, err := node.Checks(ctx, h, kind) // the exit code says less than the text
			if err != nil {
				return dcos.CheckReport{}, err
			}
			return dcos.ParseCheckReport(raw)
		})
		if err != nil {
			return nil, fmt.Errorf("running the checks of %s: %w", kind, err)
		}
		reports[kind] = report
	}
	return reports, nil
}

// exhibitor asks the node's Exhibitor about the ensemble.
func (p *peer) exhibitor(ctx context.Context) (code int, servers []dcos.ExhibitorServer, err error) {
	type reply struct {
		code int
		body []byte
	}
	r, err := onNode(ctx, p, slowTimeout, func(ctx context.Context, h Prober) (reply, error) {
		code, body, err := node.Exhibitor(ctx, h)
		return reply{code, body}, err
	})
	if err != nil {
		return 0, nil, fmt.Errorf("asking Exhibitor: %w", err)
	}
	if r.code != http.StatusOK {
		return r.code, nil, nil
	}
	servers, err = dcos.ParseExhibitorStatus(r.body)
	if err != nil {
		return 0, nil, fmt.Errorf("asking Exhibitor: %w", err)
	}
	return r.code, servers, nil
}

// maxFourLetters bounds the answer to a four-letter word.
const maxFourLetters = 64 << 10

// fourLetters asks the node's ZooKeeper, which answers and closes.
func (p *peer) fourLetters(ctx context.Context, word string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, httpTimeout)
	defer cancel()
	conn, err := p.dial(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(dcos.ZooKeeperPort)))
	if err != nil {
		return nil, fmt.Errorf("asking ZooKeeper for %s: %w", word, err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() }) // the only deadline that a tunnel knows
	defer stop()
	defer conn.Close()
	if _, err := io.WriteString(conn, word); err != nil {
		return nil, fmt.Errorf("asking ZooKeeper for %s: %w", word, err)
	}
	b, err := io.ReadAll(io.LimitReader(conn, maxFourLetters))
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("asking ZooKeeper for %s: %w", word, err)
	}
	return b, nil
}

func (p *peer) srvr(ctx context.Context) (dcos.ZooKeeperServer, error) {
	b, err := p.fourLetters(ctx, "srvr")
	if err != nil {
		return dcos.ZooKeeperServer{}, err
	}
	return dcos.ParseSrvr(b)
}

func (p *peer) mntr(ctx context.Context) (dcos.ZooKeeperServer, error) {
	b, err := p.fourLetters(ctx, "mntr")
	if err != nil {
		return dcos.ZooKeeperServer{}, err
	}
	return dcos.ParseMntr(b)
}

// survey asks the node about itself.
func (p *peer) survey(ctx context.Context) (node.Survey, error) {
	s, err := onNode(ctx, p, shellTimeout, func(ctx context.Context, h Prober) (node.Survey, error) {
		return node.TakeSurvey(ctx, h)
	})
	if err != nil {
		return node.Survey{}, fmt.Errorf("surveying the node: %w", err)
	}
	return s, nil
}

// iamRows asks for the status of the IAM database. absent is the proof that
// this node has none, and is empty when it has.
func (p *peer) iamRows(ctx context.Context) (rows []dcos.CockroachNode, absent string, err error) {
	s, err := p.survey(ctx)
	if err != nil {
		return nil, "", err
	}
	return p.iamRowsOf(ctx, s)
}

// iamRowsOf is iamRows of a node that has been surveyed.
func (p *peer) iamRowsOf(ctx context.Context, s node.Survey) (rows []dcos.CockroachNode, absent string, err error) {
	if proof, none := packageAbsent(s.Active, cockroachPackage); none {
		return nil, proof, nil
	}
	rows, err = onNode(ctx, p, slowTimeout, func(ctx context.Context, h Prober) ([]dcos.CockroachNode, error) {
		raw, err := node.Cockroach(ctx, h)
		if err != nil {
			return nil, err
		}
		return dcos.ParseCockroachStatus(raw)
	})
	if err != nil {
		return nil, "", fmt.Errorf("asking CockroachDB: %w", err)
	}
	return rows, "", nil
}

// reading takes the node's metrics through the shared reader.
func (p *peer) reading(ctx context.Context) reading {
	r := reading{node: p.node, asked: time.Now()}
	s, err := p.snapshot(ctx)
	if err != nil {
		r.err = fmt.Errorf("reading the metrics: %w", err)
		return r
	}
	r.metrics, r.asked = s.Metrics, s.Asked
	return r
}

// leadership asks every master whether it leads, and the one that does for its
// agents. Lanes that ask at the same time share the answer.
func (c *Cluster) leadership(ctx context.Context) leadership {
	asked := time.Now()
	l, err := c.lead.Get(ctx)
	if err == nil {
		return l
	}
	none := leadership{asked: asked}
	for _, p := range c.masters {
		none.readings = append(none.readings, reading{node: p.node, asked: asked, err: fmt.Errorf("asking who leads: %w", err)})
	}
	return none
}

// mastersReady is when the metrics of every master may be read again.
func (c *Cluster) mastersReady() (ready time.Time) {
	for _, p := range c.masters {
		if at := p.metrics.Ready(); at.After(ready) {
			ready = at
		}
	}
	return ready
}

// askLeadership is one question for all who share it. It errs only when it was
// cut short, and then says nothing about the masters.
func (c *Cluster) askLeadership(ctx context.Context) (leadership, error) {
	masters, ready := c.masters, c.mastersReady()
	l := leadership{asked: time.Now()}
	l.readings = make([]reading, len(masters))
	fanout.Each(atOnce, masters, func(i int, p *peer) {
		if p.metrics.Ready().Before(ready) { // one master that must wait would let the others' answers grow old
			rest(ctx, time.Until(ready))
		}
		l.readings[i] = p.reading(ctx)
	})
	for _, r := range l.readings {
		if r.asked.Before(l.asked) {
			l.asked = r.asked
		}
	}
	r, ok := l.leader()
	if !ok {
		return l, ctx.Err()
	}
	at := time.Now()
	l.agents, l.agentsErr = c.peers[r.node.Name].agents.Get(ctx)
	if l.agentsErr == nil {
		c.away.see(c.subject.Nodes, l.agents, at)
	}
	if _, why := l.broken(minority(len(l.readings))); why == "" {
		c.last.keep(l)
	}
	return l, ctx.Err()
}

// tasks asks the leader for all tasks. Lanes that ask at the same time share
// the answer.
func (c *Cluster) tasks(ctx context.Context, l leadership) (dcos.Tasks, error) {
	r, ok := l.leader()
	if !ok {
		return dcos.Tasks{}, fmt.Errorf("asking for tasks: no master leads")
	}
	ts, err := c.peers[r.node.Name].tasks.Get(ctx)
	if err != nil {
		return dcos.Tasks{}, fmt.Errorf("asking %s for tasks: %w", r.node.Name, err)
	}
	return ts, nil
}
