package plan

import (
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// judgeAgents says of every agent that does not simply serve what the leader
// says of it. Maintenance of others blocks that agent; what is out already may
// be patched, and is told.
func (s *builder) judgeAgents() {
	for _, a := range s.in.Facts.Cluster.Agents {
		if s.known(string(a.Node)) == "" || s.excluded(a.Node) {
			continue
		}
		n := s.nodes[slices.IndexFunc(s.nodes, func(n inventory.Node) bool { return n.Name == a.Node })]
		told := len(s.blocks)
		s.judgeAgent(n, a)
		if s.atFault(n.Name) {
			s.following(told, n.Name)
		}
	}
}

func (s *builder) judgeAgent(n inventory.Node, a AgentState) {
	b := Block{Node: n.Name, Observed: a.Detail}
	without := exclusionHint(n, s.in.Today)
	switch a.State {
	case AgentDown:
		b.Check, b.What, b.Want = "machine-down", "its machine is down for maintenance", "a machine that Mesos lets register"
		b.Next = advice.Say("wait until it is up again (STOP_MAINTENANCE)" + without)
		s.block(b)
	case AgentScheduled:
		b.Check, b.What, b.Want = CheckMaintenance, "its machine is scheduled for maintenance", "no maintenance of others"
		b.Next = advice.Say(s.orWaive(n, "wait until it is over, or take it out of the schedule") + without)
		s.block(b)
	case AgentDraining:
		b.Check, b.What, b.Want = CheckMaintenance, "an operator drains it", "no maintenance of others"
		b.Next = advice.Say(s.orWaive(n, "wait until it is reactivated") + without)
		s.block(b)
	case AgentDeactivated:
		b.Check, b.What, b.Want = "deactivated", "it is deactivated", "active"
		b.Next = advice.Say(fmt.Sprintf("it may stay so, and is patched as it is; reactivate it first if that is not meant%s", without))
		s.warn(b)
	case AgentRecovering:
		b.Check, b.What, b.Want = "recovering", "the leader still recovers it", "re-registered since the failover"
		b.Next = advice.Say("nothing is admitted that needs to know what runs on it; Mesos gives it up when its agent_reregister_timeout ends")
		s.warn(b)
	case AgentInactive, AgentUnlisted:
		if s.atFault(n.Name) {
			return // its own block says why
		}
		b.Check, b.What, b.Want = "out-of-service", "it is out of service in Mesos", "active at the leader"
		b.Next = advice.Run("check", string(n.Name)).Say("; its patch starts it, and it counts as out until then" + without)
		s.warn(b)
	}
}

// orWaive adds how to accept maintenance that the patch is a part of.
func (s *builder) orWaive(n inventory.Node, next string) string {
	return fmt.Sprintf("%s, or accept it: --waive %s:%s=REASON", next, CheckMaintenance, n.Name)
}

// fit reports whether an agent can be a canary: one that is out of service says
// nothing about the others.
func (s *builder) fit(name inventory.NodeName) bool {
	a, told := s.in.Facts.Cluster.State(name)
	return !slices.Contains(s.in.Facts.Cluster.Out, name) && (!told || a.State == AgentScheduled || a.State == AgentDraining)
}
