package mutants

import "slices"

// lockMutants break the cluster lock, its epoch and its hand-over.
func lockMutants() []Mutant {
	return slices.Concat(in("steps/lock.go",
		Mutant{Name: "a minority of the masters is enough for the lock", Old: "if 2*len(masters) <= len(c.Masters) {", New: "if len(masters) == 0 {"},
		Mutant{Name: "any lock of the run is taken for one's own", Old: "return h.Run == c.Run && !c.Handover && (h.Epoch <= c.Known || machineOf(h.Owner) == machineOf(c.Owner))", New: "return h.Run == c.Run"},
		Mutant{Name: "another run's lock is taken for one's own", Old: "case s.Lock != nil && !c.mine(*s.Lock):", New: "case s.Lock != nil && false:"},
		Mutant{Name: "the lock is taken without raising the epoch", Old: "l.Epoch = seen + 1", New: "l.Epoch = max(seen, 1)"},
		Mutant{Name: "a later controller's heartbeat does not stop an older journal", Old: "case b != nil && !c.Handover && b.Run == c.Run && b.Epoch > c.Known:", New: "case b != nil && !c.Handover && b.Run == c.Run && b.Epoch > c.Known+1000:"},
		Mutant{Name: "a lock that could not be taken everywhere is kept", Old: "return l.release(append(l.taken, maybe...), Call{", New: "return l.release(maybe, Call{"},
		Mutant{Name: "a lock that may have been taken is kept", Old: "return l.undo(untaken, at)", New: "return l.undo(untaken)"},
		Mutant{Name: "an interrupted taking is not given back", Old: "Call{Anyway: true})", New: "Call{By: l.now.Add(AskTimeout)})"},
		Mutant{Name: "a master that hangs keeps the lock on the others", Old: "if of.Anyway { // nobody", New: "if of.Anyway && of.By.IsZero() { // nobody"},
		Mutant{Name: "an epoch of another cluster takes the lock away", Old: "case epochOf(s, c.Cluster) > epoch:", New: "case s.Epoch > epoch:"},
		Mutant{Name: "the machine is not part of whose lock it is", Old: "machineOf(h.Owner) == machineOf(c.Owner)", New: "true"},
		Mutant{Name: "a minority of the masters says that the lock is held", Old: "case 2*held > n:", New: "case held > 0:"},
	), in("patcher/carry.go",
		Mutant{Name: "an interrupted controller gives nothing back", Old: "if c.Anyway {", New: "if false {"},
	), in("steps/raise.go",
		Mutant{Name: "breaking the lock does not raise the epoch", Old: "\tr.Epoch++\n", New: "\tr.Epoch = max(r.Epoch, 1)\n"},
		Mutant{Name: "a lock is broken although a master did not take the epoch", Old: "r.Err != nil && r.all {", New: "false {"},
	), in("steps/sighting.go",
		Mutant{Name: "a running attempt does not make a node busy", Old: "\t\tif r.State == node.Running {\n", New: "\t\tif r.State == node.Running && r.Code > 1000 {\n"},
	))
}
