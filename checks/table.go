package checks

import (
	"context"
	"slices"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/plan"
)

// Where says in which half of a node's verification a gate belongs.
type Where string

// The places of a gate.
const (
	Quarantined Where = "quarantined" // the node came back as itself; it need not serve yet
	Serving     Where = "serving"     // it does its work
	OfCluster   Where = "cluster"     // asked of the cluster, not of the node
)

// Row is one gate: what it asks and what it takes for an answer, in words for
// the documentation, and its demand when nobody says otherwise.
type Row struct {
	Name     string
	Roles    []dcos.Role
	Asks     string
	Applies  string // when, and the proof that not
	Restart  string // how an answer of the old process is told from one of the new
	Baseline string // what it compares with
	Where    Where
	Default  plan.GateSpec
	Waivable bool

	ask func(context.Context, *asking) Answer
}

// spec is a default demand.
func spec(gate string, need int, span, every, within time.Duration) plan.GateSpec {
	return plan.GateSpec{
		Gate: gate, Need: need, Span: plan.Duration(span),
		Every: plan.Duration(every), Within: plan.Duration(within),
	}
}

// Table lists every gate, in the order in which documentation shows them.
// plan.GateSpec.Gate names a row.
func Table() []Row {
	return slices.Concat(masterRows(), agentRows(), nodeRows())
}

func masters() []dcos.Role { return []dcos.Role{dcos.Master} }
func agents() []dcos.Role  { return []dcos.Role{dcos.PrivateAgent, dcos.PublicAgent} }
func anyRole() []dcos.Role { return []dcos.Role{dcos.Master, dcos.PrivateAgent, dcos.PublicAgent} }

func masterRows() []Row {
	return []Row{{
		Name: "exhibitor", Roles: masters(), Where: Quarantined,
		Asks:    "Exhibitor lists exactly the masters (by detect_ip), all serving, one leader; the node's own ZooKeeper answers srvr, and as leader has all followers in sync",
		Applies: "always", Restart: "process of dcos-exhibitor.service changed",
		Default: spec("exhibitor", 3, 60*time.Second, 15*time.Second, 10*time.Minute), ask: askExhibitor,
	}, {
		Name: "mesos-master", Roles: masters(), Where: Quarantined,
		Asks:    "dcos-mesos-master.service is active with the same main process throughout",
		Applies: "always", Restart: "its process changed, and runs from a package of the target where /proc tells",
		Default: spec("mesos-master", 3, 60*time.Second, 15*time.Second, 5*time.Minute), ask: askMesosMaster,
	}, {
		Name: "registrar", Roles: masters(), Where: Quarantined,
		Asks:    "registrar/log/recovered is 1 and ensemble_size the number of masters; the overlay's log likewise where there is one; missing is not ready",
		Applies: "always", Restart: "the unit's process changed, asked before the metrics; master/uptime_secs is of a new process",
		Default: spec("registrar", 3, 20*time.Second, 5*time.Second, 5*time.Minute), ask: askRegistrar,
	}, {
		Name: "leader", Roles: anyRole(), Where: OfCluster,
		Asks:    "every master's metrics are read, exactly one has master/elected 1, a v1 call on it answers, and it has registrar/registry_size_bytes",
		Applies: "always", Default: spec("leader", 3, 15*time.Second, 5*time.Second, 5*time.Minute), ask: askLeader,
	}, {
		Name: "cockroach", Roles: masters(), Where: Quarantined,
		Asks:    "every master's row is live and rewritten within the row of samples; 0 ranges under-replicated or unavailable; other rows are named",
		Applies: "not when the survey of the node shows active packages and none is cockroach--",
		Restart: "process of dcos-cockroach.service changed and its own row's started_at changed", Baseline: "started_at of its own row",
		Default: spec("cockroach", 3, 30*time.Second, 10*time.Second, 20*time.Minute), ask: askCockroach,
	}, {
		Name: "agents-back", Roles: masters(), Where: OfCluster, Waivable: true,
		Asks:    "the leader works, recovers none of the baseline's agents any more, and lists each of them as active",
		Applies: "always", Restart: "process of the Mesos unit changed", Baseline: "ids of the active agents; excluded nodes are named and not waited for",
		Default: spec("agents-back", 2, 10*time.Second, 5*time.Second, 9*time.Minute), ask: askAgentsBack,
	}}
}

func agentRows() []Row {
	return []Row{{
		Name: "registered", Roles: agents(), Where: Quarantined,
		Asks:    "the leader lists the agent as active under the same id, registered anew, with the target's Mesos",
		Applies: "always", Restart: "process of the Mesos unit changed, and the registration's times changed at the leader",
		Baseline: "id, times, and whether somebody had deactivated it",
		Default:  spec("registered", 3, 20*time.Second, 5*time.Second, 10*time.Minute), ask: askRegistered,
	}, {
		Name: "tasks", Roles: agents(), Where: Serving, Waivable: true,
		Asks:    "each task that ran here runs again, or finished, failed or was killed by itself or its framework; lost, gone, unreachable, or ended by the agent's restart is a failure",
		Applies: "always", Restart: "process of the Mesos unit changed", Baseline: "ids of the tasks that ran here",
		Default: spec("tasks", 2, 10*time.Second, 5*time.Second, 5*time.Minute), ask: askTasks,
	}}
}

func nodeRows() []Row {
	return []Row{{
		Name: "mesos-version", Roles: anyRole(), Where: Quarantined,
		Asks:    "the running Mesos daemon says the target's version; where the plan does not know it, runs from a package of the target",
		Applies: "always", Restart: "process of the Mesos unit changed, asked before the version",
		Default: spec("mesos-version", 1, 0, 5*time.Second, 5*time.Minute), ask: askMesosVersion,
	}, {
		Name: "check-runner", Roles: anyRole(), Where: Serving, Waivable: true,
		Asks:    "dcos-check-runner, node-poststart and cluster: a check with status 2 or more, or one that could not be run, is red; status 1 warns",
		Applies: "always", Restart: "process of the Mesos unit changed", Baseline: "red checks may stay red, and are shown",
		Default: spec("check-runner", 2, 60*time.Second, 30*time.Second, 5*time.Minute), ask: askCheckRunner,
	}, {
		Name: "units", Roles: anyRole(), Where: Serving, Waivable: true,
		Asks:    "every service, socket and timer of DC/OS is up, or rests as a oneshot or a woken service may; the Mesos unit, dcos-net, Exhibitor and dcos-telegraf.socket in any case",
		Applies: "always", Restart: "process of the Mesos unit changed", Baseline: "red units may stay red, and are shown; a service that ran must run",
		Default: spec("units", 2, 60*time.Second, 20*time.Second, 3*time.Minute), ask: askUnits,
	}}
}

// rowOf finds a gate by name.
func rowOf(gate string) (Row, bool) {
	for _, r := range Table() {
		if r.Name == gate {
			return r, true
		}
	}
	return Row{}, false
}

// Spec is the default demand of a gate for a role; false when there is no such
// gate, or it is never asked of that role. On a master, checks and units wait
// for Exhibitor like everything else, so that their patience begins where
// Exhibitor's ends.
func Spec(gate string, role dcos.Role) (plan.GateSpec, bool) {
	r, ok := rowOf(gate)
	if !ok || !slices.Contains(r.Roles, role) {
		return plan.GateSpec{}, false
	}
	s := r.Default
	if role == dcos.Master && r.Where == Serving {
		exhibitor, _ := rowOf("exhibitor")
		s.Within += exhibitor.Default.Within
	}
	if role.IsAgent() && gate == "mesos-version" {
		registered, _ := rowOf("registered")
		s.Within = registered.Default.Within
	}
	return s, true
}
