package main

import (
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// hasty is the policy of runs that are expected to run out of patience.
const hasty = "policy: {settle: 20s, settle_leading: 20s, hold_limit: 5m, timeouts: {script: 4m, exhibitor: 3m, unit: 3m, registrar: 3m, leader: 3m, ranges: 3m, agents_back: 3m, registered: 3m, tasks: 2m, checks: 2m, units: 2m}}\n"

// patienceWith is the policy of runs under a fault of the kind: where Mesos's own
// patience with an agent is what counts, that is waited for.
func patienceWith(k simcluster.Kind) string {
	if k == simcluster.AgentBackLate || k == simcluster.AgentBackTooLate {
		return strings.Replace(hasty, "registered: 3m, ", "", 1)
	}
	return hasty
}

// ofProbe reports whether a fault of the kind is met by a launch probe, so by
// the canary of a group, alone.
func ofProbe(k simcluster.Kind) bool {
	switch k {
	case simcluster.LaunchFails, simcluster.LaunchHangs, simcluster.NoOffers, simcluster.AgentFull, simcluster.StreamCut, simcluster.FrameworkLingers:
		return true
	default:
		return false
	}
}

// ofPlanning reports whether what a fault of the kind is about is asked for only
// before a run begins.
func ofPlanning(k simcluster.Kind) bool {
	switch k {
	case simcluster.Deploying, simcluster.EventSubscriber, simcluster.ForeignFile, simcluster.ForeignUnit, simcluster.NoIPSet, simcluster.NoBootstrap,
		simcluster.DockerDown, simcluster.TmpLow:
		return true
	default:
		return false
	}
}

// accomplice is the fault without which one of the kind would not be met: only
// a stream that breaks can be outlived.
func accomplice(k simcluster.Kind) simcluster.Faults {
	if k == simcluster.FrameworkLingers {
		return simcluster.Faults{{What: simcluster.StreamCut, Where: "a1", Nth: 1}}
	}
	return nil
}

// probeOfA1 is the launch probe of a canary.
const probeOfA1 = "general-canary/a1/launch-probe"

func faults() []expected {
	briefly := func(when simcluster.When) simcluster.Fault { return simcluster.Fault{When: when, For: 2 * time.Minute} }
	at := func(when simcluster.When) simcluster.Fault { return simcluster.Fault{When: when} }
	later := func(d time.Duration) simcluster.Fault { return simcluster.Fault{When: simcluster.WhenLaunch, After: d} }
	once := simcluster.Fault{Nth: 1}
	return []expected{
		{what: simcluster.SSHCutBeforeExec, where: "m1", fault: once, says: "it was called off", script: 1, next: true},
		{what: simcluster.SSHCutBeforeExec, where: "a1", fault: once, says: "it was called off", script: 1, next: true},
		{what: simcluster.SSHCutBeforeExec, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "launched 3 times in vain"},
		{what: simcluster.LaunchLate, where: "m1", fault: once, says: "it was called off", script: 1, next: true},
		{what: simcluster.LaunchLate, where: "a1", fault: once, says: "it was called off", script: 1, next: true},
		{what: simcluster.LaunchTorn, where: "m1", fault: once, says: "it was called off", script: 1, next: true},
		{what: simcluster.LaunchTorn, where: "a1", fault: once, says: "it was called off", script: 1, next: true},
		{what: simcluster.LaunchTorn, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "launched 3 times in vain"},
		{what: simcluster.SSHCutAfterExec, where: "m1", script: 1, next: true},
		{what: simcluster.SSHCutAfterExec, where: "a1", script: 1, next: true},
		{what: simcluster.SSHCutDuringScript, where: "a1", script: 1, next: true},
		{what: simcluster.SSHDown, where: "a1", fault: briefly(simcluster.WhenLaunch), script: 1, next: true},
		{what: simcluster.SSHDown, where: "a1", fault: at(simcluster.WhenLaunch), code: exitInDoubt, at: "general/a1/patch", script: 1},
		{what: simcluster.SSHDown, where: "a1", fault: at(simcluster.WhenDown), code: exitStopped, at: "general/a1/return", script: 1},
		{what: simcluster.SSHDown, where: "a1", code: exitRefused, says: "a1"},
		{what: simcluster.SSHSilent, where: "a1", fault: briefly(simcluster.WhenDown), script: 1, next: true},
		{what: simcluster.SSHSilent, where: "a1", fault: at(simcluster.WhenLaunch), code: exitInDoubt, at: "general/a1/patch", script: 1},
		{what: simcluster.SSHSilent, where: "a1", code: exitRefused, says: "a1"},
		{what: simcluster.ScriptFailsFetch, where: "m1", code: exitStopped, at: "stage-masters/m1/stage", says: "fetching packages"},
		{what: simcluster.ScriptFailsFetch, where: "a1", code: exitStopped, at: "stage-agents/a1/stage", says: "fetching packages"},
		{what: simcluster.ScriptFailsMidSwap, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "its swap was cut in stage archive", script: 1},
		{what: simcluster.ScriptFailsMidSwap, where: "a1", code: exitStopped, at: "general/a1/patch", says: "its swap was cut in stage archive", script: 1},
		{what: simcluster.ScriptFailsStart, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "systemctl start dcos.target", script: 1},
		{what: simcluster.ScriptHangs, where: "a1", code: exitInDoubt, at: "general/a1/patch", says: "still running", script: 1},
		{what: simcluster.NodeNeverReturns, where: "m1", code: exitStopped, at: "masters/m1/serve", says: "SAFE TO LEAVE: no", script: 1},
		{what: simcluster.NodeNeverReturns, where: "a1", code: exitStopped, at: "general/a1/return", script: 1},
		{what: simcluster.NodeNeverReturns, where: "a1", fault: briefly(""), script: 1, next: true},
		{what: simcluster.RebootMidScript, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "before the swap", script: 1},
		{what: simcluster.RebootMidSwap, where: "m1", script: 1, next: true},
		{what: simcluster.RebootMidSwap, where: "a1", script: 1, next: true},
		{what: simcluster.RebootMidSwap, where: "a1", fault: simcluster.Fault{At: 4}, script: 1, next: true},
		{what: simcluster.RebootMidSwap, where: "a1", fault: simcluster.Fault{At: 5}, code: exitStopped, at: "general/a1/patch", says: "dcos-setup.service cannot finish the swap: pkgpanda finds no unit", script: 1},
		{what: simcluster.RebootMidMove, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "dcos-setup.service cannot finish the swap", script: 1},
		{what: simcluster.RebootMidMove, where: "a1", code: exitStopped, at: "general/a1/patch", says: "dcos-setup.service cannot run without /opt/mesosphere/environment", script: 1},
		{what: simcluster.RebootMidMove, where: "a1", fault: simcluster.Fault{At: 28}, code: exitStopped, at: "general/a1/patch", says: "pkgpanda asks for files that it has already moved", script: 1},
		{what: simcluster.ExhibitorLatent, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "exhibitor" on m1`, script: 1},
		{what: simcluster.RegistrarMissing, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "registrar" on m1`, script: 1},
		{what: simcluster.UnderReplicated, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "cockroach" on m1`, script: 1},
		{what: simcluster.OverlayStuck, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "registrar" on m1`, script: 1},
		{what: simcluster.EtcdSick, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "etcd" on m1`, script: 1},
		{what: simcluster.AgentNewID, where: "a1", code: exitStopped, at: "general/a1/return", says: `gate    "registered" on a1`, script: 1},
		{what: simcluster.AgentNeverRegisters, where: "a1", code: exitStopped, at: "general/a1/return", says: `gate    "registered" on a1`, script: 1},
		{what: simcluster.TasksDoNotReturn, where: "a1", code: exitStopped, at: "general/a1/serve", says: `gate    "tasks" on a1`, script: 1},
		{what: simcluster.BatchJobFinishes, where: "a1", script: 1, next: true},
		{what: simcluster.StaleHappy, where: "m1", code: exitStopped, at: "masters/m1/serve", says: "still the old process", script: 1},
		{what: simcluster.StaleHappy, where: "a1", code: exitStopped, at: "general/a1/return", says: "still the old process", script: 1},
		{what: simcluster.UnitRedBefore, where: "m1", script: 1, next: true},
		{what: simcluster.UnitRedBefore, where: "a1", script: 1, next: true},
		{what: simcluster.UnitRedAfter, where: "a1", code: exitStopped, at: "general/a1/serve", says: `gate    "units" on a1`, script: 1},
		{what: simcluster.SocketDownAfter, where: "a1", code: exitStopped, at: "general/a1/return", says: `gate    "registered" on a1`, script: 1},
		{what: simcluster.ChecksRedBefore, where: "a1", script: 1, next: true},
		{what: simcluster.ChecksRedAfter, where: "a1", code: exitStopped, at: "general/a1/serve", says: `gate    "check-runner" on a1`, script: 1},
		{what: simcluster.LaunchFails, where: "a1", code: exitStopped, at: probeOfA1, says: "TASK_FAILED SOURCE_AGENT REASON_CONTAINER_LAUNCH_FAILED: Failed to launch container", script: 1},
		{what: simcluster.LaunchHangs, where: "a1", code: exitStopped, at: probeOfA1, says: "the task was launched, and nothing was heard of it", script: 1},
		{what: simcluster.NoOffers, where: "a1", code: exitStopped, at: probeOfA1, says: "although there is room", script: 1},
		{what: simcluster.AgentFull, where: "a1", says: "not probed: no room for a task in role *: 4.00 of 4.00 cpus", script: 1, next: true},
		{what: simcluster.StreamCut, where: "a1", fault: once, says: "a task was started on it and ended well", script: 1, next: true},
		{what: simcluster.FrameworkLingers, where: "a1", says: "a task was started on it and ended well", script: 1, next: true},
		{what: simcluster.HostKeyChanged, where: "a1", code: exitRefused, says: "host key"},
		{what: simcluster.WrongKey, where: "a1", code: exitRefused, says: "identity"},
		{what: simcluster.NoSudo, where: "a1", code: exitRefused, says: "sudo"},
		{what: simcluster.SudoRevoked, where: "a1", code: exitInDoubt, at: "general/a1/patch", says: "sudo", script: 1},
		{what: simcluster.AgentDead, where: "a1", code: exitRefused, says: "a1"},
		{what: simcluster.AgentDeactivated, where: "a1", says: "warning: a1: it is deactivated", script: 1, next: true},
		{what: simcluster.MachineScheduled, where: "a1", code: exitRefused, says: "its machine is scheduled for maintenance"},
		{what: simcluster.MachineDown, where: "a1", code: exitRefused, says: "its machine is down for maintenance"},
		{what: simcluster.UnknownAgent, where: "a1", code: exitRefused, says: "inventory"},
		{what: simcluster.Script404, code: exitRefused, says: "404"},
		{what: simcluster.ScriptCut, code: exitRefused, says: "cut short or damaged: m1: exit code 2: /bin/bash: line "},
		{what: simcluster.ScriptHTML, code: exitRefused, says: "script"},
		{what: simcluster.ScriptOtherVersion, code: exitRefused, says: "1.13.4"},
		{what: simcluster.DetectIPWrong, where: "a1", code: exitRefused, says: `detect_ip printed "0", which is no address`},
		{what: simcluster.DetectIPWrong, where: "m1", code: exitRefused, says: `detect_ip printed "0", which is no address`},
		{what: simcluster.NextIPOther, where: "a1", code: exitStopped, at: "stage-agents/a1/stage", says: "prints \"127.0.1.1\", and the node is known by "},
		{what: simcluster.NextIPOther, where: "m1", code: exitStopped, at: "stage-masters/m1/stage", says: "prints \"127.0.1.1\", and the node is known by "},
		{what: simcluster.MidSwapFromStart, where: "a1", code: exitRefused, says: "swap"},
		{what: simcluster.MidSwapFromStart, where: "m1", code: exitRefused, says: "swap"},
		{what: simcluster.AtTarget, where: "a1", next: true},
		{what: simcluster.ServedBefore, where: "a1", script: 1, next: true, says: "attempt 1 was of cluster "},
		{what: simcluster.ClockSkew, where: "a1", fault: simcluster.Fault{When: simcluster.WhenLaunch, For: time.Hour}, script: 1, next: true},
		{what: simcluster.ClockSkew, where: "m1", fault: simcluster.Fault{When: simcluster.WhenLaunch, For: -time.Hour}, script: 1, next: true},
		{what: simcluster.ClockSkew, where: "a1", fault: simcluster.Fault{For: 20 * time.Second}, script: 1, next: true, says: "warning: a1: its clock is off"},
		{what: simcluster.ClockSkew, where: "a1", fault: simcluster.Fault{For: time.Hour}, code: exitRefused, says: "a1: its clock is off"},
		{what: simcluster.ClockSkew, where: "m1", fault: simcluster.Fault{For: -300 * time.Millisecond}, code: exitRefused, says: "behind"},
		{what: simcluster.NoForwarding, where: "m1", script: 1, next: true},
		{what: simcluster.NoForwarding, where: "a1", script: 1, next: true},
		{what: simcluster.NoSFTP, where: "a1", script: 1, next: true},
		{what: simcluster.SlowSudo, where: "a1", fault: simcluster.Fault{For: 30 * time.Second}, script: 1, next: true},
		{what: simcluster.DiskLow, where: "a1", code: exitRefused, says: "GB"},
		{what: simcluster.TmpLow, where: "a1", code: exitRefused, says: "/tmp"},
		{what: simcluster.DockerDown, where: "a1", code: exitRefused, says: "docker"},
		{what: simcluster.NoBootstrap, where: "a1", code: exitRefused, says: "cannot fetch"},
		{what: simcluster.NoIPSet, where: "a1", script: 1, next: true, says: "warning: a1: the program ipset is missing"},
		{what: simcluster.ForeignUnit, where: "a1", code: exitRefused, says: "portworx.service"},
		{what: simcluster.ForeignFile, where: "a1", script: 1, next: true, says: "our-backup.sh"},
		{what: simcluster.EventSubscriber, where: "m1", code: exitRefused, says: "subscriber"},
		{what: simcluster.Deploying, where: "m1", code: exitRefused, says: "/kafka"},
		{what: simcluster.SlowShell, where: "a1", fault: simcluster.Fault{For: 3 * time.Second}, script: 1, next: true, says: "warning: a1: its login shell is slow"},
		{what: simcluster.OtherCluster, where: "m1", code: exitRefused, says: "cluster"},
		{what: simcluster.OtherVersion, where: "a1", code: exitRefused, says: "2.0.6"},
		{what: simcluster.LockHeld, where: "m1", code: exitRefused, says: "lock"},
		{what: simcluster.SSHCut, where: "m1", fault: at(simcluster.WhenLaunch), script: 1, next: true},
		{what: simcluster.SSHCut, where: "a1", fault: at(simcluster.WhenDown), script: 1, next: true},
		{what: simcluster.Reboot, where: "m1", fault: later(3 * time.Second), script: 1, next: true},
		{what: simcluster.Reboot, where: "a1", fault: later(20 * time.Second), script: 1, next: true},
		{what: simcluster.ScriptFailsBeforeSwap, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "nothing was stopped", script: 1},
		{what: simcluster.DiskFull, where: "m1", code: exitRefused, says: "m1: too little room"},
		{what: simcluster.DiskFull, where: "a1", fault: at(simcluster.WhenLaunch), code: exitInDoubt, at: "general/a1/patch", says: "0 kB are free below /opt/mesosphere: it may have ended", script: 1},
		{what: simcluster.DiskFull, where: "m1", fault: later(4 * time.Second), code: exitInDoubt, at: "masters/m1/patch", says: "0 kB are free below /opt/mesosphere: it may have ended", script: 1},
		{what: simcluster.DiskFull, where: "a1", fault: later(6 * time.Second), code: exitInDoubt, at: "general/a1/patch", says: "0 kB are free below /opt/mesosphere: it may have ended", script: 1},
		{what: simcluster.ClockStep, where: "a1", fault: simcluster.Fault{When: simcluster.WhenDown, For: -time.Hour}, script: 1, next: true},
		{what: simcluster.ExhibitorEmpty, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "exhibitor" on m1`, script: 1},
		{what: simcluster.ExhibitorHostMissing, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "exhibitor" on m1`, script: 1},
		{what: simcluster.ExhibitorTwoLeaders, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "exhibitor" on m1`, script: 1},
		{what: simcluster.Exhibitor500, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "exhibitor" on m1`, script: 1},
		{what: simcluster.ExhibitorFlaps, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate "exhibitor" did not hold`, script: 1},
		{what: simcluster.EnsembleSmall, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "registrar" on m1`, script: 1},
		{what: simcluster.MetricsEscaped, where: "m1", script: 1, next: true},
		{what: simcluster.MetricsSlow, where: "m1", script: 1, next: true},
		{what: simcluster.Metrics500, where: "m1", script: 1, next: true},
		{what: simcluster.MetricsCrowded, where: "m1", fault: at(simcluster.WhenAlways), script: 1, next: true},
		{what: simcluster.LeaderMoves, where: "m1", fault: at(simcluster.WhenLaunch), script: 1, next: true},
		{what: simcluster.ExLeader, where: "m1", fault: at(simcluster.WhenLaunch), script: 1, next: true},
		{what: simcluster.LeaderUnread, where: "m1", fault: at(simcluster.WhenLaunch), code: exitStopped, at: "masters/m1/serve", says: "SAFE TO LEAVE: no", script: 1},
		{what: simcluster.LeaderAlone, where: "a1", fault: at(simcluster.WhenLaunch), code: exitStopped, at: "general/a1/return", says: "SAFE TO LEAVE: no. the cluster is not whole", script: 1},
		{what: simcluster.ZooKeeperGone, where: "m1", fault: briefly(simcluster.WhenLaunch), code: exitStopped, at: "masters/m1/serve", says: "SAFE TO LEAVE: no", script: 1},
		{what: simcluster.CockroachStale, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "cockroach" on m1`, script: 1},
		{what: simcluster.CockroachNull, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "cockroach" on m1`, script: 1},
		{what: simcluster.CockroachGhost, where: "m1", script: 1, next: true},
		{what: simcluster.CockroachUnreadable, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "cockroach" on m1`, script: 1},
		{what: simcluster.CockroachHangs, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "cockroach" on m1`, script: 1},
		{what: simcluster.AgentLoops, where: "a1", code: exitStopped, at: "general/a1/return", says: `gate    "registered" on a1`, script: 1},
		{what: simcluster.AgentBackLate, where: "a1", says: "HOLD a1 away", script: 1, next: true},
		{what: simcluster.AgentBackTooLate, where: "a1", code: exitStopped, at: "general/a1/return", says: `gate    "registered" on a1`, script: 1},
	}
}
