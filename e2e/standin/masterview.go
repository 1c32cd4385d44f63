package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// marathonID is the framework whose tasks run in the lab.
const marathonID = "5a0f8a36-6d9c-4b0e-9d43-0c6f5f6f2f11-0001"

// object is a JSON object.
type object map[string]any

func value(s string) object { return object{"value": s} }

func nanoseconds(t time.Time) object { return object{"nanoseconds": t.UnixNano()} }

// byID gives the agents in order. The caller holds the lock.
func (m *master) byID() []*agentEntry {
	var out []*agentEntry
	for _, id := range slices.Sorted(maps.Keys(m.agents)) {
		out = append(out, m.agents[id])
	}
	return out
}

func (a *agentEntry) pid() string { return fmt.Sprintf("slave(1)@%s:%d", a.IP, dcos.MesosAgentPort) }

// getAgents is the body of GET_AGENTS. An agent that was given up is not in it.
func (m *master) getAgents() object {
	m.mu.Lock()
	defer m.mu.Unlock()
	agents, recovered := []object{}, []object{}
	for _, a := range m.byID() {
		info := object{"hostname": a.IP, "port": dcos.MesosAgentPort, "id": value(a.ID), "resources": []object{}}
		switch a.phase {
		case recovering:
			recovered = append(recovered, info)
		case registered:
			row := object{
				"agent_info": info, "active": a.connected, "deactivated": false, "version": a.version,
				"pid": a.pid(), "registered_time": nanoseconds(a.RegisteredAt), "total_resources": resourcesOf("*"), "capabilities": []object{{"type": "MULTI_ROLE"}, {"type": "AGENT_DRAINING"}},
			}
			if !a.reregisteredAt.IsZero() {
				row["reregistered_time"] = nanoseconds(a.reregisteredAt)
			}
			agents = append(agents, row)
		}
	}
	return object{"agents": agents, "recovered_agents": recovered}
}

// slaves is the body of the v0 endpoint: empty, not refused, before recovery.
func (m *master) slaves() object {
	m.mu.Lock()
	defer m.mu.Unlock()
	agents, recovered := []object{}, []object{}
	for _, a := range m.byID() {
		row := object{"id": a.ID, "hostname": a.IP, "port": dcos.MesosAgentPort, "pid": a.pid(), "active": a.connected, "deactivated": false,
			"version": a.version, "registered_time": seconds(a.RegisteredAt)}
		if !a.reregisteredAt.IsZero() {
			row["reregistered_time"] = seconds(a.reregisteredAt)
		}
		switch a.phase {
		case recovering:
			recovered = append(recovered, row)
		case registered:
			agents = append(agents, row)
		}
	}
	return object{"slaves": agents, "recovered_slaves": recovered}
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// getTasks is the body of GET_TASKS.
func (m *master) getTasks() object {
	m.mu.Lock()
	defer m.mu.Unlock()
	running, gone := []object{}, []object{}
	for _, a := range m.byID() {
		for _, t := range a.tasks {
			running = append(running, t.json(a.ID))
		}
		for _, t := range a.ended {
			t.State = "TASK_UNREACHABLE"
			gone = append(gone, t.json(a.ID))
		}
	}
	return object{"tasks": running, "unreachable_tasks": gone, "completed_tasks": []object{}}
}

func (t taskState) json(agent string) object {
	return object{
		"name": t.ID, "task_id": value(t.ID), "framework_id": value(marathonID), "agent_id": value(agent), "state": t.State,
		"statuses": []object{{"task_id": value(t.ID), "state": t.State, "agent_id": value(agent), "source": "SOURCE_EXECUTOR"}},
	}
}
