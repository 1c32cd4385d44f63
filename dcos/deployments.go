package dcos

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Deployment is a change of apps or pods that Marathon is in the middle of.
type Deployment struct {
	ID   string
	Apps []string // of apps and pods, the paths
}

func (d Deployment) String() string {
	if len(d.Apps) == 0 {
		return d.ID
	}
	return strings.Join(d.Apps, ",")
}

// ParseDeployments reads Marathon's answer to GET /v2/deployments. An error
// comes with none.
func ParseDeployments(b []byte) ([]Deployment, error) {
	var all []struct {
		ID   string   `json:"id"`
		Apps []string `json:"affectedApps"`
		Pods []string `json:"affectedPods"`
	}
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, fmt.Errorf("deployments of Marathon: %w", err)
	}
	if all == nil {
		return nil, fmt.Errorf("deployments of Marathon: null: want a list")
	}
	out := make([]Deployment, 0, len(all))
	for _, d := range all {
		if d.ID == "" {
			return nil, fmt.Errorf("deployments of Marathon: one has no id")
		}
		out = append(out, Deployment{ID: d.ID, Apps: append(d.Apps, d.Pods...)})
	}
	return out, nil
}
