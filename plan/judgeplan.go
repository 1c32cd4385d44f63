package plan

import (
	"errors"
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// judgePlan blocks for a plan that could not be carried out: a master that
// no quorum lets go, no room for one agent, canaries that are not there.
func (s *builder) judgePlan(p *Plan) {
	s.judgeQuorums(p)
	s.judgeRoom(p)
	for i, r := range p.Groups {
		s.judgeCanaries(r, s.groups[i])
		s.judgeFitness(p, r)
	}
}

func (s *builder) judgeQuorums(p *Plan) {
	if !slices.ContainsFunc(p.Nodes, func(n Node) bool { return n.Role == dcos.Master && n.Disposition == Patch }) {
		return
	}
	masters := p.Masters()
	spare := Block{What: "the masters cannot spare one of them", Observed: fmt.Sprintf("%d of them", len(masters)), Want: "3 or more, so that a majority serves while one is away"}
	switch len(masters) {
	case 1:
		spare.Check = CheckSingleMaster
		spare.Next = advice.Say("the cluster is without a master while its only one is patched: no task starts and no agent may be lost meanwhile; to take that: --waive " + CheckSingleMaster + ":cluster=REASON")
		s.block(spare)
		if _, yes := s.waived(spare); !yes {
			return
		}
	case 2:
		spare.Next = advice.Say("this cluster cannot be patched without an outage, and dcos-patch makes none: bring it to 3 masters")
		s.block(spare)
		return
	}
	if !s.in.Facts.Cluster.Green {
		return // judgeGreen has said why
	}
	for _, m := range masters {
		if m.Disposition != Patch {
			continue
		}
		_, err := p.ProveMaster(s.in.Facts.Cluster, m.Name)
		for _, reason := range quorumReasons(err) {
			s.block(Block{Node: m.Name, What: "no proof that it may stop", Observed: reason,
				Want: "every quorum known, fresh, and complete without it", Next: advice.Say("repair the masters first, then plan again")})
		}
	}
}

// quorumReasons takes a joined error of ProveMaster apart.
func quorumReasons(err error) []string {
	if err == nil {
		return nil
	}
	var one *QuorumError
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []string
		for _, e := range joined.Unwrap() {
			all = append(all, quorumReasons(e)...)
		}
		return all
	}
	if errors.As(err, &one) && one.Quorum != "" {
		return []string{one.Quorum + ": " + one.Reason}
	} else if one != nil {
		return []string{one.Reason}
	}
	return []string{err.Error()}
}

// judgeRoom: is there room for one more agent to be out?
func (s *builder) judgeRoom(p *Plan) {
	work := slices.ContainsFunc(p.Nodes, func(n Node) bool { return n.Role.IsAgent() && n.Disposition == Patch })
	var out []inventory.NodeName
	for _, n := range distinct(s.in.Facts.Cluster.Out) {
		if !s.excluded(n) {
			out = append(out, n)
		}
	}
	if !work || len(out) < p.MaxOut {
		return
	}
	slices.SortFunc(out, func(a, b inventory.NodeName) int { return natural(string(a), string(b)) })
	s.block(Block{What: "no room to take an agent out", Observed: fmt.Sprintf("%d out already: %v", len(out), out),
		Want: fmt.Sprintf("fewer than max_out, which is %d", p.MaxOut),
		Next: advice.Say("bring them back, or exclude those known to be dead, each with a reason"), DueTo: s.explained(out)})
}

// judgeCanaries: declared canaries are in their group and take part.
func (s *builder) judgeCanaries(r GroupRule, nodes []inventory.Node) {
	if slices.Equal(r.Canary, []string{"auto"}) || slices.Equal(r.Canary, []string{"none"}) {
		return
	}
	for _, name := range r.Canary {
		member := slices.ContainsFunc(nodes, func(n inventory.Node) bool { return string(n.Name) == name })
		switch {
		case !member:
			s.block(Block{What: "a canary is not in its group", Observed: fmt.Sprintf("%s is no node of %s", name, r.Name),
				Want: "a node of the group", Next: advice.Say("correct policy.canary of " + r.Name)})
		case s.excluded(inventory.NodeName(name)):
			s.block(Block{Node: inventory.NodeName(name), What: "a canary is excluded", Observed: exclusionText(s.out[inventory.NodeName(name)]),
				Want: "a canary that takes part", Next: advice.Say("name another in policy.canary of " + r.Name)})
		}
	}
}

// judgeFitness blocks for a group in which no agent that is to be patched
// serves: it would have no canary, or one that says nothing. A declared canary
// must serve, too.
func (s *builder) judgeFitness(p *Plan, r GroupRule) {
	if slices.Equal(r.Canary, []string{"none"}) {
		return
	}
	var todo, unfit []inventory.NodeName
	for _, n := range p.Nodes {
		if n.Group == r.Name && n.Disposition == Patch {
			todo = append(todo, n.Name)
			if !s.fit(n.Name) {
				unfit = append(unfit, n.Name)
			}
		}
	}
	if slices.Equal(r.Canary, []string{"auto"}) {
		if len(todo) > 1 && len(unfit) == len(todo) {
			s.block(Block{What: "no agent of a group can be its canary", Observed: fmt.Sprintf("every agent of %s that is to be patched is out of service", r.Name),
				Want: "one that serves", Next: advice.Say("bring one back, or write policy.canary: none for " + r.Name), DueTo: s.explained(unfit)})
		}
		return
	}
	for _, name := range unfit {
		if slices.Contains(r.Canary, string(name)) {
			s.block(Block{Node: name, What: "a canary is out of service", Observed: s.outText(name),
				Want: "a canary that serves", Next: advice.Say("bring it back, or name another in policy.canary of " + r.Name), DueTo: s.explained([]inventory.NodeName{name})})
		}
	}
}

// outText is what the leader says of an agent that is out.
func (s *builder) outText(name inventory.NodeName) string {
	a, told := s.in.Facts.Cluster.State(name)
	if !told {
		return "out of service at the leader"
	}
	return a.Detail
}
