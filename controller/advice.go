package controller

import (
	"errors"

	"github.com/dcos-patch/dcos-patch/advice"
	"github.com/dcos-patch/dcos-patch/journal"
	"github.com/dcos-patch/dcos-patch/orchestrator"
	"github.com/dcos-patch/dcos-patch/plan"
	"github.com/dcos-patch/dcos-patch/sshexec"
	"github.com/dcos-patch/dcos-patch/steps"
)

// Advice is what a person can do about an error; nil: nothing is known.
func Advice(err error) advice.Text {
	var (
		locked *steps.LockedError
		over   *steps.OvertakenError
		taking *steps.UntakenError
		damage *journal.DamageError
		record *orchestrator.RecordError
		sudo   *sshexec.SudoError
		key    *sshexec.HostKeyError
		seal   *plan.SealError
		format *plan.FormatError
	)
	switch {
	case errors.As(err, &locked):
		return heldAdvice(locked.Holder.Run)
	case errors.As(err, &over):
		return resumeThere(over.Run)
	case errors.As(err, &damage):
		return advice.Say("nothing was done; put an intact copy in its place: if the lock is still this run's, ").Run("lock", "break", "--reason", "damaged journal").
			Say("; then ").Run("resume", "--from-cluster").Say(" takes the newest that the masters hold")
	case errors.As(err, &record):
		return advice.Say("make room on this machine's disk, then ").Run("resume").Say(": it looks at the nodes first")
	case errors.As(err, &seal), errors.As(err, &format) && format.What == "plan":
		return advice.Run("plan", "--out", "FILE").Say(", have that plan approved, and apply it unchanged")
	case errors.As(err, &sudo):
		return advice.Say("allow the login user sudo without a password on that node, or say ssh.sudo.password in the inventory; then ").Run("plan")
	case errors.As(err, &key) && key.Problem == sshexec.HostKeyUnknown:
		return advice.Say("ssh-keyscan prints the line for known_hosts: compare its fingerprint (ssh-keygen -lf) with what the node's console shows, then add it; ").
			Run("preflight", "--accept-new-host-keys").Say(" adds all that are new, on your word")
	case errors.Is(err, sshexec.ErrHostKey):
		return advice.Say("if the key was changed on purpose, correct known_hosts; else find out who answers there")
	case errors.Is(err, sshexec.ErrAgent):
		return advice.Say("ssh-add -T FILE.pub must succeed here: touch or confirm the key, or connect the forwarded agent again; or name a key file in ssh.identity")
	case errors.Is(err, sshexec.ErrAlgorithms):
		return advice.Say("allow one that the node takes: ssh: {key_exchanges, ciphers, macs, host_key_algorithms} in the inventory")
	case errors.Is(err, sshexec.ErrAuth):
		return advice.Say("check ssh.user and ssh.identity in the inventory, or load the key into the agent")
	case errors.As(err, &taking):
		return advice.Say("bring " + string(taking.Node) + " in order, then give the same command again: nothing was begun")
	case errors.Is(err, steps.ErrNoMajority):
		return advice.Say("bring the masters within reach, then try again")
	default:
		return nil
	}
}

// heldAdvice is what can be done while a run holds the cluster lock. A living one
// is waited for.
func heldAdvice(run string) advice.Text {
	if !journal.IsRunName(run) {
		return advice.Say("that is no name of a run: look at the file lock below /var/lib/dcos-patch there; only if nothing patches the cluster: ").Run("lock", "break", "--reason", "WHY")
	}
	return advice.Say("wait for it: where it runs, ").Run("status", "--run", run).Say(" shows how it goes; only if its controller is gone: ").Run("resume", "--run", run).
		Say(" there, or from elsewhere ").Run("lock", "break", "--reason", "WHY").Say(", then ").Run("resume", "--from-cluster")
}

// resumeThere is the command that goes on with a run of another machine. Its name may
// be a node's word: what cannot be a name is left out, and the newest run is taken.
func resumeThere(run string) advice.Text { return advice.Run(orchestrator.ResumeElsewhere(run)...) }
