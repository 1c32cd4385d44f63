package simcluster

import (
	"strings"

	"github.com/dcos-patch/dcos-patch/dcos"
)

// Kind names what goes wrong. Adding one is a constant here, a row in kinds,
// and a question (node.fault, node.hit or node.ails) at the place where it
// acts, or a case in Cluster.act.
type Kind string

// The kinds of faults; kinds says what each means.
const (
	SSHCutBeforeExec      Kind = "ssh-cut-before-exec"
	LaunchLate            Kind = "launch-late"
	LaunchTorn            Kind = "launch-torn"
	SSHCutAfterExec       Kind = "ssh-cut-after-exec"
	SSHCutDuringScript    Kind = "ssh-cut-during-script"
	SSHCut                Kind = "ssh-cut"
	SSHDown               Kind = "sshd-down"
	SSHSilent             Kind = "ssh-silent"
	ScriptFailsFetch      Kind = "script-fails-fetch"
	ScriptFailsBeforeSwap Kind = "script-fails-before-swap"
	ScriptFailsMidSwap    Kind = "script-fails-mid-swap"
	ScriptFailsStart      Kind = "script-fails-start"
	ScriptHangs           Kind = "script-hangs"
	NodeNeverReturns      Kind = "node-never-returns"
	RebootMidScript       Kind = "reboot-mid-script"
	RebootMidSwap         Kind = "reboot-mid-swap"
	RebootMidMove         Kind = "reboot-mid-move"
	Reboot                Kind = "reboot"
	ExhibitorLatent       Kind = "exhibitor-latent"
	ExhibitorEmpty        Kind = "exhibitor-empty"
	ExhibitorHostMissing  Kind = "exhibitor-host-missing"
	ExhibitorTwoLeaders   Kind = "exhibitor-two-leaders"
	Exhibitor500          Kind = "exhibitor-500"
	ExhibitorFlaps        Kind = "exhibitor-flaps"
	RegistrarMissing      Kind = "registrar-metric-absent"
	EnsembleSmall         Kind = "ensemble-too-small"
	MetricsEscaped        Kind = "metrics-escaped"
	MetricsSlow           Kind = "metrics-slow-start"
	Metrics500            Kind = "metrics-500"
	MetricsCrowded        Kind = "metrics-crowded"
	AgentNewID            Kind = "agent-new-id"
	AgentNeverRegisters   Kind = "agent-never-registers"
	AgentLoops            Kind = "agent-crash-loops"
	AgentBackLate         Kind = "agent-back-late"
	AgentBackTooLate      Kind = "agent-back-too-late"
	TasksDoNotReturn      Kind = "tasks-do-not-return"
	BatchJobFinishes      Kind = "batch-job-finishes"
	OverlayStuck          Kind = "overlay-stuck"
	EtcdSick              Kind = "etcd-sick"
	LeaderMoves           Kind = "leader-moves"
	LeaderUnread          Kind = "leader-unread"
	ExLeader              Kind = "ex-leader"
	LeaderAlone           Kind = "leader-without-quorum"
	ZooKeeperGone         Kind = "zookeeper-gone"
	UnderReplicated       Kind = "under-replicated"
	CockroachStale        Kind = "cockroach-stale"
	CockroachNull         Kind = "cockroach-null"
	CockroachGhost        Kind = "cockroach-ghost"
	CockroachUnreadable   Kind = "cockroach-unreadable"
	CockroachHangs        Kind = "cockroach-hangs"
	StaleHappy            Kind = "stale-happy"
	UnitRedBefore         Kind = "unit-red-before"
	UnitRedAfter          Kind = "unit-red-after"
	SocketDownAfter       Kind = "socket-down-after"
	ChecksRedBefore       Kind = "checks-red-before"
	ChecksRedAfter        Kind = "checks-red-after"
	LaunchFails           Kind = "launch-fails"
	LaunchHangs           Kind = "launch-hangs"
	NoOffers              Kind = "no-offers"
	AgentFull             Kind = "agent-full"
	StreamCut             Kind = "stream-cut"
	FrameworkLingers      Kind = "framework-lingers"
	NoForwarding          Kind = "no-forwarding"
	NoSFTP                Kind = "no-sftp"
	HostKeyChanged        Kind = "host-key-changed"
	WrongKey              Kind = "wrong-key"
	NoSudo                Kind = "no-sudo"
	SudoRevoked           Kind = "sudo-revoked"
	AgentDead             Kind = "agent-dead"
	AgentDeactivated      Kind = "agent-deactivated"
	MachineScheduled      Kind = "machine-scheduled"
	MachineDown           Kind = "machine-down"
	UnknownAgent          Kind = "unknown-agent"
	Script404             Kind = "script-404"
	ScriptHTML            Kind = "script-html"
	ScriptCut             Kind = "script-cut"
	ScriptOtherVersion    Kind = "script-other-version"
	MidSwapFromStart      Kind = "mid-swap"
	AtTarget              Kind = "at-target"
	ServedBefore          Kind = "served-before"
	ClockSkew             Kind = "clock-skew"
	ClockStep             Kind = "clock-step"
	SlowSudo              Kind = "slow-sudo"
	DiskLow               Kind = "disk-low"
	DiskFull              Kind = "disk-full"
	TmpLow                Kind = "tmp-low"
	DockerDown            Kind = "docker-down"
	NoBootstrap           Kind = "no-bootstrap"
	NoIPSet               Kind = "no-ipset"
	ForeignUnit           Kind = "foreign-unit"
	ForeignFile           Kind = "foreign-file"
	EventSubscriber       Kind = "event-subscriber"
	Deploying             Kind = "deploying"
	SlowShell             Kind = "slow-shell"
	DetectIPWrong         Kind = "detect-ip-wrong"
	NextIPOther           Kind = "next-ip-other"
	OtherCluster          Kind = "other-cluster"
	OtherVersion          Kind = "other-version"
	LockHeld              Kind = "lock-held"
)

// about is what is known of a kind.
type about struct {
	kind  Kind
	words string
	of    bearer
}

// bearer says whose misfortune a kind is.
type bearer uint8

const (
	onNode    bearer = iota // of any node
	onMaster                // of masters
	onAgent                 // of agents
	ofCluster               // of nobody in particular: Where, if given, says at whose moment
)

func kinds() []about {
	return []about{
		{SSHCutBeforeExec, "the connection breaks before sshd starts the launch: nothing runs", onNode},
		{LaunchLate, "the connection breaks as launch arrives, and it runs that much later (for; 20 s): sshd finishes a command whose client is gone", onNode},
		{LaunchTorn, "launch and its connection die as it writes the receipt: the attempt has a directory, and no receipt", onNode},
		{SSHCutAfterExec, "the connection breaks as launch answers: it does run", onNode},
		{SSHCutDuringScript, "every connection breaks while packages are fetched", onNode},
		{SSHCut, "every connection breaks, at its moment", onNode},
		{SSHDown, "sshd refuses connections, for a while (for) or for good", onNode},
		{SSHSilent, "the node answers nothing, for a while or for good (in memory only)", onNode},
		{ScriptFailsFetch, "pkgpanda fetch fails: exit 1, nothing stopped", onNode},
		{ScriptFailsBeforeSwap, "the script fails with its packages fetched: exit 1, nothing stopped", onNode},
		{ScriptFailsMidSwap, "the script dies with services stopped and files moved", onNode},
		{ScriptFailsStart, "exit 1 after the swap: active is new, dcos.target not started", onNode},
		{ScriptHangs, "the script never ends", onNode},
		{NodeNeverReturns, "the machine goes off as its daemons stop, for a while (for) or for good", onNode},
		{RebootMidScript, "the machine reboots while packages are fetched", onNode},
		{RebootMidSwap, "the machine reboots as the swap stops its services: dcos-setup finishes it at boot", onNode},
		{RebootMidMove, "the machine reboots as the swap moves its files: dcos-setup cannot finish it", onNode},
		{Reboot, "the machine reboots, at its moment", onNode},
		{ExhibitorLatent, "listed latent for good after its restart", onMaster},
		{ExhibitorEmpty, "Exhibitor's list is empty after the patch", onMaster},
		{ExhibitorHostMissing, "the master is missing from Exhibitor's list after its patch", onMaster},
		{ExhibitorTwoLeaders, "Exhibitor lists the master as a second leader after its patch", onMaster},
		{Exhibitor500, "Exhibitor on the master answers 500 after the patch", onMaster},
		{ExhibitorFlaps, "the master is listed serving and down in turns after its patch", onMaster},
		{RegistrarMissing, "the metric never appears after the restart", onMaster},
		{EnsembleSmall, "the registrar counts one master too few after the restart", onMaster},
		{MetricsEscaped, "names of metrics have their slashes escaped", onNode},
		{MetricsSlow, "metrics are 404 for 20 s after the restart, then incomplete for as long", onNode},
		{Metrics500, "metrics answer 500 while the old daemons stop", onNode},
		{MetricsCrowded, "others ask for metrics, too: each answer queues for 4 s more", onNode},
		{AgentNewID, "registers as a new agent after the patch", onAgent},
		{AgentNeverRegisters, "runs, says slave/registered 1, and never registers", onAgent},
		{AgentLoops, "the agent dies three seconds after each start", onAgent},
		{AgentBackLate, "the agent is back after 80 % of the ping limit", onAgent},
		{AgentBackTooLate, "the agent is back after 120 % of the ping limit", onAgent},
		{TasksDoNotReturn, "tasks are lost over the agent's restart", onAgent},
		{BatchJobFinishes, "one task ends by itself while the agent is patched", onAgent},
		{OverlayStuck, "the overlay's log never recovers after this master's restart (with OverlayLog)", onMaster},
		{EtcdSick, "etcd runs and finds no quorum after this master's restart", onMaster},
		{LeaderMoves, "the leading master steps down and another is elected, at its moment", ofCluster},
		{LeaderUnread, "the next elected leader does not read its registry", ofCluster},
		{ExLeader, "the leader restarts within its session and redirects to itself, with nobody elected, at its moment", ofCluster},
		{LeaderAlone, "the Mesos masters besides the leader stop, at its moment, for a while (for) or for good", ofCluster},
		{ZooKeeperGone, "every ZooKeeper stops, at its moment, for a while (for) or for good", ofCluster},
		{UnderReplicated, "ranges stay under-replicated after this master's restart", onMaster},
		{CockroachStale, "the master's row is not written any more after its patch", onMaster},
		{CockroachNull, "the master's row says NULL after its patch", onMaster},
		{CockroachGhost, "a row of a master that left long ago is listed", onMaster},
		{CockroachUnreadable, "the master's client prints what is no table after the patch", onMaster},
		{CockroachHangs, "the master's client does not answer after the patch", onMaster},
		{StaleHappy, "the old daemons are never stopped and answer happily for good", onNode},
		{UnitRedBefore, "dcos-log.service has failed from the start, and stays so", onNode},
		{UnitRedAfter, "dcos-log.service fails at its restart", onNode},
		{SocketDownAfter, "dcos-telegraf.socket stays down: the agent loops", onAgent},
		{ChecksRedBefore, "node-poststart checks fail from the start, with codes from 2 to 127 and by a signal", onNode},
		{ChecksRedAfter, "node-poststart checks fail after the patch, with codes from 2 to 127 and by a signal", onNode},
		{LaunchFails, "after its patch the agent cannot start tasks any more", onAgent},
		{LaunchHangs, "after its patch nothing is heard of tasks that the agent is given", onAgent},
		{NoOffers, "other frameworks hold all that the agent offers", onAgent},
		{AgentFull, "tasks use all that the agent has", onAgent},
		{StreamCut, "a framework's stream breaks as it launches a task on the agent", onAgent},
		{FrameworkLingers, "a framework with a task on the agent outlives its stream, which breaks: to the master it is half open", onAgent},
		{NoForwarding, "sshd refuses tunnels", onNode},
		{NoSFTP, "sshd has no SFTP subsystem", onNode},
		{HostKeyChanged, "another host key than known_hosts says", onNode},
		{WrongKey, "the node accepts another user key only", onNode},
		{NoSudo, "sudo wants a password, from its moment on", onNode},
		{SudoRevoked, "sudo wants a password once the patch was launched", onNode},
		{AgentDead, "switched off from the start, unreachable at the leader", onAgent},
		{AgentDeactivated, "an operator has deactivated the agent", onAgent},
		{MachineScheduled, "an operator has scheduled maintenance of the machine, from an hour on, for a while (for) or for good", onAgent},
		{MachineDown, "an operator has taken the machine down for maintenance: its agent may not register", onAgent},
		{UnknownAgent, "the agent is in Mesos, and not in the inventory", onAgent},
		{Script404, "the script's URL answers 404", ofCluster},
		{ScriptHTML, "the script's URL answers a page, with status 200", ofCluster},
		{ScriptCut, "the script's URL serves it without its last 30 bytes", ofCluster},
		{ScriptOtherVersion, "the script is for another from-version", ofCluster},
		{MidSwapFromStart, "install_progress exists from the start", onNode},
		{AtTarget, "the node has been patched before", onNode},
		{ServedBefore, "the agent served another cluster, and keeps its higher epoch and the receipt of the very script", onAgent},
		{ClockSkew, "the node's clock is ahead by for, from the start or from the launch on", onNode},
		{ClockStep, "the node's clock jumps by for, at its moment", onNode},
		{SlowSudo, "sudo takes that long (for) while dcos-net is down, for want of DNS", onNode},
		{DiskLow, "100 MB are free below /opt/mesosphere", onNode},
		{DiskFull, "nothing more can be written on the node, from its moment on", onNode},
		{TmpLow, "100 MB are free in /tmp", onNode},
		{DockerDown, "docker.service has failed", onNode},
		{NoBootstrap, "the node does not reach the bootstrap node", onNode},
		{NoIPSet, "the program ipset is not installed", onNode},
		{ForeignUnit, "dcos.target wants a unit of somebody else's", onNode},
		{ForeignFile, "somebody has put a file into /opt/mesosphere/bin", onNode},
		{EventSubscriber, "this master's Marathon has one", onMaster},
		{Deploying, "Marathon never ends a deployment, whichever master is named", onMaster},
		{SlowShell, "every command takes that long (for) to begin", onNode},
		{DetectIPWrong, "ip-detect prints 0, from the start", onNode},
		{NextIPOther, "the target's ip-detect prints another address", onNode},
		{OtherCluster, "the master has the id of another cluster", onMaster},
		{OtherVersion, "the node is at 2.0.6", onNode},
		{LockHeld, "somebody else holds the cluster lock on this master", onMaster},
	}
}

// Kinds lists every kind of fault, for tables that must have all.
func Kinds() []Kind {
	var out []Kind
	for _, a := range kinds() {
		out = append(out, a.kind)
	}
	return out
}

func (k Kind) about() (about, bool) {
	for _, a := range kinds() {
		if a.kind == k {
			return a, true
		}
	}
	return about{}, false
}

// Words says what a kind means, for people.
func (k Kind) Words() string {
	a, _ := k.about()
	return a.words
}

// Bears reports whether a fault of the kind can befall the role.
func (k Kind) Bears(r dcos.Role) bool {
	a, known := k.about()
	return known && (a.of == onNode || a.of == onMaster && r == dcos.Master || a.of == onAgent && r.IsAgent())
}

// ofScript reports whether the kind is the script's, and befalls every node
// that runs it when no node is named.
func (k Kind) ofScript() bool { return strings.HasPrefix(string(k), "script-") }

// OfCluster reports whether a fault of the kind is nobody's in particular.
func (k Kind) OfCluster() bool {
	a, _ := k.about()
	return a.of == ofCluster
}

// FromStart reports whether a fault of the kind is there from the start, or
// never: it cannot strike later.
func (k Kind) FromStart() bool {
	switch k {
	case WrongKey, UnknownAgent, Script404, ScriptHTML, ScriptCut, ScriptOtherVersion, MidSwapFromStart, AtTarget, ServedBefore, OtherCluster, OtherVersion, LockHeld, ChecksRedBefore, DetectIPWrong, NextIPOther:
		return true
	default:
		return false
	}
}

// Waits reports whether a fault of the kind waits for the script at a place of
// its own.
func (k Kind) Waits() bool {
	switch k {
	case SSHCutBeforeExec, LaunchLate, LaunchTorn, SSHCutAfterExec, SSHCutDuringScript, RebootMidScript, RebootMidSwap, RebootMidMove, NodeNeverReturns, StaleHappy, SudoRevoked:
		return true
	default:
		return k.ofScript() && !k.OfCluster()
	}
}

// AtMoment reports whether a fault of the kind acts at a moment of somebody's
// choice, rather than at a place of its own.
func (k Kind) AtMoment() bool {
	switch k {
	case SSHCut, SSHDown, SSHSilent, Reboot, DiskFull, ClockStep, LeaderMoves, LeaderUnread, ExLeader, LeaderAlone, ZooKeeperGone, NoSudo:
		return true
	default:
		return false
	}
}
