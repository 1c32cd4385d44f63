package controller

import (
	"encoding/json"
	"os"

	"github.com/dcos-patch/dcos-patch/inventory"
	"github.com/dcos-patch/dcos-patch/plan"
)

// ReadPlan reads a saved plan, and refuses one that was edited by hand.
func ReadPlan(file string) (*plan.Plan, error) {
	b, err := inventory.ReadFile(file)
	if err != nil {
		return nil, invalid("reading the plan: %w", err)
	}
	p, err := plan.Unmarshal(b)
	if err != nil {
		return nil, invalid("%s: %w", file, err)
	}
	if err := plan.Verify(p); err != nil {
		return nil, invalid("%s: %w", file, err)
	}
	return p, nil
}

// WritePlan writes a plan that ReadPlan reads.
func WritePlan(file string, p *plan.Plan) error {
	b, err := plan.Marshal(p)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		return invalid("%w", err)
	}
	return nil
}

// ReadFacts reads facts that an earlier survey wrote, for plans without a cluster.
func ReadFacts(file string) (plan.Facts, error) {
	var facts plan.Facts
	b, err := inventory.ReadFile(file)
	if err != nil {
		return facts, invalid("%w", err)
	}
	if facts, err = plan.UnmarshalFacts(b); err != nil {
		return facts, invalid("%s: %w", file, err)
	}
	if len(facts.Nodes) == 0 {
		return facts, invalid("%s holds no facts about nodes", file)
	}
	return facts, nil
}

// WriteFacts writes facts that ReadFacts reads.
func WriteFacts(file string, facts plan.Facts) error {
	b, err := json.MarshalIndent(facts, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, append(b, '\n'), 0o600); err != nil {
		return invalid("%w", err)
	}
	return nil
}
