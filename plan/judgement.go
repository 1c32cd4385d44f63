package plan

import (
	"errors"
	"fmt"
	"slices"

	"github.com/dcos-patch/dcos-patch/inventory"
)

// Judgement is what speaks against a patch, and what a person should know
// before one. Both lists are in the order of a RefusalError.
type Judgement struct {
	Nodes    int     `json:"nodes"` // of the inventory; excluded ones are not asked
	Blocks   []Block `json:"blocks"`
	Warnings []Block `json:"warnings"` // among them every block that is waived
}

// Tally counts the nodes by the worst that is said of them. What concerns the
// cluster only makes it one more that warns, or blocks; it is never clean.
func (j Judgement) Tally() (clean, warned, blocked int) {
	worst := map[inventory.NodeName]bool{} // to whether it is blocked
	for _, b := range j.Warnings {
		worst[b.Node] = false
	}
	for _, b := range j.Blocks {
		worst[b.Node] = true
	}
	for _, blocks := range worst {
		if blocks {
			blocked++
		} else {
			warned++
		}
	}
	nodes := len(worst)
	if _, cluster := worst[""]; cluster {
		nodes--
	}
	return j.Nodes - nodes, warned, blocked
}

// String is the tally in words: "119 clean, 3 warn, 0 block".
func (j Judgement) String() string {
	clean, warned, blocked := j.Tally()
	warn, block := "", ""
	switch {
	case ofCluster(j.Blocks):
		block = withCluster(blocked)
	case ofCluster(j.Warnings):
		warn = withCluster(warned)
	}
	return fmt.Sprintf("%d clean, %d warn%s, %d block%s", clean, warned, warn, blocked, block)
}

// withCluster says behind a count that the cluster is in it.
func withCluster(n int) string {
	if n == 1 {
		return " (the cluster)"
	}
	return " (with the cluster)"
}

// ofCluster reports whether one of the blocks concerns the cluster, not a node.
func ofCluster(blocks []Block) bool {
	return slices.ContainsFunc(blocks, func(b Block) bool { return b.Node == "" })
}

// Judge says all that Build would refuse for, and what it would warn of. It is
// pure and deterministic as Build is.
func Judge(in Input) (Judgement, error) {
	if in.Inventory == nil {
		return Judgement{}, errors.New("judging facts: there is no inventory")
	}
	s := newBuilder(in)
	s.judge()
	return s.judgement(), nil
}

// judge hears all judges, and drafts the plan that some of them need.
func (s *builder) judge() *Plan {
	s.judgeWaivers()
	s.judgeCluster()
	s.judgeNodes()
	s.judgeAgents()
	s.judgeClocks()
	p := s.draft()
	s.addStages(p)
	s.judgePlan(p)
	return p
}

func (s *builder) judgement() Judgement {
	j := Judgement{Blocks: s.inNodeOrder(s.blocks), Warnings: s.inNodeOrder(s.warnings)}
	for _, n := range s.nodes {
		if !s.excluded(n.Name) {
			j.Nodes++
		}
	}
	return j
}

// lookedCloser tells whether all was asked of every node. Facts of a model, or
// of a survey that was saved before there were these questions, have less: of
// them it is not known whether a node is clean.
func (s *builder) lookedCloser() bool {
	for _, n := range s.nodes {
		if f := s.facts(n.Name); !s.excluded(n.Name) && (f.Ready == nil || f.Clock == nil) {
			return false
		}
	}
	return true
}

func (s *builder) warn(b Block) { s.warnings = append(s.warnings, b) }
