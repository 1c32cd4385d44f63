package inventory

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// zoneKey is the one failure domain that Policy.Spread knows.
const zoneKey = "zone"

// policyFields are those that a cluster's policy and a group's have in common.
func policyFields(p *Policy) fields {
	return fields{
		"width":        limit(&p.Width, 1),
		"max_failures": limit(&p.MaxFailures, 0),
		"bake":         duration(&p.Bake),
		"launch_probe": onOff(&p.LaunchProbe),
		"settle":       settle(p),
		"spread":       spread(p),

		"approve_after":   notYet,
		"require_plan_id": notYet,
		"backup_max_age":  notYet,
	}
}

func agentTimeouts(t *Timeouts) fields {
	return fields{
		"script":     duration(&t.Script),
		"registered": duration(&t.Registered),
		"tasks":      duration(&t.Tasks),
		"checks":     duration(&t.Checks),
		"units":      duration(&t.Units),
	}
}

// clusterPolicy reads the policy of the cluster.
func clusterPolicy(p *Policy) func(value) {
	t := &p.Timeouts
	timeouts := agentTimeouts(t).with(fields{
		"exhibitor":   duration(&t.Exhibitor),
		"unit":        duration(&t.Unit),
		"registrar":   duration(&t.Registrar),
		"leader":      duration(&t.Leader),
		"ranges":      duration(&t.Ranges),
		"agents_back": duration(&t.AgentsBack),
	})
	all := policyFields(p).with(fields{
		"max_out":            limit(&p.MaxOut, 1),
		"settle_leading":     duration(&p.SettleLeading),
		"stage_parallel":     integer(&p.StageParallel, 1, 1000),
		"hold_limit":         duration(&p.HoldLimit),
		"timeouts":           func(v value) { v.mapping(timeouts) },
		"expected_red_until": expectedRed(p),
		"canary":             elsewhere("a canary is one of a group: write it in agents.GROUP.policy"),
	})
	return func(v value) { v.mapping(all) }
}

// groupPolicy reads the policy of a group. What only the cluster can have is
// refused, since nothing would heed it here.
func groupPolicy(p *Policy, at *groupPlaces) func(value) {
	timeouts := agentTimeouts(&p.Timeouts)
	for _, name := range []string{"exhibitor", "unit", "registrar", "leader", "ranges", "agents_back"} {
		timeouts[name] = elsewhere("it is about masters: write it in the policy of the cluster")
	}
	all := policyFields(p).with(fields{
		"timeouts": func(v value) { v.mapping(timeouts) },
		"canary":   canary(p, at),
		"spread": func(v value) {
			at.spread = &v
			spread(p)(v)
		},
	})
	for _, name := range []string{"max_out", "settle_leading", "stage_parallel", "hold_limit", "expected_red_until"} {
		all[name] = elsewhere("it is about the whole cluster: write it in the policy of the cluster")
	}
	return func(v value) { v.mapping(all) }
}

func settle(p *Policy) func(value) {
	return func(v value) {
		s, ok := v.text()
		if !ok {
			return
		}
		d, err := time.ParseDuration(s)
		switch {
		case s == none:
			p.NoSettle = true
		case err == nil && d == 0:
			v.refuse("is "+s+"; longer than nothing is wanted", "not to wait, write settle: none")
		default:
			duration(&p.Settle)(v)
		}
	}
}

func spread(p *Policy) func(value) {
	return func(v value) {
		var zones int
		v.mapping(fields{zoneKey: integer(&zones, 1, mostNodes)}, zoneKey)
		if zones > 0 {
			p.Spread = map[string]int{zoneKey: zones}
		}
	}
}

// none is how a policy says that it does without.
const none = "none"

// canary reads "none", or a list of names; at keeps their places until all
// nodes are known.
func canary(p *Policy, at *groupPlaces) func(value) {
	return func(v value) {
		if v.node.Kind == yaml.ScalarNode {
			switch s, ok := v.text(); {
			case !ok:
			case s == none:
				p.NoCanary = true
			default:
				v.refuse(fmt.Sprintf("%q is neither \"none\" nor a list of nodes", s), fmt.Sprintf("write [%s]", s))
			}
			return
		}
		for _, item := range v.items() {
			if s, ok := item.checked(nodeWord); ok {
				p.Canary = append(p.Canary, NodeName(s))
				at.canaries = append(at.canaries, item)
			}
		}
	}
}
