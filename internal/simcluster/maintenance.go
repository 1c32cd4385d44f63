package simcluster

import (
	"time"
)

// deactivated reports whether an operator has deactivated the agent, where Mesos
// can.
func (n *node) deactivated() bool {
	return n.c.mesos.leader != nil && n.c.mesos.leader.runs().Compare("1.9.0") >= 0 && n.fault(AgentDeactivated)
}

// maintained are the agents whose machines a schedule names.
func (c *Cluster) maintained(kinds ...Kind) []*node {
	var out []*node
	for _, n := range c.agents() {
		for _, k := range kinds {
			if n.fault(k) {
				out = append(out, n)
				break
			}
		}
	}
	return out
}

func (n *node) machine() map[string]any { return map[string]any{"hostname": n.ip, "ip": n.ip} }

// schedule is the maintenance schedule: a window for each machine in it.
func (c *Cluster) schedule() map[string]any {
	var windows []any
	for _, n := range c.maintained(MachineScheduled, MachineDown) {
		away := map[string]any{"start": nanoseconds(c.start.Add(time.Hour))}
		if f, ok := c.find(MachineScheduled, n.name); ok && f.For > 0 {
			away["duration"] = map[string]any{"nanoseconds": f.For.Nanoseconds()}
		}
		windows = append(windows, map[string]any{"machine_ids": []any{n.machine()}, "unavailability": away})
	}
	if windows == nil {
		return map[string]any{}
	}
	return map[string]any{"windows": windows}
}

// maintenance is the status of the machines in the schedule.
func (c *Cluster) maintenance() map[string]any {
	status := map[string]any{}
	var draining, down []any
	for _, n := range c.maintained(MachineScheduled, MachineDown) {
		if n.fault(MachineDown) {
			down = append(down, n.machine())
		} else {
			draining = append(draining, map[string]any{"id": n.machine()})
		}
	}
	if draining != nil {
		status["draining_machines"] = draining
	}
	if down != nil {
		status["down_machines"] = down
	}
	return status
}
