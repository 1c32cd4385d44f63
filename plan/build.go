package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// Input is all that a plan depends on.
type Input struct {
	Inventory *inventory.Cluster
	Facts     Facts
	Waivers   []Waiver
	Today     time.Time // decides which exclusions and waivers still hold
}

// Build makes the plan, or refuses with a *RefusalError that holds every
// reason at once. It is pure and deterministic: the order of nodes within the
// masters or a group of the inventory does not matter, and neither input is
// changed. Policies are complete, as loaded ones are (see inventory.Merge). The
// plan it returns is sealed (see Verify).
func Build(in Input) (*Plan, error) {
	if in.Inventory == nil {
		return nil, errors.New("building a plan: there is no inventory")
	}
	if name := in.Inventory.Policy.Incomplete(false); name != "" {
		return nil, fmt.Errorf("building a plan: the policy does not say %s", name)
	}
	for _, g := range in.Inventory.Groups {
		if name := g.Policy.Incomplete(true); name != "" {
			return nil, fmt.Errorf("building a plan: the policy of %s does not say %s", g.Name, name)
		}
	}
	s := newBuilder(in)
	p := s.judge()
	j := s.judgement()
	if len(j.Blocks) > 0 {
		return nil, &RefusalError{Blocks: j.Blocks}
	}
	for i := range p.Stages {
		if p.Stages[i].Kind == StagePreflight && s.lookedCloser() {
			p.Stages[i].Note = j.String()
		}
	}
	var err error
	if p.ID, err = Identity(p); err != nil {
		return nil, err
	}
	return Sealed(p)
}

// builder is the inventory and the facts side by side, and what speaks against
// a plan.
type builder struct {
	in     Input
	c      *inventory.Cluster
	script dcos.Script
	scale  timeScale
	nodes  []inventory.Node // canonical order: masters, then groups
	groups [][]inventory.Node
	out    map[inventory.NodeName]inventory.Exclusion
	blocks []Block

	warnings []Block
}

func newBuilder(in Input) *builder {
	s := &builder{in: in, c: in.Inventory, script: in.Facts.Script, scale: scaleOf(in.Inventory.Rehearsal.TimeScale)}
	s.script.Packages = slices.Sorted(slices.Values(s.script.Packages))
	s.out = map[inventory.NodeName]inventory.Exclusion{}
	for _, x := range s.c.Exclusions {
		if e, holds := s.c.Excluded(x.Node, in.Today); holds {
			s.out[x.Node] = e
		}
	}
	s.nodes = inGroup(idMasters, slices.SortedFunc(slices.Values(s.c.Masters), byName))
	for _, g := range s.c.Groups {
		sorted := inGroup(g.Name, slices.SortedFunc(slices.Values(g.Nodes), byZoneAndName))
		s.groups = append(s.groups, sorted)
		s.nodes = append(s.nodes, sorted...)
	}
	return s
}

func byName(a, b inventory.Node) int { return natural(string(a.Name), string(b.Name)) }

// inGroup names the group on its own, sorted copy of the nodes.
func inGroup(name string, nodes []inventory.Node) []inventory.Node {
	for i := range nodes {
		nodes[i].Group = name
	}
	return nodes
}

// facts is what a node said; a node that was not asked has said nothing.
func (s *builder) facts(name inventory.NodeName) NodeFacts {
	f, ok := s.in.Facts.Nodes[name]
	if !ok {
		return NodeFacts{Err: "the survey has no answer of it", Kind: "survey"}
	}
	return f
}

func (s *builder) excluded(name inventory.NodeName) bool {
	_, yes := s.out[name]
	return yes
}

// inNodeOrder sorts blocks of one weight: the cluster's, then node by node.
func (s *builder) inNodeOrder(blocks []Block) []Block {
	rank := map[inventory.NodeName]int{"": -1}
	for i, n := range s.nodes {
		rank[n.Name] = i
	}
	weight := weigh(blocks)
	slices.SortStableFunc(blocks, func(a, b Block) int {
		return cmp.Or(weight(a)-weight(b), rank[a.Node]-rank[b.Node])
	})
	return blocks
}

// draft is the plan without its stages.
func (s *builder) draft() *Plan {
	p := &Plan{
		Format:      FormatVersion,
		Cluster:     ClusterRef{Name: s.c.Name, ID: s.c.ID},
		From:        s.script.From,
		To:          s.script.To,
		Script:      s.script,
		Mesos:       s.c.Target.Mesos,
		Variant:     s.variant(),
		Gates:       CustomGates(s.c),
		ExpectedRed: slices.Sorted(slices.Values(s.c.Policy.ExpectedRed)),
		HoldLimit:   s.scale.timeout(s.c.Policy.HoldLimit),
		Waivers:     slices.Clone(s.in.Waivers),
	}
	if s.scale != 1 {
		p.TimeScale = float64(s.scale)
	}
	p.Nodes = make([]Node, 0, len(s.nodes))
	for _, n := range s.nodes {
		p.Nodes = append(p.Nodes, s.node(n))
	}
	s.addRules(p)
	return p
}

// node is a node as the plan sees it.
func (s *builder) node(n inventory.Node) Node {
	f := s.facts(n.Name)
	pn := Node{
		Name: n.Name, Address: n.Address, Port: n.Port, IP: f.IP,
		Role: n.Role, Group: n.Group, Zone: n.Zone,
		Disposition: Patch,
		Tasks:       s.tasks(n.Name),
		Weight:      s.in.Facts.Cluster.Weights[n.Name],
	}
	if x, yes := s.out[n.Name]; yes {
		pn.Disposition, pn.Why = Excluded, exclusionText(x)
		return pn
	}
	if f.Err != "" {
		return pn
	}
	pn.Machine = f.Machine
	pn.Staged = holdsAll(f.Fetched, s.script.Packages)
	if s.atTarget(f) {
		pn.Disposition, pn.Why = AtTarget, evidence(s.script.Packages)
	}
	return pn
}

func (s *builder) tasks(name inventory.NodeName) int {
	if n, known := s.in.Facts.Cluster.Tasks[name]; known {
		return n
	}
	return s.facts(name).Tasks
}
