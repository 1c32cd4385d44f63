package dcos

import (
	"encoding/json"
	"slices"
	"strings"
)

// Offer is what the leading master offers a framework of one agent.
type Offer struct {
	ID, AgentID string
	Role        string // that it was allocated to; empty below Mesos 1.3

	resources scalars
}

// unreserved is the role of resources that are nobody's.
const unreserved = "*"

// resource is one resource as Mesos writes it. whole is kept so that what is
// taken of an offer says where it was allocated and reserved exactly as the
// offer did.
type resource struct {
	whole map[string]json.RawMessage

	name     string
	amount   float64
	reserved string // to that role, the innermost; unreserved
	plain    bool   // neither revocable, nor shared, nor a disk's or a provider's
}

// UnmarshalJSON reads a resource of any kind; those that are no scalars have
// the amount 0.
func (r *resource) UnmarshalJSON(b []byte) error {
	var raw struct {
		Name   string `json:"name"`
		Scalar *struct {
			Value float64 `json:"value"`
		} `json:"scalar"`
		Role         string `json:"role"`
		Reservations []struct {
			Role string `json:"role"`
		} `json:"reservations"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	if err := json.Unmarshal(b, &r.whole); err != nil {
		return err
	}
	r.name, r.reserved, r.plain = raw.Name, raw.Role, true
	if n := len(raw.Reservations); n > 0 {
		r.reserved = raw.Reservations[n-1].Role
	}
	if r.reserved == "" {
		r.reserved = unreserved
	}
	if raw.Scalar != nil {
		r.amount = raw.Scalar.Value
	}
	for _, key := range []string{"revocable", "shared", "disk", "provider_id"} {
		if _, has := r.whole[key]; has {
			r.plain = false
		}
	}
	return nil
}

type rawOffer struct {
	ID         v1Value `json:"id"`
	Agent      v1Value `json:"agent_id"`
	Allocation *struct {
		Role string `json:"role"`
	} `json:"allocation_info"`
	Resources scalars `json:"resources"`
}

// scalars are the resources of a list that are of use to us: cpus and memory that
// are neither revocable, nor shared, nor a disk's or a provider's.
type scalars []resource

// UnmarshalJSON reads them one by one: a list of resources that say nothing costs
// no more than its text.
func (s *scalars) UnmarshalJSON(b []byte) error {
	all := list[resource]{take: func(_ int, r resource) error {
		if r.plain && (r.name == "cpus" || r.name == "mem") {
			*s = append(*s, r)
		}
		return nil
	}}
	return all.UnmarshalJSON(b)
}

func (r rawOffer) offer(what string) (Offer, error) {
	switch {
	case r.ID.Value == "":
		return Offer{}, missing(what, "id")
	case r.Agent.Value == "":
		return Offer{}, missing(what, "agent_id")
	}
	o := Offer{ID: r.ID.Value, AgentID: r.Agent.Value, resources: r.Resources}
	if r.Allocation != nil {
		o.Role = r.Allocation.Role
	}
	return o, nil
}

// Carve takes so many cpus and megabytes of memory out of the offer, each of
// one of its resources, ready for a task. It is false when there is not as much.
func (o Offer) Carve(cpus, mem float64) ([]json.RawMessage, bool) {
	var parts []json.RawMessage
	for _, want := range []struct {
		name   string
		amount float64
	}{{"cpus", cpus}, {"mem", mem}} {
		i := slices.IndexFunc(o.resources, func(r resource) bool {
			return r.name == want.name && r.amount >= want.amount
		})
		if i < 0 {
			return nil, false
		}
		part, err := o.resources[i].of(want.amount)
		if err != nil {
			return nil, false
		}
		parts = append(parts, part)
	}
	return parts, true
}

// of is the resource with another amount.
func (r resource) of(amount float64) (json.RawMessage, error) {
	whole := make(map[string]any, len(r.whole))
	for k, v := range r.whole {
		if !strings.EqualFold(k, "name") && !strings.EqualFold(k, "scalar") { // however they were written
			whole[k] = v
		}
	}
	whole["name"], whole["scalar"] = r.name, map[string]float64{"value": amount}
	return json.Marshal(whole)
}
