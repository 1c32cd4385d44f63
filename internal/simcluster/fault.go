package simcluster

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Kind names what goes wrong. Adding one is a constant here, a line in
// allKinds, and a question (node.fault or node.hit) at the place where it acts.
type Kind string

// The kinds of faults.
const (
	SSHCutBeforeExec    Kind = "ssh-cut-before-exec"     // the connection breaks as launch arrives: nothing runs
	SSHCutAfterExec     Kind = "ssh-cut-after-exec"      // the connection breaks as launch answers: it does run
	SSHCutDuringScript  Kind = "ssh-cut-during-script"   // every connection breaks while packages are fetched
	SSHDown             Kind = "sshd-down"               // sshd refuses connections, for a while (for) or for ever
	SSHSilent           Kind = "ssh-silent"              // the node answers nothing, for a while or for ever (in memory only)
	ScriptFailsFetch    Kind = "script-fails-fetch"      // pkgpanda fetch fails: exit 1, nothing stopped
	ScriptFailsMidSwap  Kind = "script-fails-mid-swap"   // the script dies with services stopped and files moved
	ScriptFailsStart    Kind = "script-fails-start"      // exit 1 after the swap: active is new, dcos.target not started
	ScriptHangs         Kind = "script-hangs"            // the script never ends
	NodeNeverReturns    Kind = "node-never-returns"      // the machine goes off as its daemons stop, for a while (for) or for ever
	RebootMidScript     Kind = "reboot-mid-script"       // the machine reboots while packages are fetched
	RebootMidSwap       Kind = "reboot-mid-swap"         // the machine reboots in the swap; dcos-setup finishes it at boot
	ExhibitorLatent     Kind = "exhibitor-latent"        // listed latent for ever after its restart
	RegistrarMissing    Kind = "registrar-metric-absent" // the metric never appears after the restart
	AgentNewID          Kind = "agent-new-id"            // registers as a new agent after the patch
	AgentNeverRegisters Kind = "agent-never-registers"   // runs, says slave/registered 1, and never registers
	TasksDoNotReturn    Kind = "tasks-do-not-return"     // tasks are lost over the agent's restart
	BatchJobFinishes    Kind = "batch-job-finishes"      // one task ends by itself while the agent is patched
	OverlayStuck        Kind = "overlay-stuck"           // the overlay's log never recovers after this master's restart (with OverlayLog)
	EtcdSick            Kind = "etcd-sick"               // etcd runs and finds no quorum after this master's restart
	UnderReplicated     Kind = "under-replicated"        // ranges stay under-replicated after this master's restart
	StaleHappy          Kind = "stale-happy"             // the old daemons are never stopped and answer happily for ever
	UnitRedBefore       Kind = "unit-red-before"         // dcos-log.service has failed from the start, and stays so
	UnitRedAfter        Kind = "unit-red-after"          // dcos-log.service fails at its restart
	SocketDownAfter     Kind = "socket-down-after"       // dcos-telegraf.socket stays down: the agent loops
	ChecksRedBefore     Kind = "checks-red-before"       // one node-poststart check fails from the start
	ChecksRedAfter      Kind = "checks-red-after"        // one node-poststart check fails after the patch
	NoForwarding        Kind = "no-forwarding"           // sshd refuses tunnels
	NoSFTP              Kind = "no-sftp"                 // sshd has no SFTP subsystem
	HostKeyChanged      Kind = "host-key-changed"        // another host key than known_hosts says
	WrongKey            Kind = "wrong-key"               // the node accepts another user key only
	NoSudo              Kind = "no-sudo"                 // sudo wants a password from the start
	SudoRevoked         Kind = "sudo-revoked"            // sudo wants a password once the patch was launched
	AgentDead           Kind = "agent-dead"              // switched off from the start, unreachable at the leader
	UnknownAgent        Kind = "unknown-agent"           // the agent is in Mesos, and not in the inventory
	Script404           Kind = "script-404"              // cluster: the script's URL answers 404
	ScriptHTML          Kind = "script-html"             // cluster: the script's URL answers a page, with status 200
	ScriptOtherVersion  Kind = "script-other-version"    // cluster: the script is for another from-version
	MidSwapFromStart    Kind = "mid-swap"                // install_progress exists from the start
	AtTarget            Kind = "at-target"               // the node has been patched before
	ClockSkew           Kind = "clock-skew"              // the node's clock is ahead by for, from the start or from the launch on
	SlowSudo            Kind = "slow-sudo"               // sudo takes that long (for) while dcos-net is down, for want of DNS
	DiskLow             Kind = "disk-low"                // 100 MB are free below /opt/mesosphere
	TmpLow              Kind = "tmp-low"                 // 100 MB are free in /tmp
	DockerDown          Kind = "docker-down"             // docker.service has failed
	NoBootstrap         Kind = "no-bootstrap"            // the node does not reach the bootstrap node
	NoIPSet             Kind = "no-ipset"                // the program ipset is not installed
	ForeignUnit         Kind = "foreign-unit"            // dcos.target wants a unit of somebody else's
	ForeignFile         Kind = "foreign-file"            // somebody has put a file into /opt/mesosphere/bin
	EventSubscriber     Kind = "event-subscriber"        // this master's Marathon has one
	SlowShell           Kind = "slow-shell"              // every command takes that long (for) to begin
	OtherCluster        Kind = "other-cluster"           // the master has the id of another cluster
	OtherVersion        Kind = "other-version"           // the node is at 2.0.6
	LockHeld            Kind = "lock-held"               // somebody else holds the cluster lock on this master
)

// Kinds lists every kind of fault, for tables that must have all.
func Kinds() []Kind { return allKinds() }

func allKinds() []Kind {
	return []Kind{SSHCutBeforeExec, SSHCutAfterExec, SSHCutDuringScript, SSHDown, SSHSilent, ScriptFailsFetch, ScriptFailsMidSwap,
		ScriptFailsStart, ScriptHangs, NodeNeverReturns, RebootMidScript, RebootMidSwap, ExhibitorLatent, RegistrarMissing, AgentNewID,
		AgentNeverRegisters, TasksDoNotReturn, BatchJobFinishes, UnderReplicated, StaleHappy, UnitRedBefore, UnitRedAfter,
		SocketDownAfter, ChecksRedBefore, ChecksRedAfter, NoForwarding, NoSFTP, HostKeyChanged, WrongKey, NoSudo, SudoRevoked, AgentDead,
		UnknownAgent, Script404, ScriptHTML, ScriptOtherVersion, MidSwapFromStart, AtTarget, ClockSkew, SlowSudo, DiskLow,
		TmpLow, DockerDown, NoBootstrap, NoIPSet, ForeignUnit, ForeignFile, EventSubscriber, SlowShell,
		OtherCluster, OtherVersion, LockHeld, OverlayStuck, EtcdSick}
}

// When says at which moment of the node's life a fault with a choice acts.
type When string

// The moments. SSHDown and SSHSilent act on them, ClockSkew on the first two;
// other kinds have one of their own.
const (
	WhenStart  When = ""       // from the start
	WhenLaunch When = "launch" // as the patch starts
	WhenDown   When = "down"   // as the old daemons stop
)

// Fault is one thing that goes wrong.
type Fault struct {
	What  Kind          `yaml:"what"`
	Where string        `yaml:"where,omitempty"` // a node's name; empty for faults of the cluster
	When  When          `yaml:"when,omitempty"`
	Nth   int           `yaml:"nth,omitempty"` // only the nth time that it could act, from 1; 0: every time
	For   time.Duration `yaml:"for,omitempty"` // unscaled; 0: for ever
}

// Faults are the faults of one cluster.
type Faults []Fault

// ParseFaults reads a YAML list of faults strictly.
func ParseFaults(text []byte) (Faults, error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	var fs Faults
	if err := dec.Decode(&fs); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading faults: %w", err)
	}
	return fs, nil
}

// check refuses faults that could never act.
func (fs Faults) check(nodes map[string]*node) error {
	for i, f := range fs {
		known := false
		for _, k := range allKinds() {
			known = known || k == f.What
		}
		switch {
		case !known:
			return fmt.Errorf("fault %d: unknown kind %q", i+1, f.What)
		case strings.HasPrefix(string(f.What), "script-") && f.Where == "":
		case nodes[f.Where] == nil:
			return fmt.Errorf("fault %d (%s): no node %q", i+1, f.What, f.Where)
		case f.When != WhenStart && f.When != WhenLaunch && f.When != WhenDown:
			return fmt.Errorf("fault %d (%s): unknown moment %q", i+1, f.What, f.When)
		}
	}
	return nil
}

// fault reports whether the node has a fault of that kind, without counting.
func (n *node) fault(k Kind) bool {
	_, ok := n.c.find(k, n.name)
	return ok
}

// hit reports whether a fault acts now, counting the opportunity.
func (n *node) hit(k Kind) bool {
	f, ok := n.c.find(k, n.name)
	if !ok {
		return false
	}
	n.hits[k]++
	return f.Nth == 0 || f.Nth == n.hits[k]
}

func (c *Cluster) find(k Kind, where string) (Fault, bool) {
	for _, f := range c.opt.Faults {
		if f.What == k && (f.Where == where || f.Where == "" && strings.HasPrefix(string(k), "script-")) {
			return f, true
		}
	}
	return Fault{}, false
}
