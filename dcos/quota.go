package dcos

import (
	"fmt"
	"maps"
	"slices"
)

// Quota is what a role is guaranteed, and the most that it may have, by the
// resource's name. Before Mesos 1.10 there are no limits besides guarantees.
type Quota struct {
	Role       string
	Guarantees map[string]float64
	Limits     map[string]float64
}

// quotaAmounts are resources by name, as Mesos 1.10 writes them.
type quotaAmounts map[string]struct {
	Value *float64 `json:"value"`
}

func (of quotaAmounts) values() map[string]float64 {
	out := map[string]float64{}
	for name, v := range of {
		if v.Value != nil {
			out[name] = *v.Value
		}
	}
	return out
}

// quotaConfig is a quota as Mesos 1.10 writes it, quotaInfo as earlier ones do.
type quotaConfig struct {
	Role       string       `json:"role"`
	Guarantees quotaAmounts `json:"guarantees"`
	Limits     quotaAmounts `json:"limits"`
}

type quotaInfo struct {
	Role      string `json:"role"`
	Guarantee []struct {
		Name   string `json:"name"`
		Scalar struct {
			Value float64 `json:"value"`
		} `json:"scalar"`
	} `json:"guarantee"`
	Configs []quotaConfig `json:"configs"`
}

// ParseGetQuota reads a master's answer to the v1 call GET_QUOTA. From Mesos
// 1.10 on configs say it whole, and infos say a part of it again; Mesos's own
// documentation has configs within infos.
func ParseGetQuota(b []byte) ([]Quota, error) {
	const what = "GET_QUOTA"
	var raw struct {
		Status *struct {
			Infos   []quotaInfo   `json:"infos"`
			Configs []quotaConfig `json:"configs"`
		} `json:"status"`
	}
	if err := decodeCall(what, "get_quota", b, &raw); err != nil {
		return nil, err
	}
	if raw.Status == nil {
		return nil, missing(what, "status")
	}
	byRole, configs := map[string]Quota{}, raw.Status.Configs
	for _, info := range raw.Status.Infos {
		if configs = append(configs, info.Configs...); info.Role == "" && len(info.Configs) > 0 {
			continue
		}
		q := Quota{Role: info.Role, Guarantees: map[string]float64{}, Limits: map[string]float64{}}
		for _, g := range info.Guarantee {
			q.Guarantees[g.Name] = g.Scalar.Value
		}
		byRole[q.Role] = q
	}
	for _, c := range configs {
		byRole[c.Role] = Quota{Role: c.Role, Guarantees: c.Guarantees.values(), Limits: c.Limits.values()}
	}
	if _, none := byRole[""]; none {
		return nil, fmt.Errorf("%s: a quota without a role", what)
	}
	var all []Quota
	for _, role := range slices.Sorted(maps.Keys(byRole)) {
		all = append(all, byRole[role])
	}
	return all, nil
}
