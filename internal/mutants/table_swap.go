package mutants

import "slices"

// swapOnNode are the tests of the node program that are about swaps that were cut.
const swapOnNode = "TestTheProgramObeysTheTable/^sh$/not_finished|TestTheProgramObeysTheTable/^sh$/target_is_started|TestTheProgramObeysTheTable/^sh$/under_its_lock|TestTheProgramObeysTheTable/^sh$/position_12_is_finished|TestWhatIsNotTheWholeNewSetIsLeftAlone|TestFinishingASwapMayBeCutAnywhere"

// swapMutants finish a swap that was cut where that must not be done.
func swapMutants() []Mutant {
	searched, rehearsed := []string{"./internal/prove"}, []string{"./internal/rehearse"} // which have finish-swap as a move
	ms := slices.Concat(in("node/node.sh",
		Mutant{Name: "a new set that is not complete is moved into place", Old: "elif [ \"$stage\" = archive ] || ! there \"$p\"; then", New: "elif false; then"},
		Mutant{Name: "a part of the new set that is there twice is passed over", Old: "[ \"$stage\" = archive ] || ! there \"$p\" || refuse swap", New: "true || refuse swap"},
		Mutant{Name: "a swap is finished to any new set", Old: "[ \"$(ids_of \"$set\")\" = \"$target\" ] || refuse swap", New: "true || refuse swap"},
		Mutant{Name: "a swap to packages that are gone is finished", Old: "[ -d \"$OPT/packages/$id\" ] || refuse swap", New: "true || refuse swap"},
		Mutant{Name: "whatever is active is started as if it were the target", Old: "[ \"$(ids_of \"$OPT/active\")\" = \"$target\" ] || refuse swap", New: "true || refuse swap"},
		Mutant{Name: "a swap that no attempt began is finished", Old: "[ -n \"$attempt\" ] || refuse receipt \"no attempt", New: "true || refuse receipt \"no attempt"},
		Mutant{Name: "another cluster's attempt makes a swap ours", Old: "of_other_cluster \"$sha\" \"$a\" || attempt=$a ;;", New: "attempt=$a ;;"},
		Mutant{Name: "a swap is finished after its deadline", Old: "\trefuse_late \"$boot\" \"$until\"\n\trecord_finish", New: "\trecord_finish"},
		Mutant{Name: "a swap is finished without the run's claim or lock", Old: "claim \"$epoch\" \"$run\"\n\twant_claim \"$epoch\" \"$run\"\n", New: "claim \"$epoch\" \"$run\"\n"},
		Mutant{Name: "a swap is finished beside a running script", Old: "want_claim \"$epoch\" \"$run\"\n\trefuse_while_patching\n", New: "want_claim \"$epoch\" \"$run\"\n"},
		Mutant{Name: "the receipt does not tell that the swap was finished", Old: "\trecord_finish 'done'\n", New: ""},
		Mutant{Name: "a set that was moved aside is not recorded as gone", Old: "\"stage\": \"move_new\"}' >\"$next\"", New: "\"stage\": \"archive\"}' >\"$next\""},
	), in("orchestrator/remedy.go",
		Mutant{Name: "a cut swap is finished without approval", Old: "cut && disruptive(s.CurrentStage().Kind) && slices.Contains(s.Finish, st.Node)", New: "cut && disruptive(s.CurrentStage().Kind) && st.Node != \"\""},
		Mutant{Name: "a swap that is not cut is finished", Old: "return rep.Outcome == plan.Failed && cut &&", New: "return rep.Outcome == plan.Failed && (cut || true) &&", Packages: searched},
		Mutant{Name: "a remedy starts on what was seen before its swap was known to be cut", Old: "\treturn disturb(s, e)\n", New: "\treturn s\n"},
		Mutant{Name: "a remedy is tried again without end", Old: "l.Now().Late < lateLimit", New: "l.Now().Late < 1000*lateLimit"},
		Mutant{Name: "a start in the journal is taken for the remedy", Old: "case e.Remedy != l.Remedy:", New: "case e.Remedy != l.Remedy && e.Remedy != plan.RemedyNone:"},
		Mutant{Name: "a remedy in the journal needs no approval", Old: "case !slices.Contains(s.Finish, st.Node):", New: "case !slices.Contains(s.Finish, st.Node) && e.Attempt > 1000:"},
	), in("orchestrator/next.go",
		Mutant{Name: "an approval survives a resume", Old: "s.Finish = slices.Clone(e.Finish)", New: "s.Finish = slices.Concat(s.Finish, e.Finish)", Packages: searched},
	), in("orchestrator/prove.go",
		Mutant{Name: "a master's remedy needs no proof", Old: "return s.remedyProof(name)", New: "return \"approved\", nil", Packages: rehearsed},
	), in("plan/quorum.go",
		Mutant{Name: "what is red besides the master does not hinder its remedy", Old: "if !f.Status.OK() && !ofIt {", New: "if !f.Status.OK() && !ofIt && f.Check == \"\" {", Packages: rehearsed},
		Mutant{Name: "what is red because of others too does not hinder a remedy", Old: "len(due) == 1 && due[0] == candidate", New: "slices.Contains(due, candidate)"},
		Mutant{Name: "a member that others hinder too counts as serving", Old: "len(by) == 1 && by[0] == candidate &&", New: "slices.Contains(by, candidate) &&"},
	), in("steps/finish.go",
		Mutant{Name: "a swap is finished without a proof", Old: "if t.Proof == \"\" || t.Until.By.IsZero() {", New: "if t.Proof == \"\" && t.Until.By.IsZero() {"},
		Mutant{Name: "a remedy's proof is as old as its preparations take", Old: "a.Uptime.At(plan.FreshFor - elapsed.Most(t.Until.By.Add(-plan.FreshFor), a.At))", New: "a.Uptime.At(plan.FreshFor - elapsed.Most(a.At, a.At))"},
		Mutant{Name: "a call of finish-swap that is on its way counts as over", Old: "coming := f.open && f.called != nil && err", New: "coming := f.open && f.called == nil && err"},
	), in("steps/patch.go",
		Mutant{Name: "a cut swap is judged while a call is at work on it", Old: "case r.once && r.found.Outcome == plan.Failed &&", New: "case r.once && r.found.Outcome != plan.Failed &&"},
	))
	for i := range ms {
		if ms[i].Packages != nil {
			continue
		}
		switch ms[i].File {
		case "steps/finish.go", "steps/patch.go": // all tests of the package
		case "node/node.sh":
			ms[i].Packages, ms[i].Run = []string{"./node"}, swapOnNode
		default:
			ms[i].Packages, ms[i].Run = []string{"./orchestrator"}, "CutSwap|Remedy"
		}
	}
	return ms
}
