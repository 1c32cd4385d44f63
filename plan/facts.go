package plan

import (
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// Facts is what a survey observed. Plans are built from it, and from nothing
// else that moves.
type Facts struct {
	Nodes  map[inventory.NodeName]NodeFacts `json:"nodes"`
	Script dcos.Script                      `json:"script"` // read through the first master's network
	// ScriptErr says why there is no script that could be used.
	ScriptErr string `json:"script_err,omitempty"`

	Unknown []UnknownAgent `json:"unknown_agents,omitempty"`
	// Deployments are the apps that Marathon is changing, where it says so
	// without credentials.
	Deployments []string    `json:"deployments,omitempty"`
	Cluster     Observation `json:"cluster"` // as seen while surveying
}

// NodeFacts is one node's own answer. Err says why there is none.
type NodeFacts struct {
	Err        string       `json:"err,omitempty"`  // unreachable, no sudo, wrong host key: in words
	Kind       string       `json:"kind,omitempty"` // of the error: "auth", "agent", "algorithms", "host-key", "host-key-changed", "host-key-unknown", "dial", "shell", "sudo", "answer", "survey"
	Via        string       `json:"via,omitempty"`  // the jump host of which Err is; empty: the node
	ClusterID  string       `json:"cluster_id,omitempty"`
	IP         string       `json:"ip"`                  // what detect_ip prints; Mesos and Exhibitor know the node by it
	Addresses  []string     `json:"addresses,omitempty"` // IPv4 addresses of the machine
	NextIP     *NextIP      `json:"next_ip,omitempty"`   // nil: the target's ip-detect is not on the node yet
	Machine    string       `json:"machine,omitempty"`   // see Node.Machine
	Role       dcos.Role    `json:"role"`
	Version    dcos.Version `json:"version"`
	Variant    string       `json:"variant,omitempty"` // "open" or "enterprise"
	Active     []string     `json:"active"`            // active package ids, sorted
	Fetched    []string     `json:"fetched,omitempty"` // package ids on disk, sorted
	MidSwap    bool         `json:"mid_swap,omitempty"`
	MasterSize int          `json:"master_count,omitempty"`
	Systemd    int          `json:"systemd,omitempty"`
	FreeKB     int64        `json:"free_kb,omitempty"`    // of the file system of /opt/mesosphere
	Rehearsal  bool         `json:"rehearsal,omitempty"`  // carries /etc/dcos-patch-rehearsal
	PatchUnit  string       `json:"patch_unit,omitempty"` // a patch unit that still runs
	Tasks      int          `json:"tasks,omitempty"`      // running on this agent when surveyed
	ShellMS    int64        `json:"shell_ms,omitempty"`   // how long the login shell took for a command that does nothing
	Clock      *Clock       `json:"clock,omitempty"`      // nil: not asked
	Ready      *Readiness   `json:"ready,omitempty"`      // nil: not asked
	LockRun    string       `json:"lock_run,omitempty"`
	LockOwner  string       `json:"lock_owner,omitempty"` // who holds the cluster lock, as this master says
	LockBeat   *Duration    `json:"lock_beat,omitempty"`  // how long ago that run's controller gave a sign of life, by the node's clock; nil: not known
}

// NextIP is what the target's ip-detect prints on a node that has fetched it.
type NextIP struct {
	Package string `json:"package"`
	IP      string `json:"ip,omitempty"`
	Err     string `json:"err,omitempty"` // why nothing is known
}

// Clock is how far a node's clock is ahead of that of the machine which asked;
// behind is negative. What is known is an interval, since an answer was given
// at some moment between the question and its arrival.
type Clock struct {
	Err   string   `json:"err,omitempty"` // why nothing is known
	Least Duration `json:"least"`
	Most  Duration `json:"most"`
}

// Readiness is what a patch needs of a node besides DC/OS itself, and what it
// would take away there. Zero numbers and texts are unknown.
type Readiness struct {
	Err             string   `json:"err,omitempty"` // why nothing is known
	TmpKB           int64    `json:"tmp_kb,omitempty"`
	PackagesKB      int64    `json:"packages_kb,omitempty"` // what the active packages take on the disk
	LargestKB       int64    `json:"largest_kb,omitempty"`  // the largest of them
	Docker          string   `json:"docker,omitempty"`      // systemd's ActiveState, or "socket": started when needed
	IPSet           bool     `json:"ipset,omitempty"`
	ForeignUnits    []string `json:"foreign_units,omitempty"`
	ForeignFiles    []string `json:"foreign_files,omitempty"`
	EventSubscriber bool     `json:"event_subscriber,omitempty"`
	Fetch           string   `json:"fetch,omitempty"` // what came of asking for the head of a package: FetchOK, or what else
}

// FetchOK says that the node reaches the packages. FetchUnasked: their address is no
// HTTP, so that nothing could be asked.
const (
	FetchOK      = "200"
	FetchUnasked = "not over HTTP"
)

// UnknownAgent is an agent that the leading master lists and the inventory
// does not.
type UnknownAgent struct {
	ID     string `json:"id"`
	IP     string `json:"ip"`
	Active bool   `json:"active"`

	Recovering bool `json:"recovering,omitempty"` // in the registry, not back since the failover
}
