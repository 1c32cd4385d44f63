package dcos

import (
	"fmt"
	"slices"
)

// Amount is how much there is of a resource that a role may use: unreserved, or
// reserved to it.
type Amount struct {
	Total     float64
	Allocated float64 // to tasks and executors
	Offered   float64 // to frameworks that have not answered
}

// Unused is what is not in use, offered or not.
func (a Amount) Unused() float64 { return a.Total - a.Allocated }

// Room is what an agent has for a role, as the leading master counts it.
type Room struct {
	CPUs Amount
	Mem  Amount // MB
}

// Holds reports whether so much is unused: whether it could be offered, now or
// when a framework that holds an offer answers.
func (r Room) Holds(cpus, mem float64) bool { return r.CPUs.Unused() >= cpus && r.Mem.Unused() >= mem }

func (r Room) String() string {
	text := fmt.Sprintf("%.2f of %.2f cpus and %.0f of %.0f MB in use", r.CPUs.Allocated, r.CPUs.Total, r.Mem.Allocated, r.Mem.Total)
	if r.CPUs.Offered > 0 || r.Mem.Offered > 0 {
		text += fmt.Sprintf(", %.2f cpus and %.0f MB offered to others", r.CPUs.Offered, r.Mem.Offered)
	}
	return text
}

// ParseRoom reads out of the answer to GET_AGENTS what an agent has for a role.
// It is an error when the agent is not listed, or its entry does not say what
// it has: nobody may take silence for a full agent.
func ParseRoom(b []byte, agentID, role string) (Room, error) {
	const what = "GET_AGENTS"
	type rawAgent struct {
		Info *agentInfo `json:"agent_info"`

		Total     scalars `json:"total_resources"`
		Allocated scalars `json:"allocated_resources"`
		Offered   scalars `json:"offered_resources"`
	}
	var room Room
	found := false
	var raw struct {
		Agents list[rawAgent] `json:"agents"`
	}
	raw.Agents.take = func(i int, a rawAgent) error {
		if a.Info == nil || a.Info.ID.Value != agentID {
			return nil
		}
		if found {
			return fmt.Errorf("agent %s is listed twice", clip(agentID))
		}
		found = true
		for _, r := range a.Total {
			room.add(r, role, func(a *Amount) *float64 { return &a.Total })
		}
		for _, r := range a.Allocated {
			room.add(r, role, func(a *Amount) *float64 { return &a.Allocated })
		}
		for _, r := range a.Offered {
			room.add(r, role, func(a *Amount) *float64 { return &a.Offered })
		}
		for _, name := range []string{"cpus", "mem"} { // of any role: without it nothing is known
			if !slices.ContainsFunc(a.Total, func(r resource) bool { return r.name == name }) {
				return missing(fmt.Sprintf("agents[%d]", i), "total_resources of "+name)
			}
		}
		return nil
	}
	if err := decodeCall(what, "get_agents", b, &raw); err != nil {
		return Room{}, err
	}
	if !found {
		return Room{}, fmt.Errorf("%s: agent %s is not listed", what, clip(agentID))
	}
	return room, nil
}

// add counts a resource that the role may use.
func (r *Room) add(one resource, role string, part func(*Amount) *float64) {
	if one.reserved != unreserved && one.reserved != role {
		return
	}
	switch one.name {
	case "cpus":
		*part(&r.CPUs) += one.amount
	case "mem":
		*part(&r.Mem) += one.amount
	}
}
