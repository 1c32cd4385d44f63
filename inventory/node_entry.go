package inventory

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// nodeEntry is one entry of a list of nodes: a node, or a range of them.
type nodeEntry struct {
	name, address     span // zero when not readable
	nameAt, addressAt value
	like              Node // what all of them share
}

// readNodes reads one entry. Names that are not known for certain mark the inventory
// as broken, so that no other entry is blamed for using that name.
func (b *builder) readNodes(v value, like Node) []Node {
	e := nodeEntry{nameAt: v, addressAt: v, like: like}
	v.mapping(fields{
		"name": func(v value) {
			e.nameAt = v
			e.name = ranged(v, nodeName)
		},
		"address": func(v value) {
			e.addressAt = v
			e.address = ranged(v, address)
		},
		"zone": text(&e.like.Zone, word),
		"port": port(&e.like.Port, &e.like.PortSaid),
	}, "name", "address")
	n, m := e.name.size(), e.address.size()
	if b.total += n; b.total > mostNodes {
		v.refuse(fmt.Sprintf("makes %d nodes in all; at most %d are allowed", b.total, mostNodes), "")
		b.broken = true
		return nil
	}
	if e.name == (span{}) {
		b.broken = true
	} else {
		b.claimNames(e)
	}
	if e.name == (span{}) || e.address == (span{}) {
		b.partial = true
		return nil
	}
	if n != m { // one of the two is wrong, and it is not known which: the names may be others
		b.broken = true
		e.addressAt.refuse(fmt.Sprintf("makes %s, but name makes %s", count(m, "address", "addresses"), count(n, "name", "names")),
			"the ranges of name and address must be equally long")
		return nil
	}
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

// claimNames takes the names of an entry for its group. However many of them
// are taken already, it is one problem.
func (b *builder) claimNames(e nodeEntry) {
	var c clash
	for i := range e.name.size() {
		name := NodeName(e.name.at(i))
		if by, twice := b.names[name]; twice {
			c.add(fmt.Sprintf("%s is the name of a node of %s already, in line %d", name, by.group, by.line))
			continue
		}
		b.names[name] = taken{node: name, group: e.like.Group, line: e.nameAt.node.Line}
	}
	c.report(e.nameAt, "every node needs a name of its own")
}

// expand makes the nodes of an entry, and claims their addresses.
func (b *builder) expand(e nodeEntry) []Node {
	nodes := make([]Node, e.name.size())
	var c clash
	for i := range nodes {
		n := e.like
		n.Name, n.Address = NodeName(e.name.at(i)), e.address.at(i)
		nodes[i] = n
		key := endpoint(n)
		if by, twice := b.addresses[key]; twice {
			c.add(fmt.Sprintf("%s is the address of %s already, in line %d", n.Address, by.node, by.line))
			continue
		}
		b.addresses[key] = taken{node: n.Name, group: n.Group, line: e.addressAt.node.Line}
	}
	c.report(e.addressAt, "is one of them a copy of the other?")
	return nodes
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

// taken is by which node a name or an address is used.
type taken struct {
	node  NodeName
	group string
	line  int
}

// clash counts what of one entry is taken already.
type clash struct {
	first string
	more  int
}

func (c *clash) add(what string) {
	if c.first != "" {
		c.more++
		return
	}
	c.first = what
}

func (c *clash) report(at value, hint string) {
	switch {
	case c.more > 0:
		at.refuse(fmt.Sprintf("%s, and %d more of this range are taken", c.first, c.more), hint)
	case c.first != "":
		at.refuse(c.first, hint)
	}
}
