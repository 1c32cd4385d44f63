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
	))
}
