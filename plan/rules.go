package plan

import (
	"slices"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// addRules resolves the policy against what the inventory declares, and
// nothing that moves: sizes count every node that is not excluded, at the
// target or not.
func (s *builder) addRules(p *Plan) {
	agents, widest := 0, 0
	for i, g := range s.c.Groups {
		size := s.size(s.groups[i])
		width := g.Policy.Width.Of(size)
		agents, widest = agents+size, max(widest, width)
		p.Groups = append(p.Groups, GroupRule{
			Name:        g.Name,
			Role:        g.Role,
			Size:        size,
			Width:       width,
			ZoneSpread:  zoneSpread(g.Policy, s.groups[i]),
			MaxFailures: g.Policy.MaxFailures.Budget(size),
			Canary:      canaryRule(g.Policy),
			NoProbe:     g.Policy.LaunchProbe == inventory.Off,
		})
	}
	p.MaxOut = maxOut(s.c.Policy.MaxOut, widest, agents)
	for i := range p.Groups {
		p.Groups[i].Width = min(p.Groups[i].Width, p.MaxOut)
	}
}

func (s *builder) size(nodes []inventory.Node) int {
	n := 0
	for _, node := range nodes {
		if !s.excluded(node.Name) {
			n++
		}
	}
	return n
}

// maxOut is how many agents may be out, for any reason. Where the policy is
// silent: the widest group, and room for others' failures.
func maxOut(limit inventory.Limit, widest, agents int) int {
	if limit.Set {
		return limit.Of(agents)
	}
	return widest + max(2, agents*2/100)
}

// zoneSpread is how many zones may have lanes in flight at once. Declared
// zones mean one at a time, unless the policy says otherwise.
func zoneSpread(p inventory.Policy, nodes []inventory.Node) int {
	if n, said := p.Spread["zone"]; said {
		return max(n, 0)
	}
	if slices.ContainsFunc(nodes, func(n inventory.Node) bool { return n.Zone != "" }) {
		return 1
	}
	return 0
}

func canaryRule(p inventory.Policy) []string {
	switch {
	case p.NoCanary:
		return []string{"none"}
	case len(p.Canary) == 0:
		return []string{"auto"}
	}
	var names []string
	for _, n := range p.Canary {
		names = append(names, string(n))
	}
	slices.SortFunc(names, natural)
	return slices.Compact(names)
}
