package plan

// StagesOnly reports whether a plan only puts packages on nodes.
func (p *Plan) StagesOnly() bool {
	staged := false
	for _, st := range p.Stages {
		switch st.Kind {
		case StageMasters, StageCanary, StageGroup:
			return false
		case StageAhead:
			staged = true
		}
	}
	return staged
}

// Staging is the plan cut down to what stops nothing, with so many agents at once;
// 0: as many as the policy says.
func (p *Plan) Staging(parallel int) (*Plan, error) {
	cut := *p
	cut.Stages = nil
	for _, st := range p.Stages {
		if st.Kind != StagePreflight && st.Kind != StageAhead {
			continue
		}
		if parallel > 0 && st.Width > 1 {
			st.Width = parallel
		}
		cut.Stages = append(cut.Stages, st)
	}
	cut.Estimate = 0
	for _, st := range cut.Stages {
		cut.Estimate += st.Estimate
	}
	return Sealed(&cut)
}

// HasWork reports whether a plan patches anything.
func (p *Plan) HasWork() bool {
	for _, n := range p.Nodes {
		if n.Disposition == Patch {
			return true
		}
	}
	return false
}
