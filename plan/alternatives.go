package plan

// Alternative is how long the whole plan would take if its slowest group had
// another width.
type Alternative struct {
	Stage    string
	Width    int
	Estimate Duration
}

// Alternatives are for who approves the plan: the slowest group at some three
// fifths of its width and at twice its width, as far as these differ from what
// is planned and the group has so many nodes. A wider group may need a larger
// max_out, too.
func Alternatives(p *Plan) []Alternative {
	var s Stage
	for _, st := range p.Stages {
		if st.Estimate > s.Estimate {
			s = st
		}
	}
	if s.Kind != StageGroup {
		return nil
	}
	nodes := make([]Node, len(s.Lanes))
	for i, l := range s.Lanes {
		nodes[i], _ = p.Node(l.Node)
	}
	now := rounds(s, nodes)
	var all []Alternative
	for _, width := range []int{ceilDiv(s.Width*3, 5), min(s.Width*2, len(s.Lanes))} {
		if width == s.Width {
			continue
		}
		other := s
		other.Width = width
		took := s.Estimate / Duration(now) * Duration(rounds(other, nodes))
		all = append(all, Alternative{Stage: s.ID, Width: width, Estimate: p.Estimate - s.Estimate + took})
	}
	return all
}
