package mutants

import "slices"

// sshConfigTests hold the reading of ssh_config to what it should be.
const sshConfigTests = "WhatC|ANodeGoes|OpenSSH|SSHConfig"

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
		Mutant{Name: "the key of a foreign authority is learned", Old: "case others && !h.revokes(cert.Key):", New: "case others && h.learn == \"\":", Run: "Certificate"},
		Mutant{Name: "the alias of a host key is forgotten", Old: "alias != \"\" {", New: "alias == \"?\" {", Run: "Alias"},
	), in("sshexec/keywords.go",
		Mutant{Name: "what ssh_config says and we cannot follow is passed over", Old: "\t\treturn fmt.Errorf(\"%s: %s for %s: %s\", l.at(), l.name, e.given.Name, k.instead)\n", New: "\t\treturn nil\n", Run: sshConfigTests},
		Mutant{Name: "an unknown keyword of ssh_config is passed over", Old: "\tcase known:\n", New: "\tcase known:\n\tcase !known:\n\t\treturn nil\n", Run: sshConfigTests},
		Mutant{Name: "a block that depends on a command counts", Old: "if b.any == mayBe {", New: "if b.any == mayBe && l.line < 0 {", Run: sshConfigTests},
	), in("sshexec/sshmatch.go",
		Mutant{Name: "a negated pattern of Host excludes nothing", Old: "\t\t\t\tif negated {\n\t\t\t\t\treturn false\n\t\t\t\t}\n\t\t\t\tfound = true\n", New: "\t\t\t\tfound = found || !negated\n", Run: sshConfigTests},
	), in("sshexec/exposed_unix.go",
		Mutant{Name: "a private key that others may read is used", Old: "info.Mode().Perm()&0o077 != 0", New: "info.Mode().Perm()&0o077 == 0o777", Run: "OthersMayRead"},
	), in("sshexec/algorithms.go",
		Mutant{Name: "insecure ciphers are offered to all", Old: "Ciphers:      have.Ciphers,\n", New: "Ciphers:      AllAlgorithms().Ciphers,\n", Run: "Algorithms"},
	))
}
