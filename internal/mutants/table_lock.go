package mutants

import "slices"

// lockMutants break the cluster lock, its epoch and its hand-over.
func lockMutants() []Mutant {
	return slices.Concat(in("patcher/lock.go",
		Mutant{Name: "a minority of the masters is enough for the lock", Old: "if 2*len(hosts) <= len(l.Masters) {", New: "if len(hosts) == 0 {"},
		Mutant{Name: "any lock of the run is taken for one's own", Old: "return h.Run == l.Run && !l.Handover && (h.Epoch <= l.Known || machine(h.Owner) == machine(l.Owner))", New: "return h.Run == l.Run"},
		Mutant{Name: "another run's lock is taken for one's own", Old: "case s.Lock != nil && !l.mine(*s.Lock):", New: "case s.Lock != nil && false:"},
		Mutant{Name: "the lock is taken without raising the epoch", Old: "c := l.claim(seen + 1)", New: "c := l.claim(max(seen, 1))"},
		Mutant{Name: "a later controller's heartbeat does not stop an older journal", Old: "case b != nil && !l.Handover && b.Run == l.Run && b.Epoch > l.Known:", New: "case b != nil && !l.Handover && b.Run == l.Run && b.Epoch > l.Known+1000:"},
		Mutant{Name: "a lock that could not be taken everywhere is kept", Old: "return 0, errors.Join(err, l.undo(ctx, c, taken, m, err))", New: "return 0, err"},
		Mutant{Name: "an interrupted taking is not given back", Old: "context.WithTimeout(context.WithoutCancel(ctx), steps.AskTimeout)", New: "context.WithTimeout(ctx, steps.AskTimeout)"},
		Mutant{Name: "the machine is not part of whose lock it is", Old: "machine(h.Owner) == machine(l.Owner)", New: "true"},
	), in("patcher/handover.go",
		Mutant{Name: "breaking the lock does not raise the epoch", Old: "\tby.Epoch++\n", New: "\tby.Epoch = max(by.Epoch, 1)\n"},
	), in("steps/sighting.go",
		Mutant{Name: "a running attempt does not make a node busy", Old: "\t\tif r.State == node.Running {\n", New: "\t\tif r.State == node.Running && r.Code > 1000 {\n"},
	))
}
