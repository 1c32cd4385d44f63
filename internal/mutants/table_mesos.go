package mutants

import "slices"

// mesosMutants change agents and their maintenance in Mesos as nobody ordered it.
func mesosMutants() []Mutant {
	return slices.Concat(in("mesos/operator.go",
		Mutant{Name: "a lost answer counts as a refusal", Old: "if !refused && !errors.As(err, &standby) {", New: "if false && !refused && !errors.As(err, &standby) {"},
		Mutant{Name: "any status is a refusal", Old: "no.Code >= 400 && no.Code < 500 && no.Code != http.StatusRequestTimeout", New: "no.Code != http.StatusRequestTimeout"},
		Mutant{Name: "the grace of a drain is sent as it is ignored", Old: "object{\"seconds\": int64(d.MaxGrace / time.Second)}", New: "object{\"nanoseconds\": int64(d.MaxGrace)}"},
	), in("mesos/calls.go",
		Mutant{Name: "a drain is sent again without a look", Old: "{drainAgent, true, false,", New: "{drainAgent, true, true,"},
		Mutant{Name: "a call that writes gives up before the registry does", Old: "const WriteTimeout = 90 * time.Second", New: "const WriteTimeout = 30 * time.Second"},
	), in("mesos/leading.go",
		Mutant{Name: "one of two that lead is asked", Old: "if elected[i] && leader != nil {", New: "if false {"},
		Mutant{Name: "redirects are followed in a circle", Old: "c == nil || asked[c]", New: "c == nil"},
	), in("dcos/schedule.go",
		Mutant{Name: "windows of others lose their text", Old: "ScheduledWindow{window, compact.String()}", New: "window.Scheduled()"},
	), in("maintenance/schedule.go",
		Mutant{Name: "a window with one machine of ours is taken for ours", Old: "if !has(of.Machines, m) {", New: "if !has(of.Machines, m) && !has(of.Machines, w.Machines[0]) {"},
		Mutant{Name: "machines are compared by ip alone", Old: "strings.EqualFold(a.Hostname, b.Hostname) && a.IP == b.IP", New: "strings.EqualFold(a.Hostname, a.Hostname) && a.IP == b.IP"},
	), in("maintenance/check.go",
		Mutant{Name: "a machine that is DOWN is cancelled", Old: "case ours && has(k.facts.Down, m):", New: "case false:"},
		Mutant{Name: "what the agent announces is not compared", Old: "k.announced(p)", New: "_ = k.announced"},
	), in("maintenance/schedule/update.go",
		Mutant{Name: "an update is not watched", Old: "> Settle", New: "> spacing"},
		Mutant{Name: "an old schedule is merged into", Old: "age > Fresh", New: "age > time.Hour"},
		Mutant{Name: "a post without an answer counts as refused", Old: "for unknown != nil {", New: "for false {"},
		Mutant{Name: "a post without an answer counts as made", Old: "rerr == nil && made {", New: "rerr == nil && (made || true) {"},
		Mutant{Name: "the watch ends with a reading that failed", Old: "\t\t\treturn err\n\t\t}\n\t\tif err := wait(ctx, spacing); err != nil {\n\t\t\treturn fmt.Errorf", New: "\t\t\treturn nil\n\t\t}\n\t\tif err := wait(ctx, spacing); err != nil {\n\t\t\treturn fmt.Errorf"},
	))
}
