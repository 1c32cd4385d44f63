package main

import (
	"strings"
	"time"

	"github.com/dcos-patch/dcos-patch/internal/fault"
	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// hasty is the policy of runs that are expected to run out of patience.
const hasty = "policy: {settle: 20s, settle_leading: 20s, hold_limit: 5m, timeouts: {script: 4m, exhibitor: 3m, unit: 3m, registrar: 3m, leader: 3m, ranges: 3m, agents_back: 3m, registered: 3m, tasks: 2m, checks: 2m, units: 2m}}\n"

// patienceWith is the policy of runs under a fault of the kind: where Mesos's own
// patience with an agent is what counts, that is waited for.
func patienceWith(k fault.Kind) string {
	if k == fault.AgentBackLate || k == fault.AgentBackTooLate {
		return strings.Replace(hasty, "registered: 3m, ", "", 1)
	}
	return hasty
}

// ofProbe reports whether a fault of the kind is met by a launch probe, so by
// the canary of a group, alone.
func ofProbe(k fault.Kind) bool {
	switch k {
	case fault.LaunchFails, fault.LaunchHangs, fault.NoOffers, fault.AgentFull, fault.StreamCut, fault.FrameworkLingers:
		return true
	default:
		return false
	}
}

// ofPlanning reports whether what a fault of the kind is about is asked for only
// before a run begins.
func ofPlanning(k fault.Kind) bool {
	switch k {
	case fault.Deploying, fault.EventSubscriber, fault.ForeignFile, fault.ForeignUnit, fault.NoIPSet, fault.NoBootstrap,
		fault.DockerDown, fault.TmpLow:
		return true
	default:
		return false
	}
}

// accomplice is the fault without which one of the kind would not be met: only
// a stream that breaks can be outlived.
func accomplice(k fault.Kind) simcluster.Faults {
	if k == fault.FrameworkLingers {
		return simcluster.Faults{{What: fault.StreamCut, Where: "a1", Nth: 1}}
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
		{what: fault.SSHCutBeforeExec, where: "m1", fault: once, says: "it was called off", script: 1, next: true},
		{what: fault.SSHCutBeforeExec, where: "a1", fault: once, says: "it was called off", script: 1, next: true},
		{what: fault.SSHCutBeforeExec, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "launched 3 times in vain"},
		{what: fault.LaunchLate, where: "m1", fault: once, says: "it was called off", script: 1, next: true},
		{what: fault.LaunchLate, where: "a1", fault: once, says: "it was called off", script: 1, next: true},
		{what: fault.LaunchTorn, where: "m1", fault: once, says: "it was called off", script: 1, next: true},
		{what: fault.LaunchTorn, where: "a1", fault: once, says: "it was called off", script: 1, next: true},
		{what: fault.LaunchTorn, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "launched 3 times in vain"},
		{what: fault.SSHCutAfterExec, where: "m1", script: 1, next: true},
		{what: fault.SSHCutAfterExec, where: "a1", script: 1, next: true},
		{what: fault.SSHCutDuringScript, where: "a1", script: 1, next: true},
		{what: fault.SSHDown, where: "a1", fault: briefly(simcluster.WhenLaunch), script: 1, next: true},
		{what: fault.SSHDown, where: "a1", fault: at(simcluster.WhenLaunch), code: exitInDoubt, at: "general/a1/patch", script: 1},
		{what: fault.SSHDown, where: "a1", fault: at(simcluster.WhenDown), code: exitStopped, at: "general/a1/return", script: 1},
		{what: fault.SSHDown, where: "a1", code: exitRefused, says: "a1"},
		{what: fault.SSHSilent, where: "a1", fault: briefly(simcluster.WhenDown), script: 1, next: true},
		{what: fault.SSHSilent, where: "a1", fault: at(simcluster.WhenLaunch), code: exitInDoubt, at: "general/a1/patch", script: 1},
		{what: fault.SSHSilent, where: "a1", code: exitRefused, says: "a1"},
		{what: fault.ScriptFailsFetch, where: "m1", code: exitStopped, at: "stage-masters/m1/stage", says: "fetching packages"},
		{what: fault.ScriptFailsFetch, where: "a1", code: exitStopped, at: "stage-agents/a1/stage", says: "fetching packages"},
		{what: fault.ScriptFailsMidSwap, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "its swap was cut in stage archive", script: 1},
		{what: fault.ScriptFailsMidSwap, where: "a1", code: exitStopped, at: "general/a1/patch", says: "its swap was cut in stage archive", script: 1},
		{what: fault.ScriptFailsStart, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "systemctl start dcos.target", script: 1},
		{what: fault.ScriptHangs, where: "a1", code: exitInDoubt, at: "general/a1/patch", says: "still running", script: 1},
		{what: fault.NodeNeverReturns, where: "m1", code: exitStopped, at: "masters/m1/serve", says: "SAFE TO LEAVE: no", script: 1},
		{what: fault.NodeNeverReturns, where: "a1", code: exitStopped, at: "general/a1/return", script: 1},
		{what: fault.NodeNeverReturns, where: "a1", fault: briefly(""), script: 1, next: true},
		{what: fault.RebootMidScript, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "before the swap", script: 1},
		{what: fault.RebootMidSwap, where: "m1", script: 1, next: true},
		{what: fault.RebootMidSwap, where: "a1", script: 1, next: true},
		{what: fault.RebootMidSwap, where: "a1", fault: simcluster.Fault{At: 4}, script: 1, next: true},
		{what: fault.RebootMidSwap, where: "a1", fault: simcluster.Fault{At: 5}, code: exitStopped, at: "general/a1/patch", says: "dcos-setup.service cannot finish the swap: pkgpanda finds no unit", script: 1},
		{what: fault.RebootMidMove, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "dcos-setup.service cannot finish the swap", script: 1},
		{what: fault.RebootMidMove, where: "a1", code: exitStopped, at: "general/a1/patch", says: "dcos-setup.service cannot run without /opt/mesosphere/environment", script: 1},
		{what: fault.RebootMidMove, where: "a1", fault: simcluster.Fault{At: 28}, code: exitStopped, at: "general/a1/patch", says: "pkgpanda asks for files that it has already moved", script: 1},
		{what: fault.ExhibitorLatent, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "exhibitor" on m1`, script: 1},
		{what: fault.RegistrarMissing, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "registrar" on m1`, script: 1},
		{what: fault.UnderReplicated, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "cockroach" on m1`, script: 1},
		{what: fault.OverlayStuck, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "registrar" on m1`, script: 1},
		{what: fault.EtcdSick, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "etcd" on m1`, script: 1},
		{what: fault.AgentNewID, where: "a1", code: exitStopped, at: "general/a1/return", says: `gate    "registered" on a1`, script: 1},
		{what: fault.AgentNeverRegisters, where: "a1", code: exitStopped, at: "general/a1/return", says: `gate    "registered" on a1`, script: 1},
		{what: fault.TasksDoNotReturn, where: "a1", code: exitStopped, at: "general/a1/serve", says: `gate    "tasks" on a1`, script: 1},
		{what: fault.BatchJobFinishes, where: "a1", script: 1, next: true},
		{what: fault.StaleHappy, where: "m1", code: exitStopped, at: "masters/m1/serve", says: "still the old process", script: 1},
		{what: fault.StaleHappy, where: "a1", code: exitStopped, at: "general/a1/return", says: "still the old process", script: 1},
		{what: fault.UnitRedBefore, where: "m1", script: 1, next: true},
		{what: fault.UnitRedBefore, where: "a1", script: 1, next: true},
		{what: fault.UnitRedAfter, where: "a1", code: exitStopped, at: "general/a1/serve", says: `gate    "units" on a1`, script: 1},
		{what: fault.SocketDownAfter, where: "a1", code: exitStopped, at: "general/a1/return", says: `gate    "registered" on a1`, script: 1},
		{what: fault.ChecksRedBefore, where: "a1", script: 1, next: true},
		{what: fault.ChecksRedAfter, where: "a1", code: exitStopped, at: "general/a1/serve", says: `gate    "check-runner" on a1`, script: 1},
		{what: fault.LaunchFails, where: "a1", code: exitStopped, at: probeOfA1, says: "TASK_FAILED SOURCE_AGENT REASON_CONTAINER_LAUNCH_FAILED: Failed to launch container", script: 1},
		{what: fault.LaunchHangs, where: "a1", code: exitStopped, at: probeOfA1, says: "the task was launched, and nothing was heard of it", script: 1},
		{what: fault.NoOffers, where: "a1", code: exitStopped, at: probeOfA1, says: "although there is room", script: 1},
		{what: fault.AgentFull, where: "a1", says: "not probed: no room for a task in role *: 4.00 of 4.00 cpus", script: 1, next: true},
		{what: fault.StreamCut, where: "a1", fault: once, says: "a task was started on it and ended well", script: 1, next: true},
		{what: fault.FrameworkLingers, where: "a1", says: "a task was started on it and ended well", script: 1, next: true},
		{what: fault.HostKeyChanged, where: "a1", code: exitRefused, says: "host key"},
		{what: fault.WrongKey, where: "a1", code: exitRefused, says: "identity"},
		{what: fault.NoSudo, where: "a1", code: exitRefused, says: "sudo"},
		{what: fault.SudoRevoked, where: "a1", code: exitInDoubt, at: "general/a1/patch", says: "sudo", script: 1},
		{what: fault.AgentDead, where: "a1", code: exitRefused, says: "a1"},
		{what: fault.AgentDeactivated, where: "a1", says: "warning: a1: it is deactivated", script: 1, next: true},
		{what: fault.MachineScheduled, where: "a1", code: exitRefused, says: "its machine is scheduled for maintenance"},
		{what: fault.MachineDown, where: "a1", code: exitRefused, says: "its machine is down for maintenance"},
		{what: fault.UnknownAgent, where: "a1", code: exitRefused, says: "inventory"},
		{what: fault.Script404, code: exitRefused, says: "404"},
		{what: fault.ScriptCut, code: exitRefused, says: "cut short or damaged: m1: exit code 2: /bin/bash: line "},
		{what: fault.ScriptHTML, code: exitRefused, says: "script"},
		{what: fault.ScriptOtherVersion, code: exitRefused, says: "1.13.4"},
		{what: fault.DetectIPWrong, where: "a1", code: exitRefused, says: `detect_ip printed "0", which is no address`},
		{what: fault.DetectIPWrong, where: "m1", code: exitRefused, says: `detect_ip printed "0", which is no address`},
		{what: fault.NextIPOther, where: "a1", code: exitStopped, at: "stage-agents/a1/stage", says: "prints \"127.0.1.1\", and the node is known by "},
		{what: fault.NextIPOther, where: "m1", code: exitStopped, at: "stage-masters/m1/stage", says: "prints \"127.0.1.1\", and the node is known by "},
		{what: fault.MidSwapFromStart, where: "a1", code: exitRefused, says: "swap"},
		{what: fault.MidSwapFromStart, where: "m1", code: exitRefused, says: "swap"},
		{what: fault.AtTarget, where: "a1", next: true},
		{what: fault.ServedBefore, where: "a1", script: 1, next: true, says: "attempt 1 was of cluster "},
		{what: fault.ClockSkew, where: "a1", fault: simcluster.Fault{When: simcluster.WhenLaunch, For: time.Hour}, script: 1, next: true},
		{what: fault.ClockSkew, where: "m1", fault: simcluster.Fault{When: simcluster.WhenLaunch, For: -time.Hour}, script: 1, next: true},
		{what: fault.ClockSkew, where: "a1", fault: simcluster.Fault{For: 20 * time.Second}, script: 1, next: true, says: "warning: a1: its clock is off"},
		{what: fault.ClockSkew, where: "a1", fault: simcluster.Fault{For: time.Hour}, code: exitRefused, says: "a1: its clock is off"},
		{what: fault.ClockSkew, where: "m1", fault: simcluster.Fault{For: -300 * time.Millisecond}, code: exitRefused, says: "behind"},
		{what: fault.NoForwarding, where: "m1", script: 1, next: true},
		{what: fault.NoForwarding, where: "a1", script: 1, next: true},
		{what: fault.NoSFTP, where: "a1", script: 1, next: true},
		{what: fault.SlowSudo, where: "a1", fault: simcluster.Fault{For: 30 * time.Second}, script: 1, next: true},
		{what: fault.DiskLow, where: "a1", code: exitRefused, says: "GB"},
		{what: fault.TmpLow, where: "a1", code: exitRefused, says: "/tmp"},
		{what: fault.DockerDown, where: "a1", code: exitRefused, says: "docker"},
		{what: fault.NoBootstrap, where: "a1", code: exitRefused, says: "cannot fetch"},
		{what: fault.NoIPSet, where: "a1", script: 1, next: true, says: "warning: a1: the program ipset is missing"},
		{what: fault.ForeignUnit, where: "a1", code: exitRefused, says: "portworx.service"},
		{what: fault.ForeignFile, where: "a1", script: 1, next: true, says: "our-backup.sh"},
		{what: fault.EventSubscriber, where: "m1", code: exitRefused, says: "subscriber"},
		{what: fault.Deploying, where: "m1", code: exitRefused, says: "/kafka"},
		{what: fault.SlowShell, where: "a1", fault: simcluster.Fault{For: 3 * time.Second}, script: 1, next: true, says: "warning: a1: its login shell is slow"},
		{what: fault.OtherCluster, where: "m1", code: exitRefused, says: "cluster"},
		{what: fault.OtherVersion, where: "a1", code: exitRefused, says: "2.0.6"},
		{what: fault.LockHeld, where: "m1", code: exitRefused, says: "lock"},
		{what: fault.SSHCut, where: "m1", fault: at(simcluster.WhenLaunch), script: 1, next: true},
		{what: fault.SSHCut, where: "a1", fault: at(simcluster.WhenDown), script: 1, next: true},
		{what: fault.Reboot, where: "m1", fault: later(3 * time.Second), script: 1, next: true},
		{what: fault.Reboot, where: "a1", fault: later(20 * time.Second), script: 1, next: true},
		{what: fault.ScriptFailsBeforeSwap, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "nothing was stopped", script: 1},
		{what: fault.DiskFull, where: "m1", code: exitRefused, says: "m1: too little room"},
		{what: fault.DiskFull, where: "a1", fault: at(simcluster.WhenLaunch), code: exitInDoubt, at: "general/a1/patch", says: "0 kB are free below /opt/mesosphere: it may have ended", script: 1},
		{what: fault.DiskFull, where: "m1", fault: later(4 * time.Second), code: exitInDoubt, at: "masters/m1/patch", says: "0 kB are free below /opt/mesosphere: it may have ended", script: 1},
		{what: fault.DiskFull, where: "a1", fault: later(6 * time.Second), code: exitInDoubt, at: "general/a1/patch", says: "0 kB are free below /opt/mesosphere: it may have ended", script: 1},
		{what: fault.ClockStep, where: "a1", fault: simcluster.Fault{When: simcluster.WhenDown, For: -time.Hour}, script: 1, next: true},
		{what: fault.ExhibitorEmpty, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "exhibitor" on m1`, script: 1},
		{what: fault.ExhibitorHostMissing, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "exhibitor" on m1`, script: 1},
		{what: fault.ExhibitorTwoLeaders, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "exhibitor" on m1`, script: 1},
		{what: fault.Exhibitor500, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "exhibitor" on m1`, script: 1},
		{what: fault.ExhibitorFlaps, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate "exhibitor" did not hold`, script: 1},
		{what: fault.EnsembleSmall, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "registrar" on m1`, script: 1},
		{what: fault.MetricsEscaped, where: "m1", script: 1, next: true},
		{what: fault.MetricsSlow, where: "m1", script: 1, next: true},
		{what: fault.Metrics500, where: "m1", script: 1, next: true},
		{what: fault.MetricsCrowded, where: "m1", fault: at(simcluster.WhenAlways), script: 1, next: true},
		{what: fault.LeaderMoves, where: "m1", fault: at(simcluster.WhenLaunch), script: 1, next: true},
		{what: fault.ExLeader, where: "m1", fault: at(simcluster.WhenLaunch), script: 1, next: true},
		{what: fault.LeaderUnread, where: "m1", fault: at(simcluster.WhenLaunch), code: exitStopped, at: "masters/m1/serve", says: "SAFE TO LEAVE: no", script: 1},
		{what: fault.LeaderAlone, where: "a1", fault: at(simcluster.WhenLaunch), code: exitStopped, at: "general/a1/return", says: "SAFE TO LEAVE: no. the cluster is not whole", script: 1},
		{what: fault.ZooKeeperGone, where: "m1", fault: briefly(simcluster.WhenLaunch), code: exitStopped, at: "masters/m1/serve", says: "SAFE TO LEAVE: no", script: 1},
		{what: fault.CockroachStale, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "cockroach" on m1`, script: 1},
		{what: fault.CockroachNull, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "cockroach" on m1`, script: 1},
		{what: fault.CockroachGhost, where: "m1", script: 1, next: true},
		{what: fault.CockroachUnreadable, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "cockroach" on m1`, script: 1},
		{what: fault.CockroachHangs, where: "m1", code: exitStopped, at: "masters/m1/serve", says: `gate    "cockroach" on m1`, script: 1},
		{what: fault.AgentLoops, where: "a1", code: exitStopped, at: "general/a1/return", says: `gate    "registered" on a1`, script: 1},
		{what: fault.AgentBackLate, where: "a1", says: "HOLD a1 away", script: 1, next: true},
		{what: fault.AgentBackTooLate, where: "a1", code: exitStopped, at: "general/a1/return", says: `gate    "registered" on a1`, script: 1},
	}
}
