package mutants

import "slices"

// sshMutants trust the wrong node, or run a command twice.
func sshMutants() []Mutant {
	return slices.Concat(in("sshexec/run.go",
		Mutant{Name: "a failed sudo command is run twice", Old: "if !cmd.Sudo || !wantsTerminal(err) || r.terminal {", New: "if !cmd.Sudo || err == nil || r.terminal {"},
		Mutant{Name: "an unanswered exec is judged as not run", Old: "return nil, &lostError{err}", New: "return nil, err"},
		Mutant{Name: "a command whose end was not heard was not run", Old: "return r.soFar(start), r, &LostError{Node: c.node, Cmd: r.shown, Err: r.meanwhile(context.Cause(ctx))}", New: "return r.soFar(start), r, &NotRunError{Node: c.node, Cmd: r.shown, Err: r.meanwhile(context.Cause(ctx))}"},
	), in("sshexec/hostkey.go",
		Mutant{Name: "a changed host key is learned", Old: "case errors.As(err, &mismatch) && len(mismatch.Want) > 0:", New: "case errors.As(err, &mismatch) && len(mismatch.Want) > 0 && h.learn == \"\":"},
		Mutant{Name: "an unknown host key is accepted", Old: "bad.Problem = HostKeyUnknown\n", New: "return nil\n"},
		Mutant{Name: "a revoked host key is only unknown", Old: "case errors.As(err, &revoked):", New: "case errors.As(err, &revoked) && h.learn == \"?\":"},
	))
}
