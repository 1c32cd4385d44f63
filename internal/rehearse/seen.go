package rehearse

// Seen is what the twin sees of a fault that package simcluster has: it knows
// which gate does not pass and who is away, not why. A name of its own, or one
// that nobody knows, stays what it is.
func Seen(name string) Kind {
	switch name {
	case "exhibitor-empty", "exhibitor-host-missing", "exhibitor-two-leaders", "exhibitor-500", "exhibitor-flaps",
		"registrar-metric-absent", "ensemble-too-small", "overlay-stuck", "etcd-sick":
		return ExhibitorLatent // a master's gate that never passes
	case "cockroach-stale", "cockroach-null", "cockroach-unreadable", "cockroach-hangs":
		return UnderReplicated
	case "agent-new-id", "agent-crash-loops", "socket-down-after", "stale-happy":
		return AgentNeverRegisters
	case "launch-hangs", "no-offers":
		return LaunchFails
	case "unit-red-after":
		return ChecksRedAfter
	case "script-fails-before-swap", "reboot-mid-script", "disk-full":
		return ScriptFailsFetch // over before anything was stopped
	case "reboot":
		return RebootMidSwap
	case "launch-torn":
		return SSHCutBeforeExec // nothing runs
	case "ssh-cut":
		return SSHCutDuringScript
	case "ssh-silent", "sudo-revoked", "host-key-changed":
		return SSHDown
	case "leader-moves", "ex-leader":
		return Election
	case "leader-unread", "leader-without-quorum", "zookeeper-gone":
		return LeaderStuck
	default:
		return Kind(name)
	}
}
