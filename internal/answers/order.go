package answers

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// States of a drain.
const (
	Draining = "DRAINING"
	Drained  = "DRAINED"
)

// Drain is the drain of an agent, as its master has it. The zero Drain is none.
type Drain struct {
	State    string
	MaxGrace time.Duration // 0: as each task says
	MarkGone bool
	Since    time.Time
}

func (d Drain) config() Object {
	o := Object{"mark_gone": d.MarkGone}
	if d.MaxGrace > 0 {
		o["max_grace_period"] = Object{"nanoseconds": d.MaxGrace.Nanoseconds()}
	}
	return o
}

func (d Drain) since() Object { return nanoseconds(d.Since.Truncate(time.Second)) }

// Order is a change that an operator wants and that Mesos takes: who keeps the state
// carries it out.
type Order struct {
	Call     string
	Windows  []Window    // UPDATE_MAINTENANCE_SCHEDULE
	Machines []MachineID // START_MAINTENANCE, STOP_MAINTENANCE
	Agent    string      // its id, of the others
	Drain    Drain       // DRAIN_AGENT; its time is now
}

// taken is the answer to an order that is carried out.
func taken(o Order) Reply { return Reply{Status: http.StatusOK, Order: &o} }

func bad(text string, with ...any) Reply {
	return Text(http.StatusBadRequest, fmt.Sprintf(text, with...))
}

// operatorCall is what is read of a call that changes something.
type operatorCall struct {
	Update *struct {
		Schedule postedSchedule `json:"schedule"`
	} `json:"update_maintenance_schedule"`
	Start *struct {
		Machines []MachineID `json:"machines"`
	} `json:"start_maintenance"`
	Stop *struct {
		Machines []MachineID `json:"machines"`
	} `json:"stop_maintenance"`
	Drain *struct {
		Agent    Value `json:"agent_id"`
		MaxGrace struct {
			Seconds number `json:"seconds"`
			Nanos   number `json:"nanos"`
		} `json:"max_grace_period"`
		MarkGone bool `json:"mark_gone"`
	} `json:"drain_agent"`
	Deactivate *agentCall `json:"deactivate_agent"`
	Reactivate *agentCall `json:"reactivate_agent"`
	MarkGone   *agentCall `json:"mark_agent_gone"`
}

type agentCall struct {
	Agent Value `json:"agent_id"`
}

type postedTime struct {
	Nanoseconds number `json:"nanoseconds"`
}

type postedSchedule struct {
	Windows []struct {
		Machines       []MachineID `json:"machine_ids"`
		Unavailability struct {
			Start    postedTime `json:"start"`
			Duration postedTime `json:"duration"`
		} `json:"unavailability"`
	} `json:"windows"`
}

// order reads a call that changes something, and checks it. A reply without a status: it
// is none of these, or this version does not have it.
func (m Master) order(kind string, body []byte) Reply {
	var call operatorCall
	if text := callMessage().read(body, &call); text != "" {
		return bad("Failed to convert JSON into Call protobuf: %s", text)
	}
	drains := m.Build.Deactivates()
	switch {
	case kind == "UPDATE_MAINTENANCE_SCHEDULE" && call.Update != nil:
		return m.update(call.Update.Schedule)
	case kind == "START_MAINTENANCE" && call.Start != nil:
		return m.start(call.Start.Machines)
	case kind == "STOP_MAINTENANCE" && call.Stop != nil:
		return m.stop(call.Stop.Machines)
	case kind == "DRAIN_AGENT" && call.Drain != nil && drains:
		d := call.Drain
		grace := time.Duration(d.MaxGrace.Seconds)*time.Second + time.Duration(d.MaxGrace.Nanos)
		return m.drain(d.Agent.Value, Drain{State: Draining, MaxGrace: grace, MarkGone: d.MarkGone})
	case kind == "DEACTIVATE_AGENT" && call.Deactivate != nil && drains:
		return m.deactivate(call.Deactivate.Agent.Value)
	case kind == "REACTIVATE_AGENT" && call.Reactivate != nil && drains:
		return m.reactivate(call.Reactivate.Agent.Value)
	case kind == "MARK_AGENT_GONE" && call.MarkGone != nil:
		return m.markGone(call.MarkGone.Agent.Value)
	}
	name := strings.ToLower(kind)
	if _, known := callMessage()[name]; known && (drains || !strings.HasSuffix(kind, "ACTIVATE_AGENT") && kind != "DRAIN_AGENT") {
		return bad("Failed to validate master::Call: Expecting '%s' to be present", name)
	}
	return Reply{}
}

// agent finds one by its id, gone ones too.
func (m Master) agent(id string) (Agent, bool) {
	for _, a := range m.Agents() {
		if a.ID == id && a.Phase != Unlisted {
			return a, true
		}
	}
	return Agent{}, false
}

func (m Master) drain(id string, d Drain) Reply {
	a, known := m.agent(id)
	switch machine := a.machine(); {
	case !known || a.Phase == Gone:
		return bad("Unknown agent")
	case m.maintenance().Schedules(machine):
		return bad("Agent %s is part of a maintenance schedule under Machine %s (%s)", id, machine.Hostname, machine.IP)
	}
	return taken(Order{Call: "DRAIN_AGENT", Agent: id, Drain: d})
}

func (m Master) deactivate(id string) Reply {
	if a, known := m.agent(id); !known || a.Phase == Gone {
		return bad("Unknown agent")
	}
	return taken(Order{Call: "DEACTIVATE_AGENT", Agent: id})
}

func (m Master) reactivate(id string) Reply {
	a, known := m.agent(id)
	switch {
	case a.Drain.State == Draining:
		return bad("Agent is still in the DRAINING state")
	case !known || !a.deactivated():
		return bad("Agent is not deactivated")
	}
	return taken(Order{Call: "REACTIVATE_AGENT", Agent: id})
}

func (m Master) markGone(id string) Reply {
	if _, known := m.agent(id); !known {
		return Text(http.StatusNotFound, fmt.Sprintf("Agent '%s' not found", id))
	}
	return taken(Order{Call: "MARK_AGENT_GONE", Agent: id})
}
