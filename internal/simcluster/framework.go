package simcluster

import (
	"fmt"
	"net/http"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/answers"
	"github.com/dcos-patch/dcos-patch/internal/fault"
)

// framework is a framework that has subscribed over the v1 scheduler API.
type framework struct {
	id, name, role, stream string
	beat                   time.Time        // of the last heartbeat
	queue                  []answers.Object // events that its stream has not carried yet
	offers                 map[string]*node
	refused                map[*node]time.Time // filters, and when they end
	suppressed             bool
	tasks                  []*launched
	failover               time.Duration // failover_timeout
	connected              bool
	cut                    bool // its stream is broken, which the master may not know
	removed                bool
}

// framework finds one that has not been removed.
func (c *Cluster) framework(id string) *framework {
	for _, f := range c.mesos.frameworks {
		if f.id == id {
			return f
		}
	}
	return nil
}

// stream carries a framework's events until either side ends it.
func (c *Cluster) stream(w http.ResponseWriter, r *http.Request, to endpoint, f *framework) {
	defer c.disconnected(f)
	w.Header().Set("Content-Type", answers.TypeJSON)
	w.Header().Set(answers.StreamHeader, f.stream)
	w.WriteHeader(http.StatusOK)
	flush := http.NewResponseController(w)
	tick := max(c.scaled(allocationInterval)/4, 5*time.Millisecond)
	for {
		events, on := c.due(f, to)
		for _, e := range events {
			if answers.WriteEvent(w, e) != nil {
				return
			}
		}
		switch {
		case !on:
			panic(http.ErrAbortHandler)
		case flush.Flush() != nil || !c.pause(r.Context(), tick):
			return
		}
	}
}

// due takes what is to be sent now; on says that the stream goes on.
func (c *Cluster) due(f *framework, to endpoint) (events []answers.Object, on bool) {
	defer c.enter()()
	if f.removed || f.cut || !to.alive() || c.mesos.leader != to.n {
		return nil, false
	}
	if c.now().Sub(f.beat) >= c.scaled(heartbeats) {
		f.beat = c.now()
		f.queue = append(f.queue, answers.Heartbeat())
	}
	c.allocate(f)
	events, f.queue = f.queue, nil
	return events, true
}

// disconnected is the end of a framework's stream: its failover timeout begins.
// A connection that is half open goes unnoticed.
func (c *Cluster) disconnected(f *framework) {
	defer c.enter()()
	if f.removed || !f.connected {
		return
	}
	for _, t := range f.tasks {
		if t.n.fault(fault.FrameworkLingers) {
			return
		}
	}
	f.connected = false
	c.after(f.failover, func() { c.remove(f) })
}

// breakStream is a stream that ends under a framework which wants it to go on.
// A master that sees it removes the framework.
func (c *Cluster) breakStream(f *framework) {
	f.cut = true
	for _, t := range f.tasks {
		if t.n.fault(fault.FrameworkLingers) {
			return
		}
	}
	f.connected = false
	c.remove(f)
}

// remove takes a framework out, and kills its tasks.
func (c *Cluster) remove(f *framework) {
	if f.removed {
		return
	}
	f.removed, f.connected = true, false
	for _, t := range f.tasks {
		t.kill()
	}
	for i, g := range c.mesos.frameworks {
		if g == f {
			c.mesos.frameworks = append(c.mesos.frameworks[:i:i], c.mesos.frameworks[i+1:]...)
			break
		}
	}
	c.note(c.mesos.leader, "framework removed", f.name)
}

// Frameworks lists the names of the frameworks that have subscribed and were not
// removed; those that the cluster's own tasks belong to are not among them.
func (c *Cluster) Frameworks() []string {
	defer c.enter()()
	var names []string
	for _, f := range c.mesos.frameworks {
		names = append(names, f.name)
	}
	return names
}

// LeaveFramework has a framework that nobody is behind any more, as a connection
// that is half open leaves it.
func (c *Cluster) LeaveFramework(name string) {
	defer c.enter()()
	m := &c.mesos
	m.frameworkIDs++
	m.frameworks = append(m.frameworks, &framework{id: fmt.Sprintf("%s-%04d", m.cluster, m.frameworkIDs), name: name, role: "*", connected: true,
		suppressed: true, offers: map[string]*node{}, refused: map[*node]time.Time{}})
}
