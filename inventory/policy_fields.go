package inventory

import (
	"fmt"
	"maps"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// none is how a policy says that it does without.
const none = "none"

// zoneKey is the one failure domain that Policy.Spread knows.
const zoneKey = "zone"

func probeField() policyField {
	f := policyField{name: "launch_probe", says: "a tiny task is started on each canary and seen to end before it bakes", schema: `{"type": "boolean"}`}
	return plainField(f, On, func(p *Policy) *Switch { return &p.LaunchProbe }, onOff, Switch.shown)
}

func parallelField() policyField {
	f := policyField{name: "stage_parallel", scope: ofCluster, whose: wholeCluster, says: "agents fetching packages at once, at most 1000", schema: `{"$ref": "#/$defs/number"}`}
	read := func(n *int) func(value) { return integer(n, 1, 1000) }
	return plainField(f, 10, func(p *Policy) *int { return &p.StageParallel }, read, func(n int) page { return page{scalar(strconv.Itoa(n))} })
}

func settleField() policyField {
	f := timeField("settle", anyScope, 3*time.Minute, func(p *Policy) *time.Duration { return &p.Settle }, "wait after a node before the next; of groups only where said")
	f.schema = `{"anyOf": [{"$ref": "#/$defs/duration"}, {"const": "none"}]}`
	f.read = func(p *Policy, _ *groupPlaces) func(value) { return settle(p) }
	return orNone(f, func(p *Policy) *bool { return &p.NoSettle })
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

func spreadField() policyField {
	return policyField{
		name: "spread", says: "how far lanes in flight may spread",
		schema: `{"type": "object", "additionalProperties": false, "properties": {"zone": {
			"description": "zones with lanes in flight at once; where zones are declared, 1", "$ref": "#/$defs/number"}}, "required": ["zone"]}`,
		read: spread,
		said: func(p Policy) bool { return len(p.Spread) > 0 },
		take: func(p *Policy, from Policy) { p.Spread = maps.Clone(from.Spread) },
		show: func(p Policy) page {
			zones := p.Spread[zoneKey]
			if zones <= 0 {
				return page{}
			}
			return flow().set(zoneKey, strconv.Itoa(zones))
		},
	}
}

func spread(p *Policy, at *groupPlaces) func(value) {
	return func(v value) {
		if at != nil {
			at.spread = &v
		}
		var zones int
		v.mapping(fields{zoneKey: integer(&zones, 1, mostNodes)}, zoneKey)
		if zones > 0 {
			p.Spread = map[string]int{zoneKey: zones}
		}
	}
}

func canaryField() policyField {
	return orNone(listField(policyField{
		name: "canary", scope: ofGroup, says: "nodes to patch first, or none; without it the planner chooses one", read: canary,
		whose:  "a canary is one of a group: write it in agents.GROUP.policy",
		schema: `{"anyOf": [{"const": "none"}, {"type": "array", "minItems": 1, "items": {"type": ["string", "number"]}}]}`,
	}, func(p *Policy) *[]NodeName { return &p.Canary }), func(p *Policy) *bool { return &p.NoCanary })
}

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

func expectedRedField() policyField {
	f := listField(policyField{
		name: "expected_red_until", scope: ofCluster, whose: wholeCluster,
		says: "units and checks of masters that may be red between the first and the last one, and are judged then",
		read: func(p *Policy, _ *groupPlaces) func(value) { return expectedRed(p) },
		def:  func(p *Policy) { p.ExpectedRed = DefaultExpectedRed() },
		schema: `{"default": "masters_done", "anyOf": [{"enum": ["masters_done", "none"]}, {
			"description": "until when, and what", "type": "object", "additionalProperties": false,
			"properties": {"masters_done": {"description": "such as dcos-marathon.service, node-poststart/components_master",
				"type": "array", "minItems": 1, "items": {"type": "string"}}},
			"required": ["masters_done"]}]}`,
	}, func(p *Policy) *[]string { return &p.ExpectedRed })
	names := f.show
	f.show = func(p Policy) page {
		all := names(p)
		all.Style = 0
		return mapping().setNode(mastersDone, all)
	}
	return orNone(f, func(p *Policy) *bool { return &p.NoExpectedRed })
}
