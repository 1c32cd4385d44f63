package checks

import (
	"fmt"
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// reading is one master's metrics, or why there are none.
type reading struct {
	node    plan.Node
	metrics dcos.Metrics
	asked   time.Time
	err     error
}

// leadership is the Mesos leader as all masters' own metrics tell it, and what
// it answered to GET_AGENTS. /redirect is never asked: a master restarted
// within its ZooKeeper session redirects to itself (REC 10).
type leadership struct {
	readings  []reading // of every master, in plan order
	agents    dcos.Agents
	agentsErr error     // why GET_AGENTS gave nothing; meaningful only with an elected master
	asked     time.Time // the oldest question, controller's clock
}

// elected lists the masters that say that they lead, and what could not be
// read of the others.
func (l leadership) elected() (leading []inventory.NodeName, unread []string) {
	for _, r := range l.readings {
		v, has := r.metrics.Get("master/elected")
		switch {
		case r.err != nil:
			unread = append(unread, by(r.node.Name, words(r.err)))
		case !has:
			unread = append(unread, fmt.Sprintf("%s: its metrics lack master/elected", r.node.Name))
		case v == 1:
			leading = append(leading, r.node.Name)
		}
	}
	return leading, unread
}

// unread are the masters that do not say whether they lead.
func (l leadership) unread() []inventory.NodeName {
	var names []inventory.NodeName
	for _, r := range l.readings {
		if _, has := r.metrics.Get("master/elected"); r.err != nil || !has {
			names = append(names, r.node.Name)
		}
	}
	return names
}

// leader is the one master that leads; false when none or several say so.
func (l leadership) leader() (reading, bool) {
	leading, _ := l.elected()
	if len(leading) != 1 {
		return reading{}, false
	}
	for _, r := range l.readings {
		if r.node.Name == leading[0] {
			return r, true
		}
	}
	return reading{}, false
}

// broken says why the leader does not work; empty when it does. How many
// masters may be unread is the caller's to say.
func (l leadership) broken(mayMiss int) (dcos.Status, string) {
	leading, unread := l.elected()
	switch {
	case len(unread) > mayMiss:
		return dcos.Unknown, "not readable: " + strings.Join(unread, "; ")
	case len(leading) != 1:
		return dcos.Failed, fmt.Sprintf("%d masters lead %v", len(leading), leading)
	case l.agentsErr != nil:
		return dcos.Failed, fmt.Sprintf("%s is elected, and does not work yet: %s", leading[0], words(l.agentsErr))
	}
	r, _ := l.leader()
	if _, has := r.metrics.Get("registrar/registry_size_bytes"); !has {
		return dcos.Failed, fmt.Sprintf("%s is elected and has not recovered the registry: registrar/registry_size_bytes is missing", leading[0])
	}
	return dcos.Passed, ""
}

// minority is how many masters may be unread where the leader is only needed
// to be asked: fewer than would make a majority that knows another one.
func minority(masters int) int { return (masters - 1) / 2 }

// judgeLeader demands that every master was read and exactly one of them leads
// and works.
func judgeLeader(l leadership, a expectation) Answer {
	q := question{"leader", "", "exactly one elected master, its registry recovered"}
	if s, why := l.broken(0); why != "" {
		return Answer{Finding: q.say(s, "%s", why), Evidence: l.asked}
	}
	r, _ := l.leader()
	return Answer{
		Finding:  q.passed("%s leads, %d agents registered", r.node.Name, len(l.agents.Registered)),
		Identity: string(r.node.Name), Evidence: l.asked,
	}
}
