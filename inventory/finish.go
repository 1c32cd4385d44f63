package inventory

import (
	"fmt"
	"slices"
)

// finish judges what needs the whole inventory, and fills in the defaults.
func (b *builder) finish() {
	c := b.cluster
	c.Policy = Merge(b.said, DefaultPolicy(c.Target.To))
	for i, places := range b.groups {
		g := &c.Groups[i]
		zones := b.checkZones(g, places)
		b.checkCanaries(g, places)
		g.Policy = Merge(Merge(places.said, b.said), DefaultGroupPolicy(c.Target.To, zones))
		g.Policy.ExpectedRed, g.Policy.NoExpectedRed = nil, false // the cluster's, which is about masters
		if len(zones) == 0 {
			g.Policy.Spread = nil // the cluster's, which cannot be applied here
		}
	}
	b.checkExclusions()
	b.checkQueries()
}

// checkZones gives the zones of a group, which all of its nodes declare or
// none: a node without a zone would count as a zone of its own, or as none.
func (b *builder) checkZones(g *Group, places *groupPlaces) []string {
	var zones []string
	var bare []NodeName
	for _, n := range g.Nodes {
		switch {
		case n.Zone == "":
			bare = append(bare, n.Name)
		case !slices.Contains(zones, n.Zone):
			zones = append(zones, n.Zone)
		}
	}
	if len(bare) > 0 && len(zones) > 0 {
		places.key.refuse(fmt.Sprintf("has %s without a zone, %s the first, while others have one",
			count(len(bare), "node", "nodes"), bare[0]), "give all of them a zone, or none")
	}
	if places.spread != nil && len(zones) == 0 && len(g.Nodes) > 0 {
		places.spread.refuse("spreads over zones, but no node of the group has one", "give each node a zone, or remove it")
	}
	return zones
}

func (b *builder) checkCanaries(g *Group, places *groupPlaces) {
	seen := map[NodeName]bool{}
	for i, name := range places.said.Canary {
		at := places.canaries[i]
		switch n, known := b.names[name]; {
		case seen[name]:
			at.refuse(fmt.Sprintf("%s is here twice", name), "keep one")
		case !known && b.broken:
		case !known:
			at.refuse(fmt.Sprintf("there is no node %s", name), b.nodeHint(name, g.Nodes))
		case n.group != g.Name:
			at.refuse(fmt.Sprintf("%s is in %s, not in %s", name, n.group, g.Name), "a canary is a node of its own group")
		case b.isExcluded(name):
			at.refuse(fmt.Sprintf("%s is in exclude too", name), "choose another canary, or end the exclusion")
		}
		seen[name] = true
	}
}

func (b *builder) checkExclusions() {
	seen := map[NodeName]bool{}
	for _, x := range b.excluded {
		n, known := b.names[x.Node]
		switch {
		case seen[x.Node]:
			x.at.refuse(fmt.Sprintf("%s is excluded twice", x.Node), "keep one")
		case !known && b.broken:
		case !known:
			x.at.refuse(fmt.Sprintf("there is no node %s", x.Node), b.nodeHint(x.Node, b.cluster.Nodes()))
		case n.group == mastersGroup:
			x.at.refuse(fmt.Sprintf("%s is a master, and masters cannot be excluded", x.Node),
				"a cluster is patched with all of its masters serving, or not at all: mend it first")
		default:
			b.cluster.Exclusions = append(b.cluster.Exclusions, x.Exclusion)
		}
		seen[x.Node] = true
	}
}

func (b *builder) isExcluded(name NodeName) bool {
	return slices.ContainsFunc(b.excluded, func(x exclusionPlace) bool { return x.Node == name })
}

// mostCompared bounds the search for the node that was meant: a thousand
// unknown names among twenty thousand nodes took ten seconds.
const mostCompared = 2000

// nodeHint names the node that was meant, or shows where they begin and end. It
// says nothing where only some of them are there to choose from.
func (b *builder) nodeHint(name NodeName, nodes []Node) string {
	if len(nodes) == 0 || b.partial {
		return ""
	}
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = string(n.Name)
	}
	near := nearest(string(name), names[:min(len(names), mostCompared)])
	if near == "" {
		return fmt.Sprintf("the names run from %s to %s", names[0], names[len(names)-1])
	}
	return fmt.Sprintf("did you mean %q?", near)
}
