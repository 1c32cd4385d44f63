package mutants

import "slices"

// launchMutants start scripts twice, too late, or misjudge how they ended.
func launchMutants() []Mutant {
	return slices.Concat(in("steps/classify.go",
		Mutant{Name: "exit 0 alone counts as applied", Old: "case atTarget && (r.State == node.Lost || r.Code == 0):", New: "case r.State == node.Exited && r.Code == 0 || atTarget && r.State == node.Lost:"},
		Mutant{Name: "a cut swap is judged harmless", Old: "return failed(plan.MidSwap, \"script %s, and active packages are neither", New: "return failed(plan.BeforeSwap, \"script %s, and active packages are neither"},
		Mutant{Name: "a node with no active packages was not changed", Old: "case len(ev.Survey.Active) == 0:", New: "case len(ev.Survey.Active) == 0 && r.Code > 1000:"},
		Mutant{Name: "an attempt of another run does not count", Old: "\treturn last, true\n}", New: "\treturn node.Receipt{}, false\n}"},
		Mutant{Name: "a receipt without a readable state counts as ended", Old: "case r.State != node.Exited && r.State != node.Lost:", New: "case false:"},
		Mutant{Name: "without the sum of what was active, nothing was changed", Old: "case r.ActiveSum != \"\" && activeSum(ev.Survey.Active) == r.ActiveSum:", New: "case r.ActiveSum == \"\" || activeSum(ev.Survey.Active) == r.ActiveSum:"},
		Mutant{Name: "a running script is judged by what is active", Old: "case r.State == node.Running:", New: "case r.State == node.Running && !atTarget:"},
	), in("plan/launchtime.go",
		Mutant{Name: "a launch has all the time in the world", Old: "Uptime: r.Uptime + Duration(certain+FreshFor)", New: "Uptime: r.Uptime + Duration(certain+1000*FreshFor)", Packages: []string{"./plan", "./orchestrator"}},
		Mutant{Name: "a launch needs no proof", Old: "case t.Proof == \"\":", New: "case false:", Packages: []string{"./plan", "./orchestrator"}},
		Mutant{Name: "a launch needs no deadline", Old: "case t.Until.BootID == \"\" || t.Until.Uptime == 0 || t.Until.By.IsZero():", New: "case false:", Packages: []string{"./plan", "./orchestrator"}},
	), in("steps/question.go",
		Mutant{Name: "an attempt that began as it was called off has not begun", Old: "return q.look(q.callOff)", New: "return q.callOff()"},
		Mutant{Name: "another machine's answer is evidence", Old: "why != \"\" {", New: "why != \"\" && len(why) > 1000 {"},
		Mutant{Name: "an attempt never began although a launch of it is on its way", Old: "q.fence = q.ev.unfenced(q.attempt)", New: "q.fence = nil"},
	), in("steps/settle.go",
		Mutant{Name: "a red look does not end a streak of green ones", Old: "case !now.Status.OK():\n\t\ts.since", New: "case !now.Status.OK() && s.span == 0:\n\t\ts.since"},
		Mutant{Name: "a streak of green looks outlasts a controller's sleep", Old: "case s.since.IsZero(), elapsed.Most(s.answered, s.asked) > 3*every+lookSlack:", New: "case s.since.IsZero():"},
	), in("steps/probe.go",
		Mutant{Name: "a probe whose framework may be left has passed", Old: "left := removed.Outcome != plan.Done", New: "left := false && removed.Outcome != plan.Done"},
		Mutant{Name: "a probe of an outdated controller goes on", Old: "p.inTurn([]Verb{Claim, FindLeader}, Call{}", New: "p.inTurn([]Verb{FindLeader}, Call{}"},
	), in("steps/postflight.go",
		Mutant{Name: "a node in the middle of a swap is at the target", Old: "case s.MidSwap:", New: "case s.MidSwap && len(s.Active) == 0:"},
	), in("orchestrator/prove.go",
		Mutant{Name: "agents have no second check", Old: "return disruptive(s.CurrentStage().Kind) &&", New: "return s.CurrentStage().Kind == plan.StageMasters &&"},
	), in("steps/patch.go",
		Mutant{Name: "a launch whose time is over is sent", Old: "case until.Over():", New: "case false:"},
		Mutant{Name: "a launch whose proof is old is sent", Old: "case !p.now.Before(until.By):", New: "case false:"},
		Mutant{Name: "a launch is sent without an end", Old: "Call{Do: Launch, By: until.By, ", New: "Call{Do: Launch, "},
		Mutant{Name: "a launch that was not answered is sent again", Old: "p.note(\"launch unanswered, reading the node's receipts: %v\", a.Err)", New: "return p.start(a)"},
		Mutant{Name: "a launch that was not answered counts as not started", Old: "errors.As(err, &exit) && exit.Code < 128:", New: "errors.As(err, &exit) || true:"},
		Mutant{Name: "a refused launch in the middle of a swap is judged harmless", Old: "return failed(plan.MidSwap, \"%v\", r)", New: "return failed(plan.BeforeSwap, \"%v\", r)"},
		Mutant{Name: "a refused epoch is an ordinary failure", Old: "return plan.Report{Outcome: plan.InDoubt, Detail: \"this run has been taken over by another controller: \" + r.Error()}", New: "return failed(plan.BeforeSwap, \"%v\", r)"},
		Mutant{Name: "an agent whose node is silent is not looked for at the leader", Old: "if p.silent {", New: "if false {"},
		Mutant{Name: "a script that still runs as watching ends has failed", Old: "return end(plan.Report{Outcome: plan.InDoubt, Class: p.running.Class, Detail: \"stopped watching, still running: \" + p.running.Detail})", New: "return end(failed(plan.BeforeSwap, \"stopped watching\"))"},
	))
}
