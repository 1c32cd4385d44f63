package checks

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/inventory"
)

// Baseline is a node as it was before its lane touched it: everything that
// verification compares with. It is complete; a part that does not apply is
// in Absent with the proof.
type Baseline struct {
	Node    inventory.NodeName `json:"node"`
	Role    dcos.Role          `json:"role"`
	TakenAt time.Time          `json:"taken_at"` // controller's clock, before the first question

	// Applied: the target's packages were active already. The run does not know
	// of the patch, as when it goes on from a copy of its journal that lags;
	// restarts are then proved as for nodes that another has patched.
	Applied bool `json:"applied,omitempty"`

	Processes map[string]Process `json:"processes"`         // by unit: the daemons whose restart is to be proved
	Uptime    float64            `json:"uptime_secs"`       // of the Mesos daemon, seconds
	Overlay   bool               `json:"overlay,omitempty"` // masters: it had the overlay's replicated log
	Units     map[string]string  `json:"units"`             // every DC/OS unit: "active/running"
	RedUnits  map[string]string  `json:"red_units"`         // with the reason
	RedChecks map[string]string  `json:"red_checks"`        // "node-poststart/clock_sync", with its output
	Absent    map[string]string  `json:"absent,omitempty"`  // part → proof that there is none

	Agent *AgentBase `json:"agent,omitempty"` // agents: as the leading master lists it
	Tasks []string   `json:"tasks,omitempty"` // agents: ids that run there, sorted

	Agents    map[string]string `json:"agents,omitempty"`    // masters: active agents, id → IP
	Cockroach *CockroachBase    `json:"cockroach,omitempty"` // masters: the node's own row
}

// AgentBase is the leading master's view of an agent.
type AgentBase struct {
	ID           string    `json:"id"`
	Version      string    `json:"version"`
	Active       bool      `json:"active"`
	Deactivated  bool      `json:"deactivated,omitempty"`
	Registered   time.Time `json:"registered"` // leader's clock, as are all of its times
	Reregistered time.Time `json:"reregistered,omitzero"`
}

// CockroachBase is a master's own row of the IAM database's status.
type CockroachBase struct {
	Address   string    `json:"address"`
	StartedAt time.Time `json:"started_at,omitzero"` // zero: its row had none
}

// DeactivatedBefore reports whether a baseline says that the agent was deactivated
// at the leader before its lane began.
func DeactivatedBefore(b json.RawMessage) bool {
	base, err := parseBaseline(b)
	return err == nil && base != nil && base.Agent != nil && base.Agent.Deactivated
}

// parseBaseline reads what Cluster.Baseline wrote. No bytes are no baseline:
// nil, and each gate that needs one says so.
func parseBaseline(b json.RawMessage) (*Baseline, error) {
	if len(b) == 0 || string(b) == "null" {
		return nil, nil
	}
	var base Baseline
	if err := json.Unmarshal(b, &base); err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	return &base, nil
}
