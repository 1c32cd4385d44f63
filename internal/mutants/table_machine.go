package mutants

import "slices"

// machineMutants mistake one machine for another, or one trouble for another.
func machineMutants() []Mutant {
	return slices.Concat(in("plan/identity.go",
		Mutant{Name: "the plan id does not bind machines", Old: "dn.IP, dn.Machine = n.IP, n.Machine", New: "dn.IP, dn.Machine = \"\", \"\"", Run: "Identity"},
	), in("plan/compare.go",
		Mutant{Name: "another machine passes by its address", Old: "case n.Machine != \"\" && machine != \"\" && n.Machine != machine, (", New: "case n.Machine != \"\" && machine != \"\" && n.Machine != machine && n.IP != ip, (", Run: "Machine"},
		Mutant{Name: "a saved plan of another cluster's name passes", Old: "fresh.Cluster.Name, saved.Cluster.Name)", New: "saved.Cluster.Name, saved.Cluster.Name)", Run: "Compare"},
	), in("dcos/evidence.go",
		Mutant{Name: "an issue without evidence is called known", Old: "if len(k.Evidence) == 0 {\n\t\treturn Unproved, \"\"", New: "if len(k.Evidence) == 0 {\n\t\treturn Proved, \"\"", Run: "Evidence"},
		Mutant{Name: "evidence that was not read proves", Old: "if !read {\n\t\t\treturn Unproved, \"\"", New: "if !read {\n\t\t\treturn Proved, name", Run: "Evidence"},
		Mutant{Name: "a line of long ago proves", Old: "end.Sub(at) <= recently && ", New: "end.Sub(at) <= 1000*recently && ", Run: "Evidence"},
	))
}
