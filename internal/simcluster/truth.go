package simcluster

import (
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// Operated is what operators have left of an agent, as the masters have it: the truth that
// tests compare with what a run says.
type Operated struct {
	Deactivated bool // by a drain too
	Drain       answers.Drain
	Scheduled   bool // its machine is in a window
	Down        bool
	Gone        bool
}

// Operated tells it of every agent by its name, faults left out.
func (c *Cluster) Operated() map[string]Operated {
	defer c.enter()()
	all := map[string]Operated{}
	for _, n := range c.agents() {
		r, m := n.agent.record, c.mesos.maintenance
		all[n.name] = Operated{r.inactive, r.drain, m.Schedules(n.machine()), m.IsDown(n.machine()), n.agent.gone}
	}
	return all
}

// Maintenance is the schedule, and the machines that are down, faults left out.
func (c *Cluster) Maintenance() answers.Maintenance {
	defer c.enter()()
	return c.mesos.maintenance
}

// Order is another operator at the leader, who asks for nothing that it refuses.
func (c *Cluster) Order(o answers.Order) error {
	defer c.enter()()
	if !c.storable() {
		return fmt.Errorf("%s: no leader can store it", o.Call)
	}
	c.carry(o)
	return nil
}

// Tasks tells the tasks of an agent.
func (c *Cluster) Tasks(name string) []answers.Task {
	defer c.enter()()
	var all []answers.Task
	for _, t := range c.byName[name].agent.tasks {
		all = append(all, *t)
	}
	return all
}

// Stubborn has every task of an agent ignore SIGTERM for so long; 0: for Mesos's 3 s.
func (c *Cluster) Stubborn(name string, grace time.Duration) {
	defer c.enter()()
	for _, t := range c.byName[name].agent.tasks {
		t.IgnoresTerm, t.Grace = true, grace
	}
}

// Answer has a framework answer about a machine, as it does an inverse offer.
func (c *Cluster) Answer(a answers.InverseAnswer) {
	defer c.enter()()
	m := &c.mesos.maintenance
	m.Answers = append(slices.Clone(m.Answers), a)
}
