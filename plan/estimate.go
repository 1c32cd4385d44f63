package plan

import "time"

// Estimates of how long things take where nothing goes wrong: guesses from
// experience, not promises, and no timeout is made from them.
const (
	estPreflight   = 3 * time.Minute
	estPostflight  = 4 * time.Minute
	estStaged      = 10 * time.Second // a node that holds every package
	estFetch       = 4 * time.Minute
	estBaseline    = 15 * time.Second
	estScript      = 4 * time.Minute
	estMasterServe = 4 * time.Minute
	estAgentReturn = 30 * time.Second
	estAgentServe  = 75 * time.Second
	estProbe       = 10 * time.Second
	estDeferred    = 75 * time.Second
)

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
	var d time.Duration
	switch st.Action {
	case ActionPreflight:
		d = estPreflight
	case ActionStage:
		d = estFetch
		if staged {
			d = estStaged
		}
	case ActionBaseline:
		d = estBaseline
	case ActionPatch:
		d = estScript
	case ActionReturn:
		d = estAgentReturn
	case ActionServe:
		d = estAgentServe
		if kind == StageMasters {
			d = estMasterServe
		}
	case ActionDeferred:
		d = estDeferred
	case ActionPostflight:
		d = estPostflight
	case ActionProbe:
		d = estProbe
	case ActionSettle, ActionBake: // their span is all they take
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
