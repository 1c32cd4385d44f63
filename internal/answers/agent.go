package answers

import (
	"fmt"
	"math"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Phase is what a leading master makes of an agent of its registry.
type Phase uint8

// The phases. The zero Phase is of an agent that has never registered.
const (
	Unlisted    Phase = iota
	Recovering        // not back since the failover
	Registered        // connected or not
	Unreachable       // its time is over
	Gone              // an operator has removed it for good
)

// Agent is the entry of an agent at a master. What is a func is asked once an answer
// shows it.
type Agent struct {
	ID, IP                   string
	Version                  dcos.Version
	Phase                    Phase
	Connected                bool
	Registered, Reregistered time.Time // Reregistered: zero for never
	Total                    Resources
	Tasks                    []*Task
	Inactive                 bool  `json:",omitempty"` // an operator has deactivated it, or drains it
	Drain                    Drain `json:",omitzero"`

	Deactivated func() bool      `json:"-"` // by an operator; nil: no
	Used        func() Resources `json:"-"` // nil: nothing
}

// Resources are amounts of what an agent has.
type Resources struct {
	CPUs, Mem float64
	Role      string // that they are reserved to; "*" is none
}

// json writes them as scalars, allocated to a role if there is one.
func (r Resources) json(allocated string) []Object {
	list := []Object{}
	add := func(name string, amount float64) {
		if amount = math.Round(amount*1000) / 1000; amount <= 0 { // Mesos keeps three decimals
			return
		}
		o := Object{"name": name, "type": "SCALAR", "scalar": Object{"value": amount}, "role": r.Role}
		if allocated != "" {
			o["allocation_info"] = Object{"role": allocated}
		}
		list = append(list, o)
	}
	add("cpus", r.CPUs)
	add("mem", r.Mem)
	return list
}

func agentPID(ip string) string { return fmt.Sprintf("slave(1)@%s:%d", ip, dcos.MesosAgentPort) }

func agentInfo(id, ip string) Object {
	return Object{"hostname": ip, "port": dcos.MesosAgentPort, "id": Value{id}}
}

// machine is the agent's as it announces it.
func (a Agent) machine() MachineID { return MachineID{a.IP, a.IP} }

func (a Agent) deactivated() bool {
	return a.Inactive || a.Deactivated != nil && a.Deactivated()
}

func (a Agent) info() Object { return agentInfo(a.ID, a.IP) }

func (a Agent) v0() Object { return Object{"id": a.ID, "hostname": a.IP, "port": dcos.MesosAgentPort} }

// entry adds to an agent's object what both APIs say of it.
func (m Master) entry(o Object, a Agent, stamp func(time.Time) any) Object {
	o["pid"], o["active"], o["version"], o["registered_time"] = agentPID(a.IP), a.Connected, a.Version, stamp(a.Registered)
	if m.Build.Deactivates() {
		deactivated := a.deactivated()
		o["active"], o["deactivated"] = a.Connected && !deactivated, deactivated
	}
	if a.Drain.State != "" {
		o["drain_info"] = Object{"state": a.Drain.State, "config": a.Drain.config()}
	}
	if !a.Reregistered.IsZero() {
		o["reregistered_time"] = stamp(a.Reregistered)
	}
	return o
}

func (m Master) v0Agent(a Agent) Object {
	return m.entry(a.v0(), a, func(t time.Time) any { return seconds(t) })
}

func (m Master) v1Agent(a Agent) Object {
	o := m.entry(Object{"agent_info": a.info(), "total_resources": a.Total.json("")}, a, func(t time.Time) any { return nanoseconds(t) })
	if a.Drain.State != "" {
		o["estimated_drain_start_time"] = a.Drain.since()
	}
	if a.Used != nil {
		if used := a.Used(); used.CPUs > 0 {
			o["allocated_resources"] = used.json("")
		}
	}
	return o
}
