package plan

import "time"

// estimated fills in how long a stage should take: its slowest lane, as often
// as lanes have to follow each other.
func (w work) estimated(s Stage, nodes []Node) Stage {
	if len(s.Lanes) == 0 {
		return s
	}
	var sum time.Duration
	for i, l := range s.Lanes {
		for _, st := range l.Steps {
			sum += w.expect(s.Kind, st, i < len(nodes) && nodes[i].Staged)
		}
	}
	mean := sum / time.Duration(len(s.Lanes))
	s.Estimate = Duration((time.Duration(rounds(s, nodes)) * mean).Round(time.Millisecond))
	return s
}

// expect is the scaled estimate of one step.
func (w work) expect(kind StageKind, st Step, staged bool) time.Duration {
	spec := st.Action.Spec()
	d := spec.Estimate
	switch {
	case kind == StageMasters && spec.OnMaster > 0:
		d = spec.OnMaster
	case staged && spec.Staged > 0:
		d = spec.Staged
	}
	return w.scale.span(d).D() + st.Span.D()
}

// rounds is how often a stage fills its width. Where only one zone may have
// lanes in flight, each zone ends with a round of its own.
func rounds(s Stage, nodes []Node) int {
	if s.ZoneSpread != 1 {
		return ceilDiv(len(s.Lanes), s.Width)
	}
	zones := map[string]int{}
	for _, n := range nodes {
		zones[n.Zone]++
	}
	total := 0
	for _, n := range zones {
		total += ceilDiv(n, s.Width)
	}
	return total
}

func ceilDiv(a, b int) int { return (a + max(b, 1) - 1) / max(b, 1) }
