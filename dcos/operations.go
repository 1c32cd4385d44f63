package dcos

import "fmt"

// Operation is an offer operation, such as a volume that is being made, as a
// master or an agent knows it.
type Operation struct {
	ID      string // empty where the framework gave none
	AgentID string // empty: not said
	Type    string
	State   string // latest
}

// Ended reports whether nothing more is done for the operation. A state that is
// not known has not ended.
func (o Operation) Ended() bool {
	switch o.State {
	case "OPERATION_FINISHED", "OPERATION_FAILED", "OPERATION_ERROR", "OPERATION_DROPPED", "OPERATION_GONE_BY_OPERATOR":
		return true
	}
	return false
}

// ParseGetOperations reads a master's or an agent's answer to the v1 call
// GET_OPERATIONS.
func ParseGetOperations(b []byte) ([]Operation, error) {
	const what = "GET_OPERATIONS"
	type rawOperation struct {
		Agent v1Value `json:"agent_id"`
		Info  struct {
			ID   v1Value `json:"id"`
			Type string  `json:"type"`
		} `json:"info"`
		Latest struct {
			State string `json:"state"`
		} `json:"latest_status"`
	}
	var all []Operation
	var raw struct {
		Operations list[rawOperation] `json:"operations"`
	}
	raw.Operations.take = func(i int, r rawOperation) error {
		if r.Latest.State == "" {
			return missing(fmt.Sprintf("operations[%d]", i), "latest_status.state")
		}
		all = append(all, Operation{ID: r.Info.ID.Value, AgentID: r.Agent.Value, Type: r.Info.Type, State: r.Latest.State})
		return nil
	}
	if err := decodeCall(what, "get_operations", b, &raw); err != nil {
		return nil, err
	}
	return all, nil
}
