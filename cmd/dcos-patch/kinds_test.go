package main

import (
	"time"

	"github.com/dcos-patch/dcos-patch/internal/simcluster"
)

// hasty is the policy of runs that are expected to run out of patience.
const hasty = "policy: {settle: 20s, settle_leading: 20s, hold_limit: 5m, timeouts: {script: 4m, exhibitor: 3m, unit: 3m, registrar: 3m, leader: 3m, ranges: 3m, agents_back: 3m, registered: 3m, tasks: 2m, checks: 2m, units: 2m}}\n"

func faults() []expected {
	briefly := func(when simcluster.When) simcluster.Fault { return simcluster.Fault{When: when, For: 2 * time.Minute} }
	at := func(when simcluster.When) simcluster.Fault { return simcluster.Fault{When: when} }
	once := simcluster.Fault{Nth: 1}
	return []expected{
		{what: simcluster.SSHCutBeforeExec, where: "m1", fault: once, code: exitStopped, at: "masters/m1/patch", says: "never began"},
		{what: simcluster.SSHCutBeforeExec, where: "a1", fault: once, code: exitStopped, at: "general/a1/patch", says: "never began"},
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
		{what: simcluster.ScriptFailsMidSwap, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "a human must finish", script: 1},
		{what: simcluster.ScriptFailsMidSwap, where: "a1", code: exitStopped, at: "general/a1/patch", says: "a human must finish", script: 1},
		{what: simcluster.ScriptFailsStart, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "systemctl start dcos.target", script: 1},
		{what: simcluster.ScriptHangs, where: "a1", code: exitInDoubt, at: "general/a1/patch", says: "still running", script: 1},
		{what: simcluster.NodeNeverReturns, where: "m1", code: exitStopped, at: "masters/m1/serve", says: "SAFE TO LEAVE: no", script: 1},
		{what: simcluster.NodeNeverReturns, where: "a1", code: exitStopped, at: "general/a1/return", script: 1},
		{what: simcluster.NodeNeverReturns, where: "a1", fault: briefly(""), script: 1, next: true},
		{what: simcluster.RebootMidScript, where: "m1", code: exitStopped, at: "masters/m1/patch", says: "before the swap", script: 1},
		{what: simcluster.RebootMidSwap, where: "m1", script: 1, next: true},
		{what: simcluster.RebootMidSwap, where: "a1", script: 1, next: true},
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
		{what: simcluster.HostKeyChanged, where: "a1", code: exitRefused, says: "host key"},
		{what: simcluster.WrongKey, where: "a1", code: exitRefused, says: "identity"},
		{what: simcluster.NoSudo, where: "a1", code: exitRefused, says: "sudo"},
		{what: simcluster.SudoRevoked, where: "a1", code: exitInDoubt, at: "general/a1/patch", says: "sudo", script: 1},
		{what: simcluster.AgentDead, where: "a1", code: exitRefused, says: "a1"},
		{what: simcluster.UnknownAgent, where: "a1", code: exitRefused, says: "inventory"},
		{what: simcluster.Script404, code: exitRefused, says: "404"},
		{what: simcluster.ScriptHTML, code: exitRefused, says: "script"},
		{what: simcluster.ScriptOtherVersion, code: exitRefused, says: "1.13.4"},
		{what: simcluster.MidSwapFromStart, where: "a1", code: exitRefused, says: "swap"},
		{what: simcluster.MidSwapFromStart, where: "m1", code: exitRefused, says: "swap"},
		{what: simcluster.AtTarget, where: "a1", next: true},
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
		{what: simcluster.SlowShell, where: "a1", fault: simcluster.Fault{For: 3 * time.Second}, script: 1, next: true, says: "warning: a1: its login shell is slow"},
		{what: simcluster.OtherCluster, where: "m1", code: exitRefused, says: "cluster"},
		{what: simcluster.OtherVersion, where: "a1", code: exitRefused, says: "2.0.6"},
		{what: simcluster.LockHeld, where: "m1", code: exitRefused, says: "lock"},
	}
}
