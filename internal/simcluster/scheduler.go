package simcluster

import (
	"fmt"
	"net/http"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/internal/answers"
)

// Delays of the scheduler API, unscaled.
const (
	heartbeats         = 15 * time.Second
	allocationInterval = time.Second
	usualRefusal       = 5 * time.Second
)

// schedules reports whether a request is for the scheduler API of a master.
func (e endpoint) schedules(r *http.Request) bool {
	return e.n != nil && e.port == dcos.MesosMasterPort && answers.Path(r) == answers.SchedulerPath
}

// scheduler serves the v1 scheduler API: one call, or a framework's stream.
func (c *Cluster) scheduler(w http.ResponseWriter, r *http.Request, to endpoint, body []byte) {
	f, a := c.schedulerCall(r, to, body)
	switch {
	case f != nil:
		c.stream(w, r, to, f)
	case a.Status == 0:
		panic(http.ErrAbortHandler) // the process is gone
	default:
		a.Write(w)
	}
}

// schedulerCall carries a call out. A framework is one that has just subscribed.
func (c *Cluster) schedulerCall(r *http.Request, to endpoint, body []byte) (*framework, answers.Reply) {
	defer c.enter()()
	if !to.alive() {
		return nil, answers.Reply{}
	}
	m := to.n.mesosMaster()
	switch call, no := m.Scheduler(r, body); {
	case no.Status != 0:
		return nil, to.n.known(no)
	case call.Type == "SUBSCRIBE":
		return c.subscribe(m, call), answers.Reply{}
	default:
		c.frameworkCall(c.framework(call.Framework.Value), call)
		return nil, answers.Reply{Status: http.StatusAccepted}
	}
}

func (c *Cluster) subscribe(leader answers.Master, call answers.SchedulerCall) *framework {
	info, m := call.Subscribe.Info, &c.mesos
	m.frameworkIDs++
	f := &framework{id: fmt.Sprintf("%s-%04d", m.cluster, m.frameworkIDs), name: info.Name, role: info.Roles[0], connected: true, beat: c.now(),
		offers: map[string]*node{}, refused: map[*node]time.Time{}, failover: time.Duration(info.Failover * float64(time.Second))}
	f.stream = c.uuid("stream " + f.id)
	m.frameworks = append(m.frameworks, f)
	c.note(m.leader, "subscribed", f.name)
	f.queue = append(f.queue, leader.Subscribed(f.id, c.scaled(heartbeats)), answers.Heartbeat()) // the first comes at once
	return f
}
