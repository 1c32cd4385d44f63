package mutants

import "slices"

// gateMutants let gates pass on stale, missing or wrong answers.
func gateMutants() []Mutant {
	cheap := "^Test(Gate|Judge|Verdict|Registered|Registrar|Leader|Table|Await|Board|Agents|Masters?|Exhibitor|Cockroach|View|Case|Every|A|The|What|No|An)"
	in := func(file string, edits ...Mutant) []Mutant {
		for i := range edits {
			edits[i].Run = cheap
		}
		return in(file, edits...)
	}
	return slices.Concat(in("checks/verdict.go",
		Mutant{Name: "one sample is enough", Old: "v.Holds = len(streak) >= v.Finding.Need && ", New: "v.Holds = "},
		Mutant{Name: "the span need not last", Old: " && v.Lasted >= spec.Span.D() && ", New: " && "},
		Mutant{Name: "marks need not change", Old: " && v.Still == \"\"\n", New: "\n"},
		Mutant{Name: "a failure does not end the row", Old: "if !s.Finding.Status.OK() || s.stale(since) != \"\" {\n\t\t\tbreak", New: "if !s.Finding.Status.OK() || s.stale(since) != \"\" {\n\t\t\tcontinue"},
		Mutant{Name: "a stale answer counts", Old: "if !s.Finding.Status.OK() || s.stale(since) != \"\" {", New: "if !s.Finding.Status.OK() {"},
		Mutant{Name: "another process joins the row", Old: "return a.Identity == b.Identity && gap", New: "return gap"},
		Mutant{Name: "a long gap does not end the row", Old: " && gap <= gapLimit(spec)", New: ""},
	), in("checks/registered.go",
		Mutant{Name: "a new agent id passes", Old: "a.base.Agent.ID == \"\" || g.ID == a.base.Agent.ID || g.ID == a.agentID() {", New: "a.base.Agent.ID == \"\" || g.ID != \"\" {"},
		Mutant{Name: "an old registration passes", Old: "case g.RegisteredAt.Equal(before.Registered) && g.ReregisteredAt.Equal(before.Reregistered):", New: "case false:"},
		Mutant{Name: "an inactive agent passes", Old: "case !g.Active && !g.Deactivated:", New: "case false:"},
		Mutant{Name: "an agent with the old Mesos passes", Old: "case a.mesos != \"\" && g.Version != a.mesos:", New: "case false:"},
	), in("checks/registrar.go",
		Mutant{Name: "a missing metric passes", Old: "case !has:\n\t\treturn dcos.Unknown, log + \"/log/recovered is missing from the metrics\"", New: "case !has:\n\t\treturn dcos.Passed, \"\""},
		Mutant{Name: "a registrar that has not recovered passes", Old: "case recovered != 1:", New: "case recovered < 0:"},
		Mutant{Name: "an ensemble of any size passes", Old: "case size != float64(masters):", New: "case size > float64(masters):"},
		Mutant{Name: "metrics of the old process pass", Old: "case up >= a.base.Uptime && up >= asked.Sub(a.base.TakenAt).Seconds():", New: "case false:"},
	), in("checks/leader.go",
		Mutant{Name: "two leaders pass", Old: "case len(leading) != 1:\n", New: "case len(leading) < 1:\n"},
		Mutant{Name: "unread masters do not matter", Old: "case len(unread) > mayMiss:", New: "case len(unread) > mayMiss+1:"},
		Mutant{Name: "a leader without its registry works", Old: "if _, has := r.metrics.Get(\"registrar/registry_size_bytes\"); !has {", New: "if _, has := r.metrics.Get(\"registrar/registry_size_bytes\"); !has && false {"},
	))
}
