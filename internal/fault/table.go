package fault

import "time"

// about is a row of the table.
type about struct {
	kind  Kind
	words string
	of    scope
	when  when // that it acts in the simulated cluster
	twin  Twin
}

// scope says whose fault a kind is.
type scope uint8

const (
	onNode       scope = iota // of any node
	onMaster                  // of masters
	onAgent                   // of agents
	ofCluster                 // of no node: one that is named says at whose moment
	ofController              // of what drives the run: the nodes do not notice
)

// when says when a kind acts in the simulated cluster.
type when uint8

const (
	notSimulated when = iota // not there
	anywhere                 // from the start, or with what it is about
	fromStart                // from the start, or never
	atPlace                  // where the script comes to a place of its own
	atMoment                 // at a moment of somebody's choice
	ofProduct                // not there either: tests do it to the product's own process
)

// Twin says how a rehearsal shows a kind.
type Twin struct {
	As     Kind          // the kind that looks the same to a run; empty: a rehearsal does not show it
	Rate   float64       // of chaos: per opportunity, or per hour
	Lasts  time.Duration // unless the fault says otherwise; 0: until a person repairs it
	Hourly bool          // it comes at any moment, not where a node comes to its place
}

func twin(rate float64, lasts time.Duration) Twin { return Twin{Rate: rate, Lasts: lasts} }
func hourly(rate float64, lasts time.Duration) Twin {
	return Twin{Rate: rate, Lasts: lasts, Hourly: true}
}
func like(k Kind) Twin { return Twin{As: k} }
func none() Twin       { return Twin{} }

var table = []about{
	{StageFails, "fetching packages ahead fails", onNode, notSimulated, twin(0.0005, 0)},
	{SSHCutBeforeExec, "the connection breaks before sshd starts the launch: nothing runs", onNode, atPlace, twin(0.002, 0)},
	{LaunchLate, "the connection breaks as launch arrives, and it runs a while (for) later: sshd finishes a command whose client is gone", onNode, atPlace, twin(0.002, 40*time.Second)},
	{LaunchTorn, "launch and its connection die as it writes the receipt: the attempt has a directory, and no receipt", onNode, atPlace, like(SSHCutBeforeExec)},
	{SSHCutAfterExec, "the connection breaks as launch answers: it does run", onNode, atPlace, twin(0.004, time.Minute)},
	{SSHCutDuringScript, "every connection breaks while packages are fetched", onNode, atPlace, twin(0.01, 90*time.Second)},
	{SSHCut, "every connection breaks, at its moment", onNode, atMoment, like(SSHCutDuringScript)},
	{SSHDown, "sshd refuses connections", onNode, atMoment, twin(0.0005, 25*time.Minute)},
	{SSHSilent, "the node answers nothing, for a while or for good (in memory only)", onNode, atMoment, like(SSHDown)},
	{ScriptFailsFetch, "pkgpanda fetch fails: exit 1, nothing stopped", onNode, atPlace, twin(0.003, 0)},
	{ScriptFailsBeforeSwap, "the script fails with its packages fetched: exit 1, nothing stopped", onNode, atPlace, like(ScriptFailsFetch)},
	{ScriptFailsMidSwap, "the script dies with services stopped and files moved", onNode, atPlace, twin(0.0007, 0)},
	{FinishRefused, "the script dies in the swap, and finish-swap is refused", onNode, notSimulated, twin(0.0002, 0)},
	{FinishCut, "the script dies in the swap, and so does finish-swap", onNode, notSimulated, twin(0.0002, 0)},
	{FinishUnstarted, "the script dies in the swap, and finish-swap before the services start", onNode, notSimulated, twin(0.0002, 0)},
	{ScriptFailsStart, "exit 1 after the swap: active is new, dcos.target not started", onNode, atPlace, twin(0.0007, 0)},
	{ScriptHangs, "the script never ends", onNode, atPlace, twin(0.0005, 0)},
	{NodeNeverReturns, "the machine goes off as its daemons stop, for a while (for) or for good", onNode, atPlace, twin(0.0005, 0)},
	{RebootMidScript, "the machine reboots while packages are fetched", onNode, atPlace, like(ScriptFailsFetch)},
	{RebootMidSwap, "the machine reboots as the swap stops its services: dcos-setup finishes it at boot", onNode, atPlace, twin(0.0007, 2*time.Minute)},
	{RebootMidMove, "the machine reboots as the swap moves its files: dcos-setup cannot finish it", onNode, atPlace, twin(0.0003, 2*time.Minute)},
	{Reboot, "the machine reboots, at its moment", onNode, atMoment, like(RebootMidSwap)},
	{ExhibitorLatent, "the master is listed latent for good after its restart", onMaster, anywhere, twin(0.01, 0)},
	{ExhibitorEmpty, "Exhibitor's list is empty after the patch", onMaster, anywhere, like(ExhibitorLatent)},
	{ExhibitorHostMissing, "the master is missing from Exhibitor's list after its patch", onMaster, anywhere, like(ExhibitorLatent)},
	{ExhibitorTwoLeaders, "Exhibitor lists the master as a second leader after its patch", onMaster, anywhere, like(ExhibitorLatent)},
	{Exhibitor500, "Exhibitor on the master answers 500 after the patch", onMaster, anywhere, like(ExhibitorLatent)},
	{ExhibitorFlaps, "the master is listed serving and down in turns after its patch", onMaster, anywhere, like(ExhibitorLatent)},
	{RegistrarMissing, "the metric never appears after the restart", onMaster, anywhere, like(ExhibitorLatent)},
	{EnsembleSmall, "the registrar counts one master too few after the restart", onMaster, anywhere, like(ExhibitorLatent)},
	{MetricsEscaped, "names of metrics have their slashes escaped", onNode, anywhere, none()},
	{MetricsSlow, "metrics are 404 for 20 s after the restart, then incomplete for as long", onNode, anywhere, none()},
	{Metrics500, "metrics answer 500 while the old daemons stop", onNode, anywhere, none()},
	{MetricsCrowded, "others ask for metrics, too: each answer queues for 4 s more", onNode, anywhere, none()},
	{AgentNewID, "registers as a new agent after the patch", onAgent, anywhere, like(AgentNeverRegisters)},
	{AgentNeverRegisters, "the agent runs, says slave/registered 1, and never registers", onAgent, anywhere, twin(0.0007, 0)},
	{AgentLoops, "the agent dies three seconds after each start", onAgent, anywhere, like(AgentNeverRegisters)},
	{AgentBackLate, "the agent is back after 80 % of the ping limit", onAgent, anywhere, twin(0.005, 0)},
	{AgentBackTooLate, "the agent is back after 120 % of the ping limit", onAgent, anywhere, twin(0.001, 0)},
	{TasksDoNotReturn, "tasks are lost over the agent's restart", onAgent, anywhere, twin(0.001, 0)},
	{BatchJobFinishes, "one task ends by itself while the agent is patched", onAgent, anywhere, none()},
	{OverlayStuck, "the overlay's log never recovers after this master's restart (with OverlayLog)", onMaster, anywhere, like(ExhibitorLatent)},
	{EtcdSick, "etcd runs and finds no quorum after this master's restart", onMaster, anywhere, like(ExhibitorLatent)},
	{AnswerLost, "the end of a step is not heard", onNode, notSimulated, twin(0.0002, 0)},
	{LookLate, "a look at the cluster takes minutes", onNode, notSimulated, twin(0.001, 4*time.Minute)},
	{LookUnreadable, "a look at the cluster cannot be read", onNode, notSimulated, twin(0.002, 0)},
	{Election, "a leader is lost and another elected", ofCluster, notSimulated, hourly(0.1, 0)},
	{LeaderStuck, "no leader for longer than a hold may last", ofCluster, notSimulated, hourly(0.002, 45*time.Minute)},
	{LeaderMoves, "the leading master steps down and another is elected, at its moment", ofCluster, atMoment, like(Election)},
	{LeaderUnread, "the next elected leader does not read its registry", ofCluster, atMoment, like(LeaderStuck)},
	{ExLeader, "the leader restarts within its session and redirects to itself, with nobody elected, at its moment", ofCluster, atMoment, like(Election)},
	{LeaderAlone, "the Mesos masters besides the leader stop, at its moment, for a while (for) or for good", ofCluster, atMoment, like(LeaderStuck)},
	{ZooKeeperGone, "every ZooKeeper stops, at its moment, for a while (for) or for good", ofCluster, atMoment, like(LeaderStuck)},
	{UnderReplicated, "ranges stay under-replicated after this master's restart", onMaster, anywhere, twin(0.01, 0)},
	{CockroachStale, "the master's row is not written any more after its patch", onMaster, anywhere, like(UnderReplicated)},
	{CockroachNull, "the master's row says NULL after its patch", onMaster, anywhere, like(UnderReplicated)},
	{CockroachGhost, "a row of a master that left long ago is listed", onMaster, anywhere, none()},
	{CockroachUnreadable, "the master's client prints what is no table after the patch", onMaster, anywhere, like(UnderReplicated)},
	{CockroachHangs, "the master's client does not answer after the patch", onMaster, anywhere, like(UnderReplicated)},
	{StaleHappy, "the old daemons are never stopped and answer happily for good", onNode, atPlace, like(AgentNeverRegisters)},
	{UnitRedBefore, "dcos-log.service has failed from the start, and stays so", onNode, anywhere, none()},
	{UnitRedAfter, "dcos-log.service fails at its restart", onNode, anywhere, like(ChecksRedAfter)},
	{SocketDownAfter, "dcos-telegraf.socket stays down: the agent loops", onAgent, anywhere, like(AgentNeverRegisters)},
	{ChecksRedBefore, "node-poststart checks fail from the start, with codes from 2 to 127 and by a signal", onNode, fromStart, none()},
	{ChecksRedAfter, "node-poststart checks fail after the patch", onNode, anywhere, twin(0.001, 0)},
	{LaunchFails, "after its patch the agent cannot start tasks any more", onAgent, anywhere, twin(0.01, 0)},
	{LaunchHangs, "after its patch nothing is heard of tasks that the agent is given", onAgent, anywhere, like(LaunchFails)},
	{NoOffers, "other frameworks hold all that the agent offers", onAgent, anywhere, like(LaunchFails)},
	{AgentFull, "tasks use all that the agent has", onAgent, anywhere, none()},
	{StreamCut, "a framework's stream breaks as it launches a task on the agent", onAgent, anywhere, none()},
	{FrameworkLingers, "a framework with a task on the agent outlives its stream, which breaks: to the master it is half open", onAgent, anywhere, none()},
	{NoForwarding, "sshd refuses tunnels", onNode, anywhere, none()},
	{NoSFTP, "sshd has no SFTP subsystem", onNode, anywhere, none()},
	{HostKeyChanged, "another host key than known_hosts says", onNode, anywhere, like(SSHDown)},
	{WrongKey, "the node accepts another user key only", onNode, fromStart, none()},
	{NoSudo, "sudo wants a password, from its moment on", onNode, atMoment, none()},
	{SudoRevoked, "sudo wants a password once the patch was launched", onNode, atPlace, like(SSHDown)},
	{AgentDead, "the agent is switched off, and the run has not touched it: unreachable at the leader", onAgent, anywhere, hourly(0.05, 30*time.Minute)},
	{MasterDead, "a master fails that the run has not touched", onMaster, notSimulated, hourly(0.01, 20*time.Minute)},
	{AgentDeactivated, "an operator has deactivated the agent", onAgent, anywhere, none()},
	{MachineScheduled, "an operator has scheduled maintenance of the machine, from an hour on, for a while (for) or for good", onAgent, anywhere, none()},
	{MachineDown, "an operator has taken the machine down for maintenance: its agent may not register", onAgent, anywhere, none()},
	{UnknownAgent, "the agent is in Mesos, and not in the inventory", onAgent, fromStart, none()},
	{Script404, "the script's URL answers 404", ofCluster, fromStart, none()},
	{ScriptHTML, "the script's URL answers a page, with status 200", ofCluster, fromStart, none()},
	{ScriptCut, "the script's URL serves it without its last 30 bytes", ofCluster, fromStart, none()},
	{ScriptOtherVersion, "the script is for another from-version", ofCluster, fromStart, none()},
	{MidSwapFromStart, "install_progress exists from the start", onNode, fromStart, none()},
	{AtTarget, "the node has been patched before", onNode, fromStart, none()},
	{ServedBefore, "the agent served another cluster, and keeps its higher epoch and the receipt of the very script", onAgent, fromStart, none()},
	{ClockSkew, "the node's clock is ahead by for, from the start or from the launch on", onNode, anywhere, none()},
	{ClockStep, "the node's clock jumps by for, at its moment", onNode, atMoment, none()},
	{SlowSudo, "sudo takes that long (for) while dcos-net is down, for want of DNS", onNode, anywhere, none()},
	{DiskLow, "100 MB are free below /opt/mesosphere", onNode, anywhere, none()},
	{DiskFull, "nothing more can be written on the node, from its moment on", onNode, atMoment, like(ScriptFailsFetch)},
	{TmpLow, "100 MB are free in /tmp", onNode, anywhere, none()},
	{DockerDown, "docker.service has failed", onNode, anywhere, none()},
	{NoBootstrap, "the node does not reach the bootstrap node", onNode, anywhere, none()},
	{NoIPSet, "the program ipset is not installed", onNode, anywhere, none()},
	{ForeignUnit, "dcos.target wants a unit of somebody else's", onNode, anywhere, none()},
	{ForeignFile, "somebody has put a file into /opt/mesosphere/bin", onNode, anywhere, none()},
	{EventSubscriber, "this master's Marathon has one", onMaster, anywhere, none()},
	{Deploying, "Marathon never ends a deployment, whichever master is named", onMaster, anywhere, none()},
	{SlowShell, "every command takes that long (for) to begin", onNode, anywhere, none()},
	{DetectIPWrong, "ip-detect prints 0, from the start", onNode, fromStart, none()},
	{NextIPOther, "the target's ip-detect prints another address", onNode, fromStart, none()},
	{OtherCluster, "the master has the id of another cluster", onMaster, fromStart, none()},
	{OtherVersion, "the node is at 2.0.6", onNode, fromStart, none()},
	{LockHeld, "somebody else holds the cluster lock on this master", onMaster, fromStart, none()},
	{ControllerAsleep, "the controller sleeps for hours", ofController, notSimulated, hourly(0.01, 3*time.Hour)},
	{ClockAhead, "the controller's wall clock is set forward", ofController, notSimulated, hourly(0.005, 0)},
	{ControllerDiskFull, "the controller's disk is full: the journal cannot be written", ofController, ofProduct, hourly(0.002, 0)},
	{ControllerDiesBeforeActing, "the controller is killed after it recorded what it begins, and before it does", ofController, notSimulated, hourly(0.005, 0)},
	{ControllerDies, "the controller is killed", ofController, ofProduct, hourly(0.02, 0)},
	{InterruptedTwice, "a person interrupts twice", ofController, ofProduct, hourly(0.005, 0)},
	{Interrupted, "a person interrupts once", ofController, ofProduct, hourly(0.02, 0)},
	{ControllerSuspended, "the controller is suspended, a colleague breaks its lock and goes on, and it wakes", ofController, ofProduct, none()},
	{TwoControllers, "somebody applies at another machine while the first controller lives", ofController, ofProduct, none()},
}
