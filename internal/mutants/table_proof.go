package mutants

import "slices"

// proofMutants weaken the arithmetic of quorums and admission.
func proofMutants() []Mutant {
	return slices.Concat(in("plan/quorum.go",
		Mutant{Name: "a quorum may lose its majority", Old: "return remaining, q.Size > 0 && len(serving) <= q.Size && remaining >= q.Need()", New: "return remaining, q.Size > 0 && len(serving) <= q.Size && remaining >= q.Need()-1"},
		Mutant{Name: "a quorum of unknown size proves", Old: "case q.Size <= 0:", New: "case q.Size < 0:"},
		Mutant{Name: "a quorum of another size than the masters proves", Old: "case q.Size != len(masters):", New: "case q.Size > len(masters):"},
		Mutant{Name: "an old sample proves", Old: "case q.Age.D() > FreshFor:", New: "case q.Age.D() > 100*FreshFor:"},
		Mutant{Name: "a member may count twice", Old: "case len(distinct(q.Serving)) != len(q.Serving):", New: "case false:"},
		Mutant{Name: "a master proves while the cluster is red", Old: "if !obs.Green {", New: "if !obs.Green && needAll {"},
		Mutant{Name: "no quorum at all proves", Old: "if len(obs.Quorums) == 0 {", New: "if obs.Quorums == nil {"},
		Mutant{Name: "a version that needs all masters is content with a majority", Old: "case needAll && len(missing) > 0:", New: "case needAll && len(missing) > 1:"},
	), in("plan/admit.go",
		Mutant{Name: "one more than the width is admitted", Old: "case len(ours) > a.Width:", New: "case len(ours) > a.Width+1:"},
		Mutant{Name: "one more than max_out is admitted", Old: "case all > a.MaxOut:", New: "case all > a.MaxOut+1:"},
		Mutant{Name: "agents that are out already are not counted", Old: "all := len(distinct(append(slices.Clone(ours), a.Out...))) + max(a.Foreign, 0)", New: "all := len(distinct(slices.Clone(ours))) + max(a.Foreign, 0)"},
		Mutant{Name: "unknown agents that are out are not counted", Old: "+ max(a.Foreign, 0)", New: "+ min(a.Foreign, 0)"},
		Mutant{Name: "lanes may be in one zone more", Old: "len(zones) > a.ZoneSpread:", New: "len(zones) > a.ZoneSpread+1:"},
		Mutant{Name: "a node may be admitted twice", Old: "if slices.Contains(inFlight, a.Candidate) {", New: "if false {"},
	))
}
