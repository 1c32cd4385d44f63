package inventory

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// mastersGroup is the group of every master.
const mastersGroup = "masters"

func (b *builder) readMasters(v value) {
	before := len(b.problems.List)
	for _, item := range v.items() {
		b.cluster.Masters = append(b.cluster.Masters, b.readNodes(item, Node{Role: dcos.Master, Group: mastersGroup, Port: b.cluster.SSH.Port, PortSaid: b.cluster.SSH.PortSaid})...)
	}
	slices.SortFunc(b.cluster.Masters, func(x, y Node) int { return strings.Compare(string(x.Name), string(y.Name)) })
	if len(b.problems.List) > before {
		return // the count means nothing while entries are missing
	}
	switch n := len(b.cluster.Masters); n {
	case 1, 3, 5:
	case 2, 4:
		v.refuse(fmt.Sprintf("are %d; DC/OS has 1, 3 or 5", n), fmt.Sprintf("list every master of the cluster: an even number survives no more than %d would", n-1))
	default:
		v.refuse(fmt.Sprintf("are %d; DC/OS has 1, 3 or 5", n), "list every master of the cluster, and nothing else")
	}
}

func (b *builder) readAgents(v value) {
	all, _ := v.entries()
	if len(all) == 0 && v.node.Kind == yaml.MappingNode {
		v.refuse("has no group", "add one, or remove the line")
	}
	for _, e := range all {
		if what, hint := groupWord(e.name); what != "" {
			e.key.refuse(what, hint)
		}
		b.readGroup(e)
	}
}

func (b *builder) readGroup(e entry) {
	g := Group{Name: e.name}
	places := &groupPlaces{key: e.key}
	var nodes *value
	e.mapping(fields{
		"role":   role(&g.Role),
		"nodes":  func(v value) { nodes = &v },
		"policy": readPolicy(&places.said, places),
		"hooks":  notYet,
		"gates":  b.readGates(&g.Gates),
	}, "role", "nodes")
	if nodes != nil { // the role may stand below the nodes
		for _, item := range nodes.items() {
			g.Nodes = append(g.Nodes, b.readNodes(item, Node{Role: g.Role, Group: g.Name, Port: b.cluster.SSH.Port, PortSaid: b.cluster.SSH.PortSaid})...)
		}
	}
	b.cluster.Groups = append(b.cluster.Groups, g)
	b.groups = append(b.groups, places)
}

func role(dst *dcos.Role) func(value) {
	return func(v value) {
		s, ok := v.text()
		if !ok {
			return
		}
		r, err := dcos.ParseRole(s)
		switch {
		case err == nil && r.IsAgent():
			*dst = r
		case r == dcos.Master:
			v.refuse("is master, but groups are of agents", "list masters under masters")
		case s == "slave_public" || s == "public_agent":
			v.refuse(fmt.Sprintf("is %q, which is no role", s), "write public")
		case s == "slave" || s == "agent" || s == "private_agent":
			v.refuse(fmt.Sprintf("is %q, which is no role", s), "write private")
		default:
			v.refuse(fmt.Sprintf("is %q, which is no role", s), didYouMean(s, []string{"private", "public"}))
		}
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
