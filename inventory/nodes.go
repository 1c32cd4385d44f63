package inventory

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// mastersGroup is the group of every master.
const mastersGroup = "masters"

func (b *builder) readMasters(v value) {
	before := len(b.problems.List)
	for _, item := range v.items() {
		b.cluster.Masters = append(b.cluster.Masters, b.readNodes(item, Node{Role: dcos.Master, Group: mastersGroup, Port: b.cluster.SSH.Port})...)
	}
	slices.SortFunc(b.cluster.Masters, func(x, y Node) int { return strings.Compare(string(x.Name), string(y.Name)) })
	if len(b.problems.List) > before {
		b.broken = true
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
		"policy": groupPolicy(&places.said, places),
		"hooks":  notYet,
		"gates":  notYet,
	}, "role", "nodes")
	before := len(b.problems.List)
	if nodes != nil { // the role may stand below the nodes
		for _, item := range nodes.items() {
			g.Nodes = append(g.Nodes, b.readNodes(item, Node{Role: g.Role, Group: g.Name, Port: b.cluster.SSH.Port})...)
		}
	}
	places.broken = nodes == nil || len(b.problems.List) > before
	b.broken = b.broken || places.broken
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

// nodeEntry is one entry of a list of nodes: a node, or a range of them.
type nodeEntry struct {
	name, address     span
	nameAt, addressAt value
	like              Node // what all of them share
}

func (b *builder) readNodes(v value, like Node) []Node {
	e := nodeEntry{nameAt: v, addressAt: v, like: like}
	v.mapping(fields{
		"name": func(v value) {
			e.nameAt = v
			e.name = ranged(v, word)
		},
		"address": func(v value) {
			e.addressAt = v
			e.address = ranged(v, address)
		},
		"zone": text(&e.like.Zone, word),
		"port": integer(&e.like.Port, 1, 65535),
	}, "name", "address")
	n, m := e.name.size(), e.address.size()
	switch {
	case e.name == (span{}) || e.address == (span{}):
		return nil
	case n != m:
		e.addressAt.refuse(fmt.Sprintf("makes %s, but name makes %s", count(m, "address", "addresses"), count(n, "name", "names")),
			"the ranges of name and address must be equally long")
		return nil
	case b.total+n > mostNodes:
		v.refuse(fmt.Sprintf("makes %d nodes in all; at most %d are allowed", b.total+n, mostNodes), "")
		return nil
	}
	b.total += n
	return b.expand(e)
}

// ranged reads a text with at most one range; the first and the last text
// that it makes must pass the check. The zero span means that it did not.
func ranged(v value, ok check) span {
	s, fine := v.text()
	if !fine {
		return span{}
	}
	sp, what, hint := parseSpan(s)
	for _, i := range []int{0, sp.size() - 1} {
		if what == "" {
			what, hint = ok(sp.at(i))
		}
	}
	if what != "" {
		v.refuse(what, hint)
		return span{}
	}
	return sp
}

// expand makes the nodes of an entry, and refuses what another has already:
// once for the names and once for the addresses, however many there are.
func (b *builder) expand(e nodeEntry) []Node {
	nodes := make([]Node, e.name.size())
	var names, addresses clash
	for i := range nodes {
		n := e.like
		n.Name, n.Address = NodeName(e.name.at(i)), e.address.at(i)
		nodes[i] = n
		if at, twice := b.names[n.Name]; twice {
			names.add(string(n.Name), at)
		} else {
			b.names[n.Name] = taken{by: n.Name, line: e.nameAt.node.Line}
		}
		key := endpoint(n)
		if at, twice := b.addresses[key]; twice {
			addresses.add(n.Address, at)
		} else {
			b.addresses[key] = taken{by: n.Name, line: e.addressAt.node.Line}
		}
	}
	names.report(e.nameAt, "every node needs a name of its own")
	addresses.report(e.addressAt, "is one of them a copy of the other?")
	return nodes
}

// clash counts the texts of one entry that somebody has already.
type clash struct {
	first string
	taken taken
	more  int
}

func (c *clash) add(s string, by taken) {
	if c.first != "" {
		c.more++
		return
	}
	c.first, c.taken = s, by
}

func (c *clash) report(at value, hint string) {
	if c.first == "" {
		return
	}
	more := ""
	if c.more > 0 {
		more = fmt.Sprintf(", and %d more are taken", c.more)
	}
	at.refuse(fmt.Sprintf("%s is taken by %s in line %d%s", c.first, c.taken.by, c.taken.line, more), hint)
}

// endpoint is what two nodes must not share: where SSH dials. Nodes behind
// one address with different ports are different nodes.
func endpoint(n Node) string {
	host := strings.ToLower(strings.TrimSuffix(n.Address, "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.Unmap().String()
	}
	return host + " " + strconv.Itoa(n.Port)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
