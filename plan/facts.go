package plan

import (
	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// Facts is what a survey observed. Plans are built from it, and from nothing
// else that moves.
type Facts struct {
	Nodes   map[inventory.NodeName]NodeFacts `json:"nodes"`
	Script  dcos.Script                      `json:"script"` // read through the first master's network
	Unknown []UnknownAgent                   `json:"unknown_agents,omitempty"`
	Cluster Observation                      `json:"cluster"` // as seen while surveying
}

// NodeFacts is one node's own answer. Err says why there is none.
type NodeFacts struct {
	Err        string       `json:"err,omitempty"`  // unreachable, no sudo, wrong host key: in words
	Kind       string       `json:"kind,omitempty"` // of the error: "auth", "host-key", "dial", "sudo", "survey"
	ClusterID  string       `json:"cluster_id,omitempty"`
	IP         string       `json:"ip"` // what detect_ip prints; Mesos and Exhibitor know the node by it
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
	PatchUnit  string       `json:"patch_unit,omitempty"` // a patch unit of ours that still runs
	Tasks      int          `json:"tasks,omitempty"`      // running on this agent when surveyed
	ShellMS    int64        `json:"shell_ms,omitempty"`   // how long the login shell took for a command that does nothing
	LockRun    string       `json:"lock_run,omitempty"`
	LockOwner  string       `json:"lock_owner,omitempty"` // who holds the cluster lock, as this master says
}

// UnknownAgent is an agent that the leading master lists and the inventory
// does not.
type UnknownAgent struct {
	ID     string `json:"id"`
	IP     string `json:"ip"`
	Active bool   `json:"active"`
}
