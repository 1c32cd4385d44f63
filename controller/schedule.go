package controller

import (
	"context"
	"fmt"

	"github.com/dcos-patch/dcos-patch/dcos"
	"github.com/dcos-patch/dcos-patch/maintenance"
	"github.com/dcos-patch/dcos-patch/mesos"
	"github.com/dcos-patch/dcos-patch/patcher"
)

// Schedule reads the maintenance schedule at the leading master, and what is said of the
// machines in it. It changes nothing.
func (c *Cluster) Schedule(ctx context.Context) ([]maintenance.Listed, error) {
	subject := c.subject(patcher.SurveyMasters(ctx, hosts{c.pool}, c.inv))
	state, err := mesos.Read(ctx, c.checks(subject, "").Leading(), maintenanceState)
	if err != nil {
		return nil, fmt.Errorf("reading the maintenance schedule: %w", err)
	}
	return state.List(c.nodeOf), nil
}

// maintenanceState asks a leading master, the schedule first: what was scheduled while the
// rest was read is left out.
func maintenanceState(ctx context.Context, m *mesos.Client) (s maintenance.State, err error) {
	windows, err := m.Schedule(ctx)
	if err != nil || len(windows) == 0 {
		return s, err
	}
	s.Schedule = windows
	status, err := m.MaintenanceStatus(ctx)
	if err != nil {
		return s, err
	}
	s.Down = status.Down
	if s.Answers, err = m.InverseAnswers(ctx); err != nil {
		return s, err
	}
	if s.Frameworks, err = m.Frameworks(ctx); err != nil {
		return s, err
	}
	s.Agents, err = m.Agents(ctx)
	return s, err
}

// nodeOf names the node of the inventory that a machine is, or may be meant to be.
func (c *Cluster) nodeOf(m dcos.Machine) string {
	for _, n := range c.inv.Nodes() {
		if m.Is(n.Address) {
			return string(n.Name)
		}
	}
	return ""
}
